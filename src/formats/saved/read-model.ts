// The model of YAML and JSON as a state. Works on plain values; where in the text a problem is, a path says, and who read
// the text knows to find it (json-places.ts, yaml.ts).

import {parseEndpoint} from '../../domain/endpoint.ts'
import {plainTunnel, type Tunnel} from '../../domain/forwarding.ts'
import {nearest} from '../../domain/nearest.ts'
import type {Parsed} from '../../domain/parsed.ts'
import {type Problem, problem} from '../../domain/problem.ts'
import type {SavedState} from '../../domain/saved-state.ts'
import {formatServerKey, type Server, type ServerKey} from '../../domain/server.ts'
import {
  defaultScheduler,
  familyOfKey,
  formatServiceKey,
  fullMask,
  type Service,
  type ServiceKey,
  serviceKeyEquals,
} from '../../domain/service.ts'
import {defaultServerPort, type ProtocolPortNames, parseServiceKey} from '../../domain/service-key.ts'
import type {SyncDaemon} from '../../domain/sync.ts'
import type {ConfiguredService} from '../../domain/table.ts'
import type {Timeouts} from '../../domain/timeouts.ts'
import {
  type Around,
  daemonFields,
  type Field,
  kindOf,
  readAddress,
  readNumber,
  rejectKind,
  serverFields,
  serviceFields,
  timeoutFields,
  tunnelFields,
} from './fields.ts'
import {judgeDaemon, judgeServer, judgeService, judgeTimeouts} from './judge.ts'

/** From the whole to a value in it, backwards: a chain is cheaper than a list for each of 100,000 servers. */
export interface Path {
  readonly up: Path | undefined
  readonly key: string | number
}

interface ModelProblem {
  readonly problem: Problem
  /** undefined: the whole. */
  readonly path: Path | undefined
  /** About the key itself rather than its value. */
  readonly atKey: boolean
}

export interface ReadModel {
  readonly state: SavedState | undefined
  readonly found: readonly ModelProblem[]
}

export function readModel(document: unknown, names?: ProtocolPortNames): ReadModel {
  const reader = new ModelReader(names)
  // A list alone is that of the services.
  const state = Array.isArray(document)
    ? {configuration: reader.readServices(document, undefined)}
    : reader.readState(document)
  const failed = reader.found.some((one) => one.problem.severity === 'error')
  return {state: failed ? undefined : state, found: reader.found}
}

/** `services[2].servers[0].weight` */
function formatPath(path: Path | undefined): string {
  if (!path) return ''
  const before = formatPath(path.up)
  if (typeof path.key === 'number') return `${before}[${path.key}]`
  return before === '' ? path.key : `${before}.${path.key}`
}

type Mapping = Readonly<Record<string, unknown>>

/** `ignored`: what a listing tells besides. */
const keys = {
  state: {
    known: ['version', 'services', 'timeouts', 'syncDaemons', 'sysctls'],
    ignored: ['source', 'unknown', 'filtered', 'problems'],
  },
  service: {
    known: [
      'id',
      'service',
      'protocol',
      'address',
      'port',
      'mark',
      'family',
      ...serviceFields.map(({key}) => key),
      'servers',
    ],
    ignored: ['statistics', 'connections'],
  },
  server: {
    known: ['id', 'server', 'address', 'port', ...serverFields.map(({key}) => key)],
    ignored: ['family', 'statistics', 'connections'],
  },
  tunnel: {known: tunnelFields.map(({key}) => key), ignored: []},
  timeouts: {known: timeoutFields.map(({key}) => key), ignored: []},
  daemon: {known: daemonFields.map(({key}) => key), ignored: []},
} as const satisfies Record<string, {known: readonly string[]; ignored: readonly string[]}>

const noAround: Around = {family: 'ipv4', scheduler: ''}

class ModelReader {
  readonly found: ModelProblem[] = []
  private readonly names: ProtocolPortNames | undefined
  private syncDaemonRuns = false

  constructor(names: ProtocolPortNames | undefined) {
    this.names = names
  }

  readState(document: unknown): SavedState | undefined {
    if (!this.isMapping(document, undefined, 'the file')) return undefined
    this.checkKeys(document, undefined, keys.state)
    const version = own(document, 'version')
    if (version !== undefined && version !== 1)
      this.complain(
        problem('version-unknown', `version is ${kindOf(version)}, and only 1 is known`, {where: 'version'}),
        {up: undefined, key: 'version'},
      )
    const unknown = own(document, 'unknown')
    if (Array.isArray(unknown) && unknown.length > 0)
      this.complain(
        problem(
          'listing-incomplete',
          `this listing does not know ${unknown.join(', ')}, so it is not the whole table`,
          {
            hint: 'As root, lvsctl list --json and lvsctl save know everything',
          },
        ),
        {up: undefined, key: 'unknown'},
      )
    if (own(document, 'filtered') === true)
      this.complain(
        problem('listing-incomplete', 'this listing was filtered, so it is not the whole table', {
          hint: 'List without --service, --server, --forwarding and --quiesced',
        }),
        {up: undefined, key: 'filtered'},
      )
    const timeouts = this.readTimeouts(own(document, 'timeouts'))
    const daemons = this.readDaemons(own(document, 'syncDaemons'))
    this.syncDaemonRuns = (daemons?.length ?? 0) > 0
    const sysctls = this.readSysctls(own(document, 'sysctls'))
    const services = own(document, 'services')
    const path = {up: undefined, key: 'services'}
    if (services === undefined || services === null)
      this.complain(
        problem('services-missing', 'the services are missing', {
          where: 'services',
          hint: 'services: [] says that there are none',
        }),
        services === null ? path : undefined,
      )
    const configuration = this.readServices(services ?? [], path)
    return {
      configuration,
      ...(timeouts && {timeouts}),
      ...(daemons && {daemons}),
      ...(sysctls && {sysctls}),
    }
  }

  readServices(value: unknown, path: Path | undefined): readonly ConfiguredService[] {
    const first = new Map<string, Path>()
    return this.readList(value, path, (one, at) => {
      const read = this.readService(one, at)
      if (read && this.isFirst(formatServiceKey(read.service.key), first, at, 'service-exists')) return read
      return undefined
    })
  }

  private readService(value: unknown, path: Path): ConfiguredService | undefined {
    if (!this.isMapping(value, path, 'a service')) return undefined
    this.checkKeys(value, path, keys.service)
    const key = this.readServiceKey(value, path)
    const scheduler = own(value, 'scheduler')
    const around: Around = {
      family: key ? familyOfKey(key) : 'ipv4',
      scheduler: typeof scheduler === 'string' ? scheduler : defaultScheduler,
    }
    // Without a key the family of the mask is not known.
    const settings = this.readFields(
      key ? serviceFields : serviceFields.filter((one) => one.key !== 'netmask'),
      value,
      path,
      around,
    )
    const service = key && settings && ({key, netmask: fullMask[familyOfKey(key)], ...settings} as Service)
    if (service) for (const one of judgeService(service)) this.objectTo(one, path, value)
    const listed = own(value, 'servers')
    const first = new Map<string, Path>()
    const servers =
      listed === undefined
        ? []
        : this.readList(listed, {up: path, key: 'servers'}, (one, at) => {
            const server = this.readServer(one, at, key)
            if (!server || !this.isFirst(formatServerKey(server), first, at, 'server-exists')) return undefined
            if (service)
              for (const found of judgeServer(service, server, this.syncDaemonRuns)) this.objectTo(found, at, one)
            return server
          })
    return service && {service, servers}
  }

  /** As one word, in parts, or both, as in a listing; then they have to agree. */
  private readServiceKey(value: Mapping, path: Path): ServiceKey | undefined {
    const named = this.firstOf(value, ['id', 'service'])
    const spelled =
      named &&
      this.takeText(own(value, named), {up: path, key: named}, (text) => parseServiceKey(text, named, this.names))
    const parts = isGiven(value, 'address') || isGiven(value, 'mark') ? this.readKeyParts(value, path) : undefined
    if (named === undefined && parts === undefined && !isGiven(value, 'address') && !isGiven(value, 'mark'))
      this.complain(
        problem('service-missing', 'the service is not named', {
          hint: 'id: tcp://192.0.2.10:80, or protocol, address and port, or mark and family',
        }),
        path,
      )
    if (named !== undefined && spelled && parts && !serviceKeyEquals(spelled, parts))
      this.complain(
        problem(
          'service-ambiguous',
          `${named} says ${formatServiceKey(spelled)}, and the keys beside it ${formatServiceKey(parts)}`,
        ),
        {up: path, key: named},
      )
    return named === undefined ? parts : spelled
  }

  private readKeyParts(value: Mapping, path: Path): ServiceKey | undefined {
    const at = (key: string): Path => ({up: path, key})
    if (isGiven(value, 'mark')) {
      const family = own(value, 'family') ?? 'ipv4'
      if (family !== 'ipv4' && family !== 'ipv6') {
        this.take(rejectKind('family', 'ipv4 or ipv6', family), at('family'))
        return undefined
      }
      const mark = this.take(readNumber(own(value, 'mark'), 'mark', 'fwmark'), at('mark'))
      return mark === undefined ? undefined : {kind: 'fwmark', mark, family}
    }
    const address = this.take(readAddress(own(value, 'address')), at('address'))
    const port = this.needed(value, 'port', path)
      ? this.take(readNumber(own(value, 'port'), 'port', 'port'), at('port'))
      : undefined
    const protocol = this.needed(value, 'protocol', path)
      ? // The spelling knows which protocols there are.
        this.takeText(own(value, 'protocol'), at('protocol'), (text) =>
          parseServiceKey(`${text}://192.0.2.1:0`, 'protocol'),
        )
      : undefined
    if (address === undefined || port === undefined || protocol?.kind !== 'address') return undefined
    return {kind: 'address', protocol: protocol.protocol, address, port}
  }

  private readServer(value: unknown, path: Path, service: ServiceKey | undefined): Server | undefined {
    if (typeof value === 'string') {
      const key = this.readServerKey(value, path, service)
      return key && ({...key, ...(this.readFields(serverFields, {}, path, noAround) as object)} as Server)
    }
    if (!this.isMapping(value, path, 'a server')) return undefined
    this.checkKeys(value, path, keys.server)
    const key = this.readServerParts(value, path, service)
    const settings = this.readFields(serverFields, value, path, noAround)
    const given = own(value, 'tunnel')
    const tunnel =
      given === undefined || given === null ? plainTunnel : this.readTunnel(given, {up: path, key: 'tunnel'})
    return key && settings && tunnel && ({...key, ...settings, tunnel} as Server)
  }

  private readServerParts(value: Mapping, path: Path, service: ServiceKey | undefined): ServerKey | undefined {
    const named = this.firstOf(value, ['id', 'server'])
    const spelled =
      named === undefined
        ? undefined
        : this.takeText(own(value, named), {up: path, key: named}, (text) => this.parseServerKey(text, named, service))
    if (named !== undefined && !isGiven(value, 'address')) return spelled
    if (!this.needed(value, 'address', path)) return undefined
    const address = this.take(readAddress(own(value, 'address')), {up: path, key: 'address'})
    const port = isGiven(value, 'port')
      ? this.take(readNumber(own(value, 'port'), 'port', 'port'), {up: path, key: 'port'})
      : defaultPort(service)
    if (address === undefined || port === undefined) return undefined
    if (named !== undefined && spelled && (spelled.address !== address || spelled.port !== port))
      this.complain(
        problem(
          'server-ambiguous',
          `${named} says ${formatServerKey(spelled)}, and the keys beside it ${formatServerKey({address, port})}`,
        ),
        {up: path, key: named},
      )
    return {address, port}
  }

  private readServerKey(text: string, path: Path, service: ServiceKey | undefined): ServerKey | undefined {
    return this.take(this.parseServerKey(text, 'server', service), path)
  }

  private parseServerKey(text: string, where: string, service: ServiceKey | undefined): Parsed<ServerKey> {
    const {names} = this
    const protocol = service?.kind === 'address' ? service.protocol : 'tcp'
    const byName = names && ((name: string) => names(name, protocol as 'tcp'))
    const endpoint = parseEndpoint(text, where, byName)
    if (!endpoint.ok) return endpoint
    const {address, port = defaultPort(service)} = endpoint.value
    return {ok: true, value: {address, port}}
  }

  private readTunnel(value: unknown, path: Path): Tunnel | undefined {
    if (!this.isMapping(value, path, 'tunnel')) return undefined
    this.checkKeys(value, path, keys.tunnel)
    return this.readFields(tunnelFields, value, path, noAround) as Tunnel | undefined
  }

  private readTimeouts(value: unknown): Timeouts | undefined {
    const path = {up: undefined, key: 'timeouts'}
    if (value === undefined || !this.isMapping(value, path, 'timeouts')) return undefined
    this.checkKeys(value, path, keys.timeouts)
    const timeouts = this.readFields(timeoutFields, value, path, noAround) as Timeouts | undefined
    if (timeouts) for (const one of judgeTimeouts(timeouts)) this.complain(one, path)
    return timeouts
  }

  private readDaemons(value: unknown): readonly SyncDaemon[] | undefined {
    if (value === undefined) return undefined
    const first = new Map<string, Path>()
    return this.readList(value, {up: undefined, key: 'syncDaemons'}, (one, path) => {
      if (!this.isMapping(one, path, 'a sync daemon')) return undefined
      this.checkKeys(one, path, keys.daemon)
      const daemon = this.readFields(daemonFields, one, path, noAround) as SyncDaemon | undefined
      if (!daemon || !this.isFirst(daemon.role, first, path, 'sync-daemon-exists')) return undefined
      for (const found of judgeDaemon(daemon)) this.complain(found, path)
      return daemon
    })
  }

  /** Numbers are as good as their text. */
  private readSysctls(value: unknown): Readonly<Record<string, string>> | undefined {
    const path = {up: undefined, key: 'sysctls'}
    if (value === undefined || !this.isMapping(value, path, 'sysctls')) return undefined
    return Object.fromEntries(
      Object.entries(value).map(([name, setting]) => {
        const at = {up: path, key: name}
        if (!/^[a-z]\w*$/.test(name))
          this.complain(
            problem('sysctl-unknown', `no sysctl of net.ipv4.vs is called ${name}`, {where: name}),
            at,
            true,
          )
        if (typeof setting !== 'string' && typeof setting !== 'number')
          this.take(rejectKind(name, 'text or a number', setting), at)
        return [name, `${setting}`]
      }),
    )
  }

  private readFields<Model>(
    fields: readonly Field<Model>[],
    value: Mapping,
    path: Path,
    around: Around,
  ): Mapping | undefined {
    const model: Record<string, unknown> = {}
    let failed = false
    for (const {key, missing, needed, nullable, read} of fields) {
      const given = own(value, key)
      if (given === undefined || (given === null && nullable)) {
        if (needed) failed = !this.needed(value, key, path) || failed
        if (missing !== undefined) model[key] = missing
        continue
      }
      const parsed = read(given, around)
      if (parsed.ok) model[key] = parsed.value
      else {
        failed = true
        this.complain(parsed.problem, {up: path, key})
      }
    }
    return failed ? undefined : model
  }

  private readList<Item>(
    value: unknown,
    path: Path | undefined,
    read: (item: unknown, path: Path) => Item | undefined,
  ): readonly Item[] {
    if (!Array.isArray(value)) {
      this.take(rejectKind(`${path?.key}`, 'a list', value), path)
      return []
    }
    const items: Item[] = []
    for (let index = 0; index < value.length; index++) {
      const item = read(value[index], {up: path, key: index})
      if (item !== undefined) items.push(item)
    }
    return items
  }

  private isFirst(name: string, first: Map<string, Path>, path: Path, code: string): boolean {
    const before = first.get(name)
    if (!before) {
      first.set(name, path)
      return true
    }
    this.complain(problem(code, `${name} is there already, as ${formatPath(before)}`), path)
    return false
  }

  private isMapping(value: unknown, path: Path | undefined, noun: string): value is Mapping {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return true
    this.take(rejectKind(noun, 'a mapping of keys to values', value), path)
    return false
  }

  private checkKeys(
    value: Mapping,
    path: Path | undefined,
    {known, ignored}: {readonly known: readonly string[]; readonly ignored: readonly string[]},
  ): void {
    for (const key in value) {
      if (known.includes(key) || ignored.includes(key)) continue
      const [near] = nearest(key, known)
      this.complain(
        problem('key-unknown', `no key ${key.slice(0, 80)}`, {
          where: key.slice(0, 80),
          hint: near === undefined ? `Keys are ${known.join(', ')}` : `Did you mean ${near}?`,
        }),
        {up: path, key},
        true,
      )
    }
  }

  private needed(value: Mapping, key: string, path: Path): boolean {
    if (isGiven(value, key)) return true
    this.complain(problem('key-missing', `${key} is missing`, {where: key}), path)
    return false
  }

  private firstOf<Key extends string>(value: Mapping, names: readonly Key[]): Key | undefined {
    return names.find((key) => isGiven(value, key))
  }

  /** A problem of the whole service or server, at the key that it is about. */
  private objectTo(found: Problem, path: Path, value: unknown): void {
    const named = (keysOfOptions[found.where ?? ''] ?? ['id', 'service', 'server', 'address', 'mark']).find(
      (key) => typeof value === 'object' && value !== null && isGiven(value as Mapping, key),
    )
    this.complain(found, named === undefined ? path : {up: path, key: named})
  }

  private takeText<Value>(value: unknown, path: Path, parse: (text: string) => Parsed<Value>): Value | undefined {
    return this.take(typeof value === 'string' ? parse(value) : rejectKind(`${path.key}`, 'text', value), path)
  }

  private take<Value>(parsed: Parsed<Value>, path: Path | undefined): Value | undefined {
    if (parsed.ok) return parsed.value
    this.complain(parsed.problem, path)
    return undefined
  }

  private complain(found: Problem, path: Path | undefined, atKey = false): void {
    this.found.push({problem: {...found, ...(path && {where: formatPath(path)})}, path, atKey})
  }
}

/** domain/validate.ts speaks of options; these are the keys that they are here. */
const keysOfOptions: Readonly<Record<string, readonly string[]>> = {
  '-s': ['scheduler'],
  '-b': ['schedulerFlags'],
  '-p': ['persistence'],
  '-M': ['netmask'],
  '--pe': ['engine'],
  '-o': ['onePacket'],
  '-w': ['weight'],
  '-x': ['upperThreshold'],
  '-y': ['lowerThreshold'],
  '--tun-type': ['tunnel'],
  '--tun-port': ['tunnel'],
  '--tun-csum': ['tunnel'],
  '--tun-remcsum': ['tunnel'],
}

const own = (value: Mapping, key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined)

const isGiven = (value: Mapping, key: string): boolean => {
  const given = own(value, key)
  return given !== undefined && given !== null
}

const defaultPort = (service: ServiceKey | undefined): number => (service ? defaultServerPort(service) : 0)
