import {string as stringArgument} from '@oclif/core/args'
import {boolean, string} from '@oclif/core/flags'
import {bootConflicts} from '../cli/boot-flag.ts'
import {ChangeCommand} from '../cli/change-command.ts'
import {allowEmptyFlag, changeFlags, savedFormats} from '../cli/flags.ts'
import {countOf} from '../cli/output.ts'
import {problemShape} from '../cli/problem-shape.ts'
import type {RunEvents} from '../host/carry-out.ts'
import type {Host} from '../host/host.ts'
import type {RolePlan} from '../host/step.ts'
import type {BootChange} from '../state/boot-report.ts'

export default class Save extends ChangeCommand {
  static override summary = 'Save the table: to a file, or to standard output.'
  static override description =
    `The rules are numeric and complete, and ipvsadm reads them too. A file is replaced whole or not at all, keeps its mode, and has been read back when the command ends; a symbolic link stays one, and what it leads to is replaced. --all needs YAML or JSON only where the rules have no words for it.`
  static override examples = [
    {description: 'As ipvsadm writes them, with thresholds', command: '<%= config.bin %> save > rules'},
    {description: 'To a file, as YAML', command: '<%= config.bin %> save /var/lib/lvsctl/table.yaml'},
    {
      description: 'Timeouts, sync daemons and changed sysctls too',
      command: '<%= config.bin %> save --all /var/lib/lvsctl/director.yaml',
    },
    {description: 'For the next boot, and all after it', command: '<%= config.bin %> save --boot'},
    {
      description: 'To another director',
      command: '<%= config.bin %> save | ssh lb2 lvsctl restore --yes',
    },
  ]
  static override args = {
    file: stringArgument({description: 'where to; without, to standard output', ignoreStdin: true}),
  }
  static override flags = {
    format: string({
      summary: 'rules, yaml or json. Without, by the name of the file: .yaml, .yml, .json, else rules.',
      options: [...savedFormats],
      helpValue: 'FORMAT',
    }),
    all: boolean({
      summary: 'Also timeouts, sync daemons, and the sysctls below net.ipv4.vs that are not at their defaults.',
      default: false,
    }),
    boot: boolean({
      summary: 'Save to /etc/lvsctl/rules, and have that restored at every boot; --no-boot takes the latter back.',
      allowNo: true,
    }),
    ...allowEmptyFlag('Let an empty table replace a file that is not.'),
    ...changeFlags,
  }

  async run(): Promise<object> {
    const {args, flags} = await this.parse(Save)
    const dryRun = flags['dry-run']
    bootConflicts(flags, args.file, this.argv)
    if (flags.boot === false) return this.removeFromBoot(dryRun)
    const [{readState, withState}, {formatOfFile, saveFile}, {targetFile}] = await Promise.all([
      import('../state/read-state.ts'),
      import('../state/save-file.ts'),
      import('../state/target-file.ts'),
    ])
    const file = flags.boot ? (await import('../state/boot-rules.ts')).bootRulesPath : args.file
    const path = file === undefined ? undefined : targetFile(file)
    const format = (flags.format ?? formatOfFile(file ?? '')) as (typeof savedFormats)[number]
    const machine = await this.stateMachine()
    this.context.workOnce()
    const query = {all: flags.all}
    if (path === undefined) {
      const {stateWriter} = await import('../formats/saved/write.ts')
      const {text, warnings} = withState(machine, query, await stateWriter(this.jsonEnabled() ? 'json' : format))
      if (this.jsonEnabled()) return JSON.parse(text)
      this.warnAbout(warnings)
      this.context.out.write(text)
      return {}
    }

    const state = readState(machine, query)
    const boot = flags.boot ? await this.prepareBoot(machine.host, (state.daemons?.length ?? 0) > 0) : undefined
    const request = {state, path, format, insteadOf: boot?.insteadOf, allowEmpty: flags['allow-empty'], dryRun}
    const {changed, warnings} = await saveFile(machine.host, request)
    this.warnAbout(warnings)
    const servers = state.configuration.reduce((sum, one) => sum + one.servers.length, 0)
    const what = `${countOf(state.configuration.length, 'service')} with ${countOf(servers, 'server')}`
    if (!changed) this.say(`${file} holds ${what} already`)
    else if (dryRun) this.print(`would save ${what} to ${file} (${format})`)
    else this.say(`saved ${what} to ${file} (${format})`)
    const installed = boot && (await this.tellBoot('install', boot, dryRun))
    if (dryRun) this.print('nothing was changed (dry run)')
    return {
      ...(installed && {boot: installed}),
      changed: changed && !dryRun,
      dryRun,
      file: path,
      format,
      services: state.configuration.length,
      servers,
      warnings: warnings.map(problemShape),
    }
  }

  /** Throws before anything is saved where the unit cannot be installed. */
  private async prepareBoot(host: Host, network: boolean) {
    const [{installBoot, planInstallBoot}, {bootRules}] = await Promise.all([
      import('../state/boot.ts'),
      import('../state/boot-rules.ts'),
    ])
    const request = {program: this.context.program(), network}
    return {
      plan: planInstallBoot(request, host),
      insteadOf: bootRules(host)?.path,
      carryOut: (events: RunEvents) => installBoot(host, request, events),
    }
  }

  private async removeFromBoot(dryRun: boolean): Promise<object> {
    const [host, {planRemoveBoot, removeBoot}] = await Promise.all([this.context.host(), import('../state/boot.ts')])
    const removal = {plan: planRemoveBoot(host), carryOut: (events: RunEvents) => removeBoot(host, events)}
    const boot = await this.tellBoot('remove', removal, dryRun)
    if (dryRun) this.print('nothing was changed (dry run)')
    return {boot}
  }

  private async tellBoot(change: BootChange, {plan, carryOut}: BootWork, dryRun: boolean): Promise<object> {
    const {bootPlanLines, bootReport} = await import('../state/boot-report.ts')
    this.warnAbout(plan.warnings)
    if (dryRun) for (const line of bootPlanLines(plan)) this.print(line)
    else
      carryOut({
        doing: ({line}) => this.note(`[#] ${line}`),
        undoing: (line) => this.note(`[#] ${line}    (back again)`),
      })
    this.say(bootReport(change, plan, {dryRun}))
    return {
      changed: !dryRun && plan.steps.length > 0,
      steps: plan.steps.map(({line}) => line),
      warnings: plan.warnings.map(problemShape),
    }
  }
}

interface BootWork {
  readonly plan: RolePlan
  carryOut(events: RunEvents): unknown
}
