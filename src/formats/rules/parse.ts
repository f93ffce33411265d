// Rules, as `ipvsadm -S` writes them and people type them, as the state that they lead to. Every line is looked at even
// where others are wrong. Nothing is placed before something is wrong with it: a line is then split again.

import {formatEndpoint} from '../../domain/address.ts'
import {nearestServices} from '../../domain/nearest-keys.ts'
import {type Problem, problem} from '../../domain/problem.ts'
import type {SavedState} from '../../domain/saved-state.ts'
import {formatServerKey, type Server, type ServerKey} from '../../domain/server.ts'
import {formatServiceKey, type Service, type ServiceKey, service as serviceWith} from '../../domain/service.ts'
import type {ProtocolPortNames} from '../../domain/service-key.ts'
import type {SyncDaemon} from '../../domain/sync.ts'
import type {Configuration} from '../../domain/table.ts'
import type {Timeouts} from '../../domain/timeouts.ts'
import type {PlacedProblem} from '../placed-problem.ts'
import {cleanText} from '../saved/foreign.ts'
import {judgeDaemon, judgeServer, judgeService, judgeTimeouts} from '../saved/judge.ts'
import {type Edit, edited, type Found, lineNumbers, originOf, placeProblems} from '../saved/place.ts'
import {Line, type Spot} from './line.ts'
import {readNote} from './notes.ts'
import {type Option, type RuleCommand, words as table} from './options.ts'
import {plainServer, serverPrefix} from './plain-server.ts'
import {ruleWords} from './repair-word.ts'
import {serviceWords} from './service-words.ts'
import {Settings} from './settings.ts'
import {splitLine} from './words.ts'

export interface RulesOptions {
  /** For `192.0.2.1:http`; without it such ports are refused. */
  readonly portNames?: ProtocolPortNames | undefined
}

export interface ParsedRules {
  /** undefined when any problem is an error. */
  readonly state: SavedState | undefined
  /** In the order of the text, errors and warnings. */
  readonly problems: readonly PlacedProblem[]
  /** The text with everything repaired that is not in doubt, where there is any; `count` problems are gone then. */
  readonly repaired?: {readonly text: string; readonly count: number}
}

export function parseRules(text: string, {portNames}: RulesOptions = {}): ParsedRules {
  const cleaned = cleanText(text, ruleWords)
  const plain = cleaned ? edited(text, cleaned.edits) : text
  const reader = new RulesReader(plain, portNames)
  reader.read()
  const origin = originOf(cleaned?.edits ?? [])
  const found = [...(cleaned?.found ?? []), ...reader.found.map((one) => ({...one, at: origin(one.at)}))]
  const count = found.filter(({fix}) => fix !== undefined).length
  return {
    state: found.some((one) => one.problem.severity === 'error') ? undefined : reader.state(),
    problems: placeProblems(text, found),
    ...(count > 0 && {
      repaired: {
        text: edited(
          plain,
          reader.edits.sort((a, b) => a.from - b.from),
        ),
        count,
      },
    }),
  }
}

interface Entry {
  readonly key: ServiceKey
  service: Service
  /** Where the line is that said so last. */
  at: number
  servers: Server[]
  serversAt: number[]
  /** Index by key, once there are too many to look through. */
  numbered?: Map<string, number> | undefined
  deleted: boolean
}

interface Placed {
  readonly start: number
  readonly words: string[]
  readonly places: number[]
}

class RulesReader {
  readonly found: Found[] = []
  readonly edits: Edit[] = []

  private readonly text: string
  private readonly words: string[] = []
  private readonly line: Line
  private readonly settings: Settings
  private readonly lineNumber: (at: number) => number
  /** Where the line begins that is being read. */
  private start = 0

  private entries: Entry[] = []
  /** By the kind of the service and its spelling there: `tcp` and `192.0.2.1:80`. */
  private byKind = new Map<string, Map<string, Entry>>()
  /** The servers of a service stand together. */
  private last: {kind: string; spelling: string; prefix: string; entry: Entry} | undefined
  private timeouts: Timeouts | undefined
  private timeoutsAt = 0
  private daemons: SyncDaemon[] | undefined
  private readonly daemonsAt: number[] = []
  private sysctls: Map<string, {value: string; at: number}> | undefined
  private missing = 0
  private lastPlaced: Placed | undefined

  private readonly carryOut: Readonly<Record<RuleCommand, () => void>> = {
    'add-service': () => this.addService(),
    'edit-service': () => this.editService(),
    'delete-service': () => this.deleteService(),
    'add-server': () => this.addServer(),
    'edit-server': () => this.editServer(),
    'delete-server': () => this.deleteServer(),
    clear: () => this.clear(),
    set: () => this.setTimeouts(),
    'start-daemon': () => this.startDaemon(),
  }

  constructor(text: string, names: ProtocolPortNames | undefined) {
    this.text = text
    const complain = (found: Problem, spot: Spot, fix?: string) => this.complain(found, spot, fix)
    this.line = new Line(complain)
    this.settings = new Settings(this.line, complain, names)
    this.lineNumber = lineNumbers(text)
  }

  read(): void {
    const {text, words, line} = this
    let next = text.startsWith('\ufeff') ? 1 : 0
    while (next < text.length) {
      this.start = next
      const behind = this.readPlainServer()
      if (behind > 0) {
        next = behind
        continue
      }
      next = splitLine(text, next, words)
      if (words.length === 0) this.readNote()
      else if (line.read(words) && line.command?.rule) this.carryOut[line.command.rule]()
    }
    this.judge()
  }

  /** Where the next line begins; 0: this one is to be read with care. */
  private readPlainServer(): number {
    const {text, start, last} = this
    if (last === undefined || !text.startsWith(last.prefix, start)) return 0
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    const server = plainServer(text, start + last.prefix.length, end)
    if (server === undefined || indexOfServer(last.entry, server) >= 0) return 0
    this.push(last.entry, server)
    return end + 1
  }

  private push(entry: Entry, server: Server): void {
    entry.numbered?.set(formatServerKey(server), entry.servers.length)
    entry.servers.push(server)
    entry.serversAt.push(this.start)
  }

  state(): SavedState {
    return {
      configuration: this.configuration(),
      ...(this.timeouts && {timeouts: this.timeouts}),
      ...(this.daemons && {daemons: this.daemons}),
      ...(this.sysctls && {sysctls: Object.fromEntries([...this.sysctls].map(([name, {value}]) => [name, value]))}),
    }
  }

  private configuration(): Configuration {
    const configuration: {service: Service; servers: readonly Server[]}[] = []
    for (const {service, servers, deleted} of this.entries) if (!deleted) configuration.push({service, servers})
    return configuration
  }

  private addService(): void {
    const key = this.settings.serviceKey()
    if (!key) return
    const before = this.lookUp(key)
    // What the line gives is looked at even where it is one too many.
    const service = this.settings.service(key)
    if (before) {
      this.atService(
        problem(
          'service-exists',
          `${formatServiceKey(key)} is there already, since line ${this.lineNumber(before.at)}`,
          {
            hint: 'To change it use -E, which replaces all its settings',
          },
        ),
      )
      return
    }
    const entry: Entry = {
      key,
      // A service that has something wrong is there all the same, for its servers.
      service: service ?? serviceWith(key),
      at: service ? this.start : notJudged,
      servers: [],
      serversAt: [],
      deleted: false,
    }
    this.entries.push(entry)
    const kind = kindOf(key)
    const spelling = spellingOf(key)
    let known = this.byKind.get(kind)
    if (!known) {
      known = new Map()
      this.byKind.set(kind, known)
    }
    known.set(spelling, entry)
    this.last = {kind, spelling, prefix: serverPrefix(serviceWords(key)), entry}
  }

  private addServer(): void {
    const entry = this.findService()
    const key = this.settings.serverKey(entry?.key ?? nowhere)
    const server = this.settings.server(key ?? unknownServer)
    if (!entry || !key) return
    const before = indexOfServer(entry, key)
    if (before >= 0) {
      const number = this.lineNumber(entry.serversAt[before] as number)
      this.atServer(
        problem(
          'server-exists',
          `${formatServerKey(key)} is in ${formatServiceKey(entry.key)} already, since line ${number}`,
          {hint: 'To change it use -e, which replaces all its settings'},
        ),
      )
      return
    }
    if (!server) return
    this.push(entry, server)
  }

  private editService(): void {
    const entry = this.findService()
    if (!entry) return
    const service = this.settings.service(entry.key)
    if (!service) return
    entry.service = service
    entry.at = this.start
  }

  private deleteService(): void {
    const entry = this.findService()
    if (!entry) return
    entry.deleted = true
    this.byKind.get(kindOf(entry.key))?.delete(spellingOf(entry.key))
    this.last = undefined
  }

  private editServer(): void {
    const place = this.findServer()
    const server = this.settings.server(place?.key ?? unknownServer)
    if (!place || !server) return
    place.entry.servers[place.index] = server
    place.entry.serversAt[place.index] = this.start
  }

  private deleteServer(): void {
    const place = this.findServer()
    if (!place) return
    const {entry, index} = place
    entry.servers.splice(index, 1)
    entry.serversAt.splice(index, 1)
    entry.numbered = undefined
  }

  private clear(): void {
    this.entries = []
    this.byKind = new Map()
    this.last = undefined
  }

  private setTimeouts(): void {
    const timeouts = this.settings.timeouts(this.timeouts)
    if (!timeouts) return
    this.timeouts = timeouts
    this.timeoutsAt = this.start
  }

  private startDaemon(): void {
    const daemon = this.settings.daemon()
    if (!daemon) return
    this.daemons ??= []
    const before = this.daemons.findIndex(({role}) => role === daemon.role)
    if (before >= 0) {
      const number = this.lineNumber(this.daemonsAt[before] as number)
      const found = problem('sync-daemon-exists', `the ${daemon.role} is started already, in line ${number}`, {
        hint: 'One daemon for each role',
      })
      this.complain(found, this.line.commandSpot())
      return
    }
    this.daemons.push(daemon)
    this.daemonsAt.push(this.start)
  }

  /** A line without words may be one of the comments that say something. */
  private readNote(): void {
    const note = readNote(this.text, this.start)
    if (!note) return
    if (note.kind === 'no-daemons') this.daemons ??= []
    else {
      this.sysctls ??= new Map()
      if (note.kind === 'no-sysctls') return
      const before = this.sysctls.get(note.name)
      if (before)
        this.found.push({
          problem: problem('sysctl-repeated', `${note.name} is set already, in line ${this.lineNumber(before.at)}`),
          at: note.at,
        })
      else this.sysctls.set(note.name, {value: note.value, at: note.at})
    }
  }

  /** The service that the line names, as it is so far. */
  private findService(): Entry | undefined {
    const {line, last} = this
    const option = line.serviceOption()
    if (option !== undefined && option !== 'service') {
      const kind = line.has('ipv6') ? `${kinds[option]}6` : kinds[option]
      const text = line.value(option)
      if (last !== undefined && last.spelling === text && last.kind === kind) return last.entry
      const known = this.byKind.get(kind)?.get(text)
      if (known) {
        this.last = {kind, spelling: text, prefix: serverPrefix(serviceWords(known.key)), entry: known}
        return known
      }
    }
    const key = this.settings.serviceKey()
    if (!key) return undefined
    const entry = this.lookUp(key)
    if (!entry) this.atService(this.noService(key))
    return entry
  }

  private lookUp(key: ServiceKey): Entry | undefined {
    return this.byKind.get(kindOf(key))?.get(spellingOf(key))
  }

  private noService(key: ServiceKey): Problem {
    const server = this.line.has('real-server')
    // Each search goes through all services.
    const keys = this.missing++ < 20 ? this.configuration().map(({service}) => service.key) : []
    const near = nearestServices(key, keys).map(formatServiceKey)
    const message = `${server ? 'server for a service' : 'a service'} that no line defines: ${formatServiceKey(key)}`
    return problem('service-missing', message, {...(near.length > 0 && {hint: `Nearest: ${near.join(', ')}`})})
  }

  private findServer(): {entry: Entry; index: number; key: ServerKey} | undefined {
    const entry = this.findService()
    const key = this.settings.serverKey(entry?.key ?? nowhere)
    if (!entry || !key) return undefined
    const index = indexOfServer(entry, key)
    if (index >= 0) return {entry, index, key}
    this.atServer(
      problem(
        'server-missing',
        `${formatServiceKey(entry.key)} has no server ${formatServerKey(key)} in the lines before`,
      ),
    )
    return undefined
  }

  private atService(found: Problem): void {
    const option = this.line.serviceOption()
    if (option) this.complain(found, this.line.spotOf(option))
  }

  private atServer(found: Problem): void {
    this.complain(found, this.line.spotOf('real-server'))
  }

  /** Of the line that is being read. */
  private complain(found: Problem, {word, inside}: Spot, fix?: string): void {
    const {words, places} = this.placed()
    const from = (places[word] ?? this.start) + inside
    this.found.push({problem: found, at: from, fix})
    if (fix !== undefined)
      this.edits.push({from, to: (places[word] as number) + (words[word] as string).length, text: fix})
  }

  /** The words of the line with their places, split once for all its problems. */
  private placed(): Placed {
    if (this.lastPlaced?.start === this.start) return this.lastPlaced
    const placed: Placed = {start: this.start, words: [], places: []}
    splitLine(this.text, this.start, placed.words, placed.places)
    this.lastPlaced = placed
    return placed
  }

  /** What the whole makes odd or impossible, once the last line has had its say. */
  private judge(): void {
    const syncDaemonRuns = (this.daemons?.length ?? 0) > 0
    for (const {service, at, servers, serversAt, deleted} of this.entries) {
      if (deleted) continue
      if (at !== notJudged) this.objectTo(judgeService(service), at)
      for (let index = 0; index < servers.length; index++) {
        const found = judgeServer(service, servers[index] as Server, syncDaemonRuns)
        if (found.length > 0) this.objectTo(found, serversAt[index] as number)
      }
    }
    if (this.timeouts) this.objectTo(judgeTimeouts(this.timeouts), this.timeoutsAt)
    for (const [index, daemon] of (this.daemons ?? []).entries())
      this.objectTo(judgeDaemon(daemon), this.daemonsAt[index] as number)
  }

  /** Problems of the line at `at`, each at the option that it is about. */
  private objectTo(problems: readonly Problem[], at: number): void {
    if (problems.length === 0) return
    this.start = at
    splitLine(this.text, at, this.words)
    const line = new Line(() => undefined)
    line.read(this.words)
    for (const found of problems) {
      const option = table.get(found.where ?? '') as Option | undefined
      const own = found.where !== undefined && option?.kind === 'option' && option.index >= 0
      const present = own && (line.given & option.bit) !== 0
      const naming = line.serviceOption()
      const spot = present
        ? line.spotOf(option.name as Parameters<Line['spotOf']>[0])
        : found.where === undefined && naming
          ? line.spotOf(naming)
          : line.commandSpot()
      this.complain(found, spot)
    }
  }
}

/** In the place of a line's: the settings could not be read, so there is nothing to judge. */
const notJudged = -1

const nowhere: ServiceKey = {kind: 'fwmark', mark: 1, family: 'ipv4'}
const unknownServer = {address: '' as ServerKey['address'], port: 0}

const kinds = {'tcp-service': 'tcp', 'udp-service': 'udp', 'sctp-service': 'sctp', 'fwmark-service': 'fwmark'} as const

const kindOf = (key: ServiceKey): string =>
  key.kind === 'address' ? key.protocol : key.family === 'ipv6' ? 'fwmark6' : 'fwmark'

const spellingOf = (key: ServiceKey): string =>
  key.kind === 'address' ? formatEndpoint(key.address, key.port) : `${key.mark}`

function indexOfServer(entry: Entry, key: ServerKey): number {
  const {servers} = entry
  if (servers.length > fewServers) {
    entry.numbered ??= new Map(servers.map((one, index) => [formatServerKey(one), index]))
    return entry.numbered.get(formatServerKey(key)) ?? -1
  }
  for (let index = 0; index < servers.length; index++) {
    const one = servers[index] as Server
    if (one.port === key.port && one.address === key.address) return index
  }
  return -1
}

const fewServers = 32
