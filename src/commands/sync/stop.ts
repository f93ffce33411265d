import {string as argument} from '@oclif/core/args'
import {changeFlags} from '../../cli/flags.ts'
import {OptionReader} from '../../cli/option-reader.ts'
import {SettingsCommand} from '../../cli/settings-command.ts'
import {daemonShape} from '../../cli/sync.ts'
import {nearest} from '../../domain/nearest.ts'
import {accept, type Parsed, reject} from '../../domain/parsed.ts'
import {type SyncRole, syncRoleNames} from '../../domain/sync.ts'
import type {SyncChange} from '../../table/sync.ts'

export default class SyncStop extends SettingsCommand {
  static override summary = 'Stop sharing connections.'
  static override description =
    'Connections that were taken in stay, and so do those that were sent. Where no such daemon runs there is nothing to do.'
  static override examples = [
    {description: 'Before this director becomes the active one', command: '<%= config.bin %> sync stop backup'},
    {description: 'Both', command: '<%= config.bin %> sync stop all'},
  ]
  static override args = {role: argument({description: 'master, backup or all', required: true, ignoreStdin: true})}
  static override flags = changeFlags

  async run(): Promise<object> {
    const {args, flags} = await this.parse(SyncStop)
    const reader = new OptionReader()
    const roles = reader.take(parseRoles(args.role))
    reader.check()
    const {stopDaemons} = await import('../../table/sync.ts')
    const dryRun = flags['dry-run']
    const change = await this.change(
      dryRun,
      (client) => stopDaemons(client, roles as readonly SyncRole[]),
      (stopped) => sentences(stopped, roles as readonly SyncRole[]),
    )
    return {...this.changeShape(change, dryRun), daemons: change.before.map(daemonShape)}
  }
}

function parseRoles(text: string): Parsed<readonly SyncRole[]> {
  const names = [...syncRoleNames, 'all'] as const
  const known = names.find((name) => name === text)
  if (known !== undefined) return accept(known === 'all' ? syncRoleNames : [known])
  const [near] = nearest(text, names)
  return reject('sync-role-unknown', `"${text}" is none of ${names.join(', ')}`, {
    ...(near !== undefined && {hint: `Did you mean ${near}?`}),
  })
}

function sentences({before}: SyncChange, roles: readonly SyncRole[]) {
  const each = (verb: string): readonly string[] =>
    before.map(({role, interface: device}) => `${verb} the ${role} sync daemon on ${device}`)
  return {
    done: each('stopped'),
    planned: each('would stop'),
    idle: roles.length > 1 ? 'no sync daemon runs' : `no ${roles[0]} sync daemon runs`,
  }
}
