import {string as argument} from '@oclif/core/args'
import {boolean, string} from '@oclif/core/flags'
import {changeFlags} from '../../cli/flags.ts'
import {given, OptionReader} from '../../cli/option-reader.ts'
import {SettingsCommand} from '../../cli/settings-command.ts'
import {daemonShape} from '../../cli/sync.ts'
import {parseHost} from '../../domain/explain-address.ts'
import {type IntegerKind, parseInteger} from '../../domain/integer.ts'
import {accept, reject} from '../../domain/parsed.ts'
import {type Problem, refuse} from '../../domain/problem.ts'
import {parseSyncRole, type SyncDaemon, syncDefaults} from '../../domain/sync.ts'
import {validateSyncDaemon} from '../../domain/validate-sync.ts'
import type {Host} from '../../host/host.ts'
import {describeDaemon} from '../../plan/describe.ts'
import type {SyncChange} from '../../table/sync.ts'

export default class SyncStart extends SettingsCommand {
  static override summary = 'Start sharing connections with another director.'
  static override description =
    `The master sends what it knows of connections to a multicast group, a backup takes in what comes; a director may be both. Interface and id must fit on both sides, and so must group and port.
A daemon that runs as asked is left alone. One that runs otherwise is an error unless --replace is given.`
  static override examples = [
    {description: 'The active director', command: '<%= config.bin %> sync start master --interface eth0 --id 7'},
    {description: 'The standby director', command: '<%= config.bin %> sync start backup --interface eth0 --id 7'},
    {
      description: 'To an IPv6 group; only say what would be done',
      command: '<%= config.bin %> sync start master --interface eth0 --group ff02::81 --dry-run',
    },
  ]
  static override args = {role: argument({description: 'master or backup', required: true, ignoreStdin: true})}
  static override flags = {
    interface: string({
      summary: 'Where to send, or to listen.',
      helpValue: 'NAME',
      aliases: ['mcast-interface'],
    }),
    id: string({
      summary: 'Directors with the same id share connections, 0 to 255; a backup with 0 takes those of all. Default 0.',
      helpValue: 'NUMBER',
      aliases: ['syncid'],
    }),
    group: string({
      summary: 'The multicast address, IPv4 or IPv6. Default 224.0.0.81.',
      helpValue: 'ADDRESS',
      aliases: ['mcast-group'],
    }),
    port: string({summary: 'The UDP port. Default 8848.', helpValue: 'PORT', aliases: ['mcast-port']}),
    ttl: string({
      summary: 'How many hops messages may take, 1 to 255. Default 1.',
      helpValue: 'NUMBER',
      aliases: ['mcast-ttl'],
    }),
    'max-length': string({
      summary: 'Longest message in bytes. Where it is not given, the kernel goes by the MTU.',
      helpValue: 'BYTES',
      aliases: ['sync-maxlen'],
    }),
    replace: boolean({summary: 'Stop one that runs otherwise, and start it as asked.', default: false}),
    ...changeFlags,
  }

  async run(): Promise<object> {
    const {args, flags} = await this.parse(SyncStart)
    const asked = readDaemon(args.role, flags)
    const [host, {startDaemon}] = await Promise.all([this.context.host(), import('../../table/sync.ts')])
    const problems = await checkInterface(asked, host)
    refuse(problems)
    this.warnAbout(problems)
    const dryRun = flags['dry-run']
    const change = await this.change(
      dryRun,
      (client) => startDaemon(client, asked, flags),
      (started) => sentences(asked, started),
    )
    const client = await this.context.ipvs()
    const now = client.daemons().find(({role}) => role === asked.role)
    return {
      ...this.changeShape({...change, warnings: problems}, dryRun),
      daemon: daemonShape((!dryRun && now) || asked),
    }
  }
}

type Flags = {readonly [Name in 'interface' | 'id' | 'group' | 'port' | 'ttl' | 'max-length']?: string | undefined}

function readDaemon(role: string, flags: Flags): SyncDaemon {
  const reader = new OptionReader()
  const number = (name: keyof Flags, kind: IntegerKind): number | undefined =>
    reader.take(given(flags[name], (text) => parseInteger(text, kind, `--${name}`)))
  const knownRole = reader.take(parseSyncRole(role))
  const device = reader.take<string>(flags.interface ? accept(flags.interface) : noInterface)
  const syncId = number('id', 'syncId')
  const group = reader.take(given(flags.group, (text) => parseHost(text, '--group')))
  const port = number('port', 'multicastPort')
  const ttl = number('ttl', 'multicastTtl')
  const maxLength = number('max-length', 'syncMaxLength')
  reader.check()
  return {
    role: knownRole as NonNullable<typeof knownRole>,
    interface: device as string,
    syncId: syncId ?? syncDefaults.syncId,
    ...(group !== undefined && {group}),
    ...(port !== undefined && {port}),
    ...(ttl !== undefined && {ttl}),
    ...(maxLength !== undefined && {maxLength}),
  }
}

const noInterface = reject('interface-missing', 'no interface is named', {
  where: '--interface',
  hint: 'Such as: lvsctl sync start master --interface eth0; what there is: ip link',
})

async function checkInterface(daemon: SyncDaemon, host: Host): Promise<readonly Problem[]> {
  const links = host.links()
  const link = links.find(({name}) => name === daemon.interface)
  if (!link) {
    const {unknownInterface} = await import('../../host/failures.ts')
    throw unknownInterface(
      daemon.interface,
      links.map(({name}) => name),
    )
  }
  const addresses = host.addresses().filter((one) => one.interface === link.name)
  return validateSyncDaemon(daemon, {up: link.up, addresses: addresses.map(({address}) => address)})
}

function sentences(asked: SyncDaemon, {operations, changes}: SyncChange) {
  const words = changes?.map(({text}) => text).join(', ')
  const what = operations.length > 1 ? `the ${asked.role} sync daemon anew: ${words}` : describeDaemon(asked)
  return {done: [`started ${what}`], planned: [`would start ${what}`], idle: `${describeDaemon(asked)} runs already`}
}
