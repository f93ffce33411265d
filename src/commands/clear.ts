import {string} from '@oclif/core/flags'
import {ChangeCommand} from '../cli/change-command.ts'
import {changeFlags, yesFlag} from '../cli/flags.ts'
import {countOf} from '../cli/output.ts'
import {cut} from '../cli/plan-report.ts'
import {problemShape} from '../cli/problem-shape.ts'

export default class Clear extends ChangeCommand {
  static override summary = 'Remove all services with their servers.'
  static override description =
    `Asks first on a terminal, and needs --yes elsewhere. Timeouts, sync daemons and sysctls stay as they are.

The kernel keeps the entries of open connections until they time out, but their packets go nowhere. Restored in time, the same services and servers take them back.`
  static override examples = [
    {description: 'What would go', command: '<%= config.bin %> clear --dry-run'},
    {
      description: 'With a way back',
      command: '<%= config.bin %> clear --yes --save-first /var/lib/lvsctl/before-clear.rules',
    },
  ]
  static override flags = {
    'save-first': string({
      summary: 'Save the table to this file before; where that fails, nothing is cleared.',
      helpValue: 'FILE',
    }),
    ...yesFlag,
    ...changeFlags,
  }

  async run(): Promise<object> {
    const {flags} = await this.parse(Clear)
    const dryRun = flags['dry-run']
    const file = flags['save-first']
    const [{clearTable, readContents}, machine] = await Promise.all([import('../state/clear.ts'), this.stateMachine()])
    const {targetFile} = await import('../state/target-file.ts')
    const path = file === undefined ? undefined : targetFile(file)
    this.context.workOnce()
    const {configuration, services, servers, activeConnections} = readContents(machine)
    const shape = {services, servers, activeConnections, dryRun}
    if (services === 0) {
      this.say('the table is empty already')
      return {changed: false, ...shape, saved: null, warnings: []}
    }

    const what = `${countOf(services, 'service')} with ${countOf(servers, 'server')}`
    if (dryRun) {
      if (file !== undefined) this.print(`would save the table to ${file}`)
      this.print(`would remove ${what}${cut(activeConnections)}\nnothing was changed (dry run)`)
      return {changed: false, ...shape, saved: null, warnings: []}
    }
    if (!flags.yes) await this.requireConsent(`this would remove ${what}${cut(activeConnections)}`)
    const {formatOfFile, saveFile} = await import('../state/save-file.ts')
    const saved = path && {
      ...{state: {configuration}, path, format: formatOfFile(path), allowEmpty: false, dryRun: false},
    }
    const {warnings} = saved ? await saveFile(machine.host, saved) : {warnings: []}
    this.warnAbout(warnings)
    clearTable(machine, saved ? configuration : undefined)
    this.say(`removed ${what}${cut(activeConnections)}`)
    if (file !== undefined) this.say(`  back again: lvsctl restore ${file}`)
    if (activeConnections > 0)
      this.note('the kernel keeps the entries of those connections until they time out; their packets go nowhere')
    return {changed: true, ...shape, saved: path ?? null, warnings: warnings.map(problemShape)}
  }
}
