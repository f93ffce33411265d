import {string as stringArgument} from '@oclif/core/args'
import {boolean, string} from '@oclif/core/flags'
import {ChangeCommand} from '../cli/change-command.ts'
import {allowEmptyFlag, changeFlags, savedFormats} from '../cli/flags.ts'
import {countOf} from '../cli/output.ts'
import {problemShape} from '../cli/problem-shape.ts'

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
    ...allowEmptyFlag('Let an empty table replace a file that is not.'),
    ...changeFlags,
  }

  async run(): Promise<object> {
    const {args, flags} = await this.parse(Save)
    const [{readState}, {formatOfFile, saveFile}, {targetFile}] = await Promise.all([
      import('../state/read-state.ts'),
      import('../state/save-file.ts'),
      import('../state/target-file.ts'),
    ])
    const path = args.file === undefined ? undefined : targetFile(args.file)
    const format = (flags.format ?? formatOfFile(args.file ?? '')) as (typeof savedFormats)[number]
    const machine = await this.stateMachine()
    if (machine.client.serviceCount() > manyServices) this.context.workOnce()
    const state = readState(machine, {all: flags.all})
    if (path === undefined) {
      const {writeSaved} = await import('../formats/saved/write.ts')
      const {text, warnings} = await writeSaved(state, this.jsonEnabled() ? 'json' : format)
      if (this.jsonEnabled()) return JSON.parse(text)
      this.warnAbout(warnings)
      this.context.out.write(text)
      return {}
    }

    const dryRun = flags['dry-run']
    const request = {state, path, format, allowEmpty: flags['allow-empty'], dryRun}
    const {changed, warnings} = await saveFile(machine.host, request)
    this.warnAbout(warnings)
    const servers = state.configuration.reduce((sum, one) => sum + one.servers.length, 0)
    const what = `${countOf(state.configuration.length, 'service')} with ${countOf(servers, 'server')}`
    if (!changed) this.say(`${args.file} holds ${what} already`)
    else if (dryRun) this.print(`would save ${what} to ${args.file} (${format})\nnothing was changed (dry run)`)
    else this.say(`saved ${what} to ${args.file} (${format})`)
    return {
      changed: changed && !dryRun,
      dryRun,
      file: path,
      format,
      services: state.configuration.length,
      servers,
      warnings: warnings.map(problemShape),
    }
  }
}

/** With their servers, enough for it to be worth while. */
const manyServices = 200
