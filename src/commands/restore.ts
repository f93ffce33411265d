import {string as stringArgument} from '@oclif/core/args'
import {boolean, string} from '@oclif/core/flags'
import {bootConflicts} from '../cli/boot-flag.ts'
import {ChangeCommand} from '../cli/change-command.ts'
import {allowEmptyFlag, changeFlags, savedFormats, yesFlag} from '../cli/flags.ts'
import {countOf, paintFor} from '../cli/output.ts'
import {planHeading, planLines, planShape, planWords} from '../cli/plan-report.ts'
import {problemShape} from '../cli/problem-shape.ts'
import {readSavedText, type SavedText} from '../cli/saved-text.ts'
import {exitCodes, LvsctlError, type Problem} from '../domain/problem.ts'
import type {RestorePlan} from '../state/restore.ts'

export default class Restore extends ChangeCommand {
  static override summary = 'Make the table what a file says.'
  static override description =
    `Reads what "lvsctl save" and "ipvsadm -S" write: rules, YAML or JSON. All of it is checked before anything is changed.

The table is never emptied on the way: what is the same stays untouched with its connections, new services and servers come before old ones go. What goes wrong is undone. An option that the file leaves out has its default; timeouts, sync daemons and sysctls change only where the file has them.

What removes or changes something asks first on a terminal, and needs --yes elsewhere. Cut off at any point, the same command does the rest.`
  static override examples = [
    {description: 'What would change', command: '<%= config.bin %> restore rules.txt --dry-run'},
    {description: 'In a script', command: '<%= config.bin %> restore /etc/ipvsadm.rules --yes'},
    {description: 'Add services to those that are there', command: '<%= config.bin %> restore --append more.yaml'},
    {
      description: 'Rules copied from a web page, dashes and all',
      command: '<%= config.bin %> restore --fix rules.txt',
    },
  ]
  static override args = {
    file: stringArgument({description: 'what to read; "-" or nothing: standard input', ignoreStdin: true}),
  }
  static override flags = {
    append: boolean({summary: 'Add and change only; remove nothing.', default: false}),
    fix: boolean({
      summary:
        'Repair what copying does to commands (dashes, blanks, quotes, line ends) in the file itself; the original stays beside it as FILE~.',
      default: false,
    }),
    format: string({
      summary: 'rules, yaml or json. Without, by what is in it.',
      options: [...savedFormats],
      helpValue: 'FORMAT',
    }),
    boot: boolean({
      summary:
        "Restore what is to be there after a boot: /etc/lvsctl/rules, else what ipvsadm's service left. Asks nothing.",
      default: false,
    }),
    ...yesFlag,
    ...allowEmptyFlag('Let a file without services empty the table.'),
    ...changeFlags,
  }

  async run(): Promise<object> {
    const {args, flags} = await this.parse(Restore)
    const dryRun = flags['dry-run']
    bootConflicts(flags.boot ? flags : {}, args.file)
    const file = flags.boot ? await this.bootFile() : args.file
    if (flags.boot && file === undefined)
      return this.shape(file, (await import('../state/as-saved.ts')).idlePlan(0), dryRun)
    const text = readSavedText(this.context, file)
    if (text.content.length > large) {
      this.context.workOnce()
      const {planIfAsSaved} = await import('../state/as-saved.ts')
      const idle = planIfAsSaved(await this.stateMachine(), text.content)
      if (idle) return dryRun ? this.tellPlan(text, idle) : this.tellDone(text, idle)
    }
    const [{planRestore, restore}, {readAndRepair}] = await Promise.all([
      import('../state/restore.ts'),
      import('../state/read-file.ts'),
    ])
    const read = await readAndRepair(text, {
      fix: flags.fix,
      format: flags.format as (typeof savedFormats)[number] | undefined,
      portNames: this.portNames,
    })
    if (read.repaired) await this.repair(text, read.repaired, dryRun)
    const {state} = read
    const {placedAsProblems, placedLines} = await import('../cli/placed-problems.ts')
    if (!this.jsonEnabled())
      for (const line of placedLines(text.name, read.problems, paintFor(this.context.err)))
        if (!state || !flags.quiet) this.context.err.write(`${line}\n`)
    if (!state) return this.refuse(text, placedAsProblems(text.name, read.problems), read.repairable)

    if (text.content.length > huge) this.context.workOften()
    const machine = await this.stateMachine()
    const request = {
      state,
      mode: flags.append ? ('append' as const) : ('replace' as const),
      allowEmpty: flags['allow-empty'],
      facts: this.machine,
    }
    if (dryRun) return this.tellPlan(text, planRestore(machine, request))
    for (let agreed: string | undefined; ; ) {
      const {plan, done} = restore(
        machine,
        request,
        (plan) => flags.yes || flags.boot || !plan.touchesRunning || fingerprint(plan) === agreed,
      )
      if (done) return this.tellDone(text, plan)
      await this.requireConsent(`this would ${planWords(plan, {planned: true, gently: true})}`)
      // What was agreed to is this plan; the table may be another by now.
      agreed = fingerprint(plan)
    }
  }

  private async bootFile(): Promise<string | undefined> {
    const [host, {bootRules}] = await Promise.all([this.context.host(), import('../state/boot-rules.ts')])
    const found = bootRules(host)
    if (found) this.note(`${found.path} (${found.reason})`)
    else this.say('nothing to do: there are no rules for the boot')
    return found?.path
  }

  private async repair(text: SavedText, {content, count}: {content: string; count: number}, dryRun: boolean) {
    const [{repairLines}, {repairFile, requireUtf8}, {isStream}] = await Promise.all([
      import('../cli/placed-problems.ts'),
      import('../state/read-file.ts'),
      import('../state/target-file.ts'),
    ])
    const path = text.path !== undefined && isStream(text.path) ? undefined : text.path
    if (path !== undefined) requireUtf8(text)
    const places = countOf(count, 'place')
    if (path === undefined || dryRun) this.note(`${dryRun ? 'would repair' : 'repaired'} ${places} of ${text.name}:`)
    else {
      const backup = repairFile(await this.context.host(), path, text.content, content)
      this.note(`repaired ${places} of ${text.name}; as it was: ${backup}`)
    }
    for (const line of repairLines(text.content, content)) this.note(line)
  }

  /** The problems have been told, each in its line; a program gets them as one error. */
  private refuse(text: SavedText, problems: readonly Problem[], repairable: number): object {
    const errors = problems.filter(({severity}) => severity === 'error')
    const message = `${countOf(errors.length, 'problem')} in ${text.name}; nothing was changed`
    const how = text.path === undefined ? 'lvsctl restore --fix' : `lvsctl restore --fix ${text.path}`
    const hint = repairable > 0 ? `"${how}" repairs ${repairable} of them` : undefined
    if (this.jsonEnabled())
      throw new LvsctlError({failure: 'usage', code: 'file-invalid', message, hint, problems: errors})
    this.context.err.write(`${message}${hint ? `. ${hint}` : ''}\n`)
    this.context.setExitCode(exitCodes.usage)
    return {}
  }

  private tellPlan(text: SavedText, plan: RestorePlan): object {
    this.warnAbout(plan.warnings)
    this.print(planHeading(plan))
    for (const line of planLines(plan, this.paint)) this.print(line)
    if (plan.activeConnections > 0)
      this.print(`${countOf(plan.activeConnections, 'active connection')} would be cut; weight 0 lets them end first`)
    this.print('nothing was changed (dry run)')
    return this.shape(text.path, plan, true)
  }

  private tellDone(text: SavedText, plan: RestorePlan): object {
    this.warnAbout(plan.warnings)
    const words = planWords(plan)
    this.say(
      words === ''
        ? `nothing to do: the table is as in ${text.name} (${countOf(plan.unchanged, 'service')})`
        : `restored ${text.name}: ${words}; ${countOf(plan.unchanged, 'service')} unchanged`,
    )
    return this.shape(text.path, plan, false)
  }

  private shape(file: string | undefined, plan: RestorePlan, dryRun: boolean): object {
    if (!this.jsonEnabled()) return {}
    const changes = plan.operations.length + plan.sysctls.length
    return {
      changed: !dryRun && changes > 0,
      dryRun,
      file: file ?? null,
      ...planShape(plan),
      warnings: plan.warnings.map(problemShape),
    }
  }
}

/** A thousand rules, about. */
const large = 64 * 1024
/** Forty thousand: as many as it takes to gain by optimised code what making it costs. */
const huge = 2 * 1024 * 1024

const fingerprint = ({operations, sysctls}: RestorePlan): string => JSON.stringify([operations, sysctls])
