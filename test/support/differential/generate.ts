// Command lines for ipvsadm, good and bad: mostly commands that make sense in a small universe, spelled in every way the
// parser allows, and then damaged. What options there are comes from the table of the product; that each of them is made
// is held by a test.

import fc from 'fast-check'
import {commandRows, type OptionRow, optionRows} from '../../../src/formats/ipvsadm/options.ts'
import type {Step} from './step.ts'
import {commandValues, type OptionName, strayNumbers, strayWords, values} from './values.ts'

type CommandName = (typeof commandRows)[number]['name']

/** An option as it will be written; without a value it has none, whatever its row says. */
interface Part {
  readonly row: OptionRow
  readonly value?: string | undefined
  readonly spelling: Spelling
}

const spellings = ['-t x', '--tcp x', '--tcp=x', '-tx', 'bundled', '-t=x'] as const
type Spelling = (typeof spellings)[number]

const anySpelling: fc.Arbitrary<Spelling> = fc.oneof(
  {weight: 5, arbitrary: fc.constant<Spelling>('-t x')},
  {weight: 2, arbitrary: fc.constantFrom(...spellings)},
)

const optionRow = (name: OptionName) => optionRows.find((row) => row.name === name) as OptionRow
const commandRow = (name: CommandName) => commandRows.find((row) => row.name === name) as OptionRow

const part = (row: OptionRow, value?: fc.Arbitrary<string | undefined>): fc.Arbitrary<Part> =>
  fc.record({row: fc.constant(row), value: value ?? fc.constant(undefined), spelling: anySpelling})

const good = (name: OptionName): fc.Arbitrary<string> => fc.constantFrom(...values[name].good)

/** A value from the tables, a number or word, or a good value with a character changed. */
const bad = (row: OptionRow): fc.Arbitrary<string> => {
  const {good: sound, bad: unsound} = values[row.name as OptionName] ?? commandValues[row.name] ?? {good: [], bad: []}
  const tables = [...unsound, ...(unsound.length > 0 ? [] : strayNumbers)]
  return fc.oneof(
    {weight: 6, arbitrary: fc.constantFrom(...tables)},
    {weight: 1, arbitrary: fc.constantFrom(...strayWords)},
    {weight: 1, arbitrary: fc.string({unit: 'grapheme', maxLength: 8}).map(withoutNul)},
    {weight: 2, arbitrary: damaged(fc.constantFrom(...(sound.length > 0 ? sound : ['x'])))},
  )
}

/** No argument of a process can hold one. */
const withoutNul = (text: string): string => text.replaceAll('\0', '')

const damaged = (word: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(word, fc.nat(30), fc.constantFrom('delete', 'insert', 'replace'), fc.constantFrom(...':[].,-+ 0169afx%/é'))
    .map(([text, position, how, character]) => {
      const at = position % (text.length + 1)
      const [before, after] = [text.slice(0, at), text.slice(at)]
      if (how === 'insert') return before + character + after
      return before + (how === 'replace' ? character : '') + after.slice(1)
    })

const option = (name: OptionName): fc.Arbitrary<Part> => {
  const row = optionRow(name)
  if (row.value === 'none') return part(row)
  if (row.value === 'optional') return part(row, fc.option(good(name), {nil: undefined}))
  return part(row, good(name))
}

const maybe = (weight: number, ...names: OptionName[]): fc.Arbitrary<Part[]> =>
  fc.oneof(
    {weight: 10 - weight, arbitrary: fc.constant<Part[]>([])},
    {weight, arbitrary: fc.constantFrom(...names).chain((name) => option(name).map((one) => [one]))},
  )

const rarely = (...names: OptionName[]): fc.Arbitrary<Part[]> =>
  fc.oneof({weight: 8, arbitrary: fc.constant<Part[]>([])}, {weight: 2, arbitrary: maybe(8, ...names)})

const ofService = (name: OptionName, family: Family): fc.Arbitrary<Part[]> => {
  const sound = values[name].good.filter((value) => value.startsWith('[') === (family === 'ipv6'))
  return one(name, ...sound)
}

type Family = 'ipv4' | 'ipv6'

const serviceOf = (family: Family): fc.Arbitrary<Part[]> =>
  fc.oneof(
    {weight: 6, arbitrary: ofService('tcp-service', family)},
    {weight: 2, arbitrary: ofService('udp-service', family)},
    {weight: 1, arbitrary: ofService('sctp-service', family)},
    {
      weight: 2,
      arbitrary:
        family === 'ipv4'
          ? option('fwmark-service').map((mark) => [mark])
          : fc.tuple(option('fwmark-service'), option('ipv6')),
    },
  )

const service: fc.Arbitrary<Part[]> = fc.oneof(
  {weight: 3, arbitrary: serviceOf('ipv4')},
  {weight: 1, arbitrary: serviceOf('ipv6')},
)

const serviceSettings: fc.Arbitrary<Part[]> = concat(
  maybe(6, 'scheduler'),
  maybe(3, 'persistent'),
  rarely('netmask', 'pe', 'ops', 'sched-flags'),
)

/** What any service takes; combinations among it that chance would rarely make. */
const plainSettings: fc.Arbitrary<Part[]> = fc.oneof(
  concat(maybe(6, 'scheduler'), maybe(3, 'persistent')),
  concat(
    one('scheduler', 'sh'),
    one('sched-flags', 'sh-fallback', 'sh-port', 'sh-fallback,sh-port', 'flag-3', 'flag-1'),
  ),
  concat(one('scheduler', 'mh'), one('sched-flags', 'mh-fallback', 'mh-port', 'mh-port,mh-fallback', 'flag-2,flag-3')),
  concat(one('scheduler', 'rr', 'wlc'), one('sched-flags', 'flag-1', 'flag-2', 'flag-1,flag-3')),
  concat(one('persistent', '300', '60'), one('pe', 'sip')),
)

/** What some take. */
const soundSettings: fc.Arbitrary<Part[]> = fc.oneof(
  {weight: 3, arbitrary: plainSettings},
  {weight: 1, arbitrary: concat(one('persistent', '300', '60'), one('netmask', '255.255.255.0', '64', '48'))},
  {
    weight: 1,
    arbitrary: concat(
      maybe(5, 'persistent'),
      option('ops').map((part) => [part]),
    ),
  },
)

const tunnel: fc.Arbitrary<Part[]> = concat(
  option('ipip').map((part) => [part]),
  fc.oneof(
    fc.constant<Part[]>([]),
    one('tun-type', 'ipip'),
    concat(one('tun-type', 'gre'), maybe(7, 'tun-csum', 'tun-nocsum')),
    concat(
      one('tun-type', 'gue'),
      one('tun-port', '6080', '1', '65535'),
      maybe(7, 'tun-csum', 'tun-nocsum', 'tun-remcsum'),
    ),
    concat(maybe(5, 'tun-type'), maybe(5, 'tun-port'), maybe(5, 'tun-csum', 'tun-nocsum', 'tun-remcsum')),
  ),
)

const serverSettings: fc.Arbitrary<Part[]> = concat(
  fc.oneof(
    {weight: 3, arbitrary: maybe(7, 'gatewaying', 'masquerading', 'ipip', 'masquerading')},
    {weight: 1, arbitrary: tunnel},
  ),
  maybe(4, 'weight'),
  maybe(2, 'u-threshold'),
  maybe(1, 'l-threshold'),
)

/** A service and a server of its family; now and then of the other, for which there are tunnels. */
const serverOf = (family: Family): fc.Arbitrary<Part[]> => {
  const isSix = (address: string) => address.includes('::')
  const sound = values['real-server'].good.filter((address) => isSix(address) === (family === 'ipv6'))
  return concat(
    serviceOf(family),
    fc.oneof(
      {weight: 9, arbitrary: one('real-server', ...sound)},
      {weight: 1, arbitrary: one('real-server', ...values['real-server'].good)},
    ),
  )
}

const serverOfService: fc.Arbitrary<Part[]> = fc.oneof(
  {weight: 3, arbitrary: serverOf('ipv4')},
  {weight: 1, arbitrary: serverOf('ipv6')},
)

const columns = maybe(
  5,
  'stats',
  'rate',
  'thresholds',
  'persistent-conn',
  'tun-info',
  'connection',
  'timeout',
  'daemon',
)

const listSettings: fc.Arbitrary<Part[]> = concat(
  maybe(8, 'numeric'),
  columns,
  rarely('stats', 'rate', 'thresholds', 'persistent-conn', 'tun-info', 'connection', 'timeout', 'daemon'),
  maybe(1, 'exact', 'sort', 'nosort', 'syncid'),
)

const daemonSettings: fc.Arbitrary<Part[]> = concat(
  maybe(6, 'mcast-interface'),
  maybe(4, 'syncid'),
  maybe(2, 'mcast-group'),
  maybe(2, 'mcast-port'),
  maybe(2, 'mcast-ttl'),
  maybe(2, 'sync-maxlen'),
)

function one(name: OptionName, ...from: string[]): fc.Arbitrary<Part[]> {
  return part(optionRow(name), fc.constantFrom(...from)).map((made) => [made])
}

function concat(...lists: fc.Arbitrary<Part[]>[]): fc.Arbitrary<Part[]> {
  return fc.tuple(...lists).map((made) => made.flat())
}

/** The command and its options; what follows them (`--set`) are plain words. */
interface Line {
  readonly parts: readonly Part[]
  readonly words?: readonly string[]
}

const command = (name: CommandName, ...rest: fc.Arbitrary<Part[]>[]): fc.Arbitrary<Line> =>
  concat(
    part(commandRow(name)).map((made) => [made]),
    ...rest,
  ).map((parts) => ({parts}))

const set: fc.Arbitrary<Line> = fc.record({
  parts: part(commandRow('set')).map((made) => [made]),
  words: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.array(fc.constantFrom('0', '30', '60', '900', '120', '300', '2678400'), {
        minLength: 3,
        maxLength: 3,
      }),
    },
    {weight: 1, arbitrary: fc.array(fc.constantFrom(...strayNumbers, '10'), {maxLength: 5})},
  ),
})

const daemon = (name: 'start-daemon' | 'stop-daemon', settings: fc.Arbitrary<Part[]>): fc.Arbitrary<Line> =>
  fc
    .tuple(part(commandRow(name), fc.constantFrom('master', 'backup')), settings)
    .map(([first, rest]) => ({parts: [first, ...rest]}))

const soundLine: fc.Arbitrary<Line> = fc.oneof(
  {weight: 7, arbitrary: command('add-service', service, fc.oneof(serviceSettings, serviceSettings, soundSettings))},
  {weight: 3, arbitrary: command('edit-service', service, fc.oneof(serviceSettings, serviceSettings, soundSettings))},
  {weight: 1, arbitrary: command('delete-service', service)},
  {weight: 12, arbitrary: command('add-server', serverOfService, serverSettings)},
  {weight: 4, arbitrary: command('edit-server', serverOfService, serverSettings)},
  {weight: 3, arbitrary: command('delete-server', serverOfService)},
  {weight: 6, arbitrary: command('list', listSettings)},
  {
    weight: 3,
    arbitrary: command(
      'list',
      service,
      maybe(8, 'numeric'),
      rarely('stats', 'rate', 'thresholds', 'tun-info', 'exact'),
    ),
  },
  {weight: 3, arbitrary: command('save', maybe(8, 'numeric'))},
  {weight: 1, arbitrary: command('zero', fc.oneof(fc.constant<Part[]>([]), service))},
  {weight: 1, arbitrary: set},
  {weight: 1, arbitrary: daemon('start-daemon', daemonSettings)},
  {weight: 1, arbitrary: daemon('stop-daemon', maybe(3, 'syncid'))},
)

/** What ends a script or empties the table, and what nobody types: rare. */
const rareLine: fc.Arbitrary<Line> = fc.oneof(
  command('clear'),
  command('help'),
  command('version'),
  command('restore'),
  fc.constant({parts: []}),
  fc.array(anyPart(), {maxLength: 5}).map((parts) => ({parts})),
)

/** Any command or option with any value. */
function anyPart(): fc.Arbitrary<Part> {
  return fc.constantFrom<OptionRow[]>(...commandRows, ...optionRows).chain((row) => {
    const {good: sound} = values[row.name as OptionName] ?? commandValues[row.name] ?? {good: []}
    if (row.value === 'none') return part(row)
    const value = fc.oneof(fc.constantFrom(...(sound.length > 0 ? sound : ['1'])), bad(row))
    return fc.oneof({weight: 7, arbitrary: part(row, value)}, {weight: 1, arbitrary: part(row)})
  })
}

type Change = (line: Line) => Line

/** An option at the end, and nothing after it. */
const missingArgument: fc.Arbitrary<Change> = fc
  .constantFrom<OptionRow[]>(...[...commandRows, ...optionRows].filter((row) => row.value !== 'none'))
  .chain((row) => part(row))
  .map((last) => (line) => ({...line, parts: [...line.parts, last]}))

/** What people and programs do to a sound command line. */
const anyDamage: fc.Arbitrary<Change> = fc.oneof(
  {weight: 1, arbitrary: missingArgument},
  {weight: 4, arbitrary: fc.tuple(fc.nat(20), fc.nat(2 ** 31 - 1)).map(([at, pick]) => spoilValue(at, pick))},
  {weight: 2, arbitrary: at((parts, index) => parts.toSpliced(index, 1))},
  {weight: 2, arbitrary: at((parts, index) => (parts[index] ? parts.toSpliced(index, 0, parts[index]) : parts))},
  {weight: 3, arbitrary: fc.tuple(fc.nat(20), anyPart()).map(([index, made]) => insert(index, made))},
  {weight: 1, arbitrary: at((parts, index) => (parts[index] ? parts.with(index, withoutValue(parts[index])) : parts))},
  {
    weight: 2,
    arbitrary: at((parts, index) =>
      parts[index] ? [...parts.toSpliced(index, 1), withoutValue(parts[index])] : parts,
    ),
  },
  {weight: 1, arbitrary: at((parts, index) => (parts[index] ? parts.with(index, needlessValue(parts[index])) : parts))},
  {weight: 2, arbitrary: at((parts, index) => (parts[index] ? [...parts.toSpliced(index, 1), parts[index]] : parts))},
)

const withoutValue = ({row, spelling}: Part): Part => ({row, spelling})
const needlessValue = ({row, value}: Part): Part => ({row, value: value ?? '5', spelling: '--tcp=x'})

function at(change: (parts: readonly Part[], index: number) => readonly Part[]): fc.Arbitrary<Change> {
  return fc.nat(20).map((index) => (line) => ({
    ...line,
    parts: line.parts.length === 0 ? [] : change(line.parts, index % line.parts.length),
  }))
}

const insert =
  (index: number, made: Part): Change =>
  (line) => ({...line, parts: line.parts.toSpliced(1 + (index % (line.parts.length + 1)), 0, made)})

/** Of an option that has one. */
const spoilValue =
  (index: number, pick: number): Change =>
  (line) => {
    const withValue = line.parts.flatMap((one, position) => (one.value === undefined ? [] : [position]))
    const position = withValue[index % (withValue.length || 1)]
    if (position === undefined) return line
    const spoiled = line.parts[position] as Part
    const [value] = fc.sample(bad(spoiled.row), {seed: pick, numRuns: 1})
    return {...line, parts: line.parts.with(position, {...spoiled, value})}
  }

const anyLine: fc.Arbitrary<Line> = fc
  .tuple(
    fc.oneof({weight: 30, arbitrary: soundLine}, {weight: 1, arbitrary: rareLine}),
    fc.oneof(
      {weight: 8, arbitrary: fc.constant<Change[]>([])},
      {weight: 2, arbitrary: fc.array(anyDamage, {minLength: 1, maxLength: 3})},
    ),
  )
  .map(([line, damages]) => damages.reduce((spoiled, damage) => damage(spoiled), line))

/** Words put in, taken out or exchanged after all was written. */
type WordChange = (argv: readonly string[]) => readonly string[]

const wordDamage: fc.Arbitrary<WordChange> = fc
  .tuple(fc.nat(20), fc.constantFrom('insert', 'delete', 'replace', 'cut', 'swap'), fc.constantFrom(...strayWords))
  .map(([position, how, word]) => (argv) => {
    const index = position % (argv.length + 1)
    const there = argv[index] ?? ''
    if (how === 'insert') return argv.toSpliced(index, 0, word)
    if (how === 'delete') return argv.toSpliced(index, 1)
    if (how === 'cut') return index < argv.length ? argv.with(index, there.slice(0, -1)) : argv
    if (how === 'swap') return [...argv.slice(index), ...argv.slice(0, index)]
    return argv.toSpliced(index, 1, word)
  })

const argvOf: fc.Arbitrary<readonly string[]> = fc
  .tuple(
    anyLine.map(write),
    fc.oneof(
      {weight: 20, arbitrary: fc.constant<WordChange[]>([])},
      {weight: 1, arbitrary: fc.array(wordDamage, {minLength: 1, maxLength: 2})},
    ),
  )
  .map(([argv, damages]) => damages.reduce((spoiled, damage) => damage(spoiled), argv))

/** The words of a line: each option in its spelling, as far as it has that spelling. */
function write({parts, words = []}: Line): readonly string[] {
  const argv: string[] = []
  let bundle = false
  for (const {row, value, spelling} of parts) {
    const letter = row.letters[spelling === 'bundled' ? row.letters.length - 1 : 0]
    const short = letter === undefined ? undefined : `-${letter}`
    if (short === undefined || spelling.startsWith('--')) {
      const joined = spelling === '--tcp=x' && value !== undefined
      argv.push(joined ? `--${row.name}=${value}` : `--${row.name}`)
      if (value !== undefined && !joined) argv.push(value)
      bundle = false
      continue
    }
    if (spelling === 'bundled' && bundle) argv.push(`${argv.pop()}${letter}`)
    else argv.push(short)
    bundle = value === undefined
    if (value === undefined) continue
    if (spelling === '-tx' || spelling === '-t=x') argv.push(`${argv.pop()}${spelling === '-t=x' ? '=' : ''}${value}`)
    else argv.push(value)
  }
  return [...argv, ...words]
}

const scriptLine: fc.Arbitrary<string> = fc.oneof(
  {weight: 16, arbitrary: soundLine.map((line) => write(line).join(' '))},
  {weight: 2, arbitrary: argvOf.map((argv) => argv.join(' '))},
  {weight: 1, arbitrary: soundLine.map((line) => `  ipvsadm\t${write(line).join(' \t')}  `)},
  {weight: 1, arbitrary: soundLine.map((line) => `${write(line).join(' ')} ipvsadm`)},
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '\t',
      '\r',
      '\f',
      '# comment',
      '-C',
      '-S -n',
      '-L -n',
      '-S',
      '-Z',
      'ipvsadm',
      '-A -t '.padEnd(4110, '1'),
      `-A -t 192.0.2.10:80 -s ${'r'.repeat(9000)}`,
      '-C\v-n',
      '-L -n --nosort',
      '"-C"',
      '\u00a0',
      'foo',
      '-R',
      '-v',
      '-h',
    ),
  },
  {weight: 1, arbitrary: soundLine.map((line) => `${write(line).join(' ')} # web`)},
  {weight: 1, arbitrary: soundLine.map((line) => write(line).join(' '.repeat(1500)))},
)

const script: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(scriptLine, {maxLength: 12, size: 'max'}),
    fc.oneof({weight: 6, arbitrary: fc.constant('\n')}, {weight: 1, arbitrary: fc.constant('\r\n')}),
    fc.integer({min: 0, max: 5}),
  )
  .map(([lines, end, last]) => oneDaemonCommand(lines).join(end) + (last === 0 ? '' : end))

/** Started and stopped in one go, the kernel may never answer: its thread has not run yet (and ipvsadm waits forever). */
function oneDaemonCommand(lines: readonly string[]): readonly string[] {
  const starts = lines.some((line) => line.includes('start-daemon'))
  return starts ? lines.filter((line) => !line.includes('stop-daemon')) : lines
}

/** Those that most commands are about. */
const core: readonly fc.Arbitrary<Part[]>[] = [
  one('tcp-service', '192.0.2.10:80'),
  one('tcp-service', '192.0.2.11:443'),
  one('tcp-service', '[2001:db8::10]:80'),
  one('tcp-service', '[2001:db8::10]:443'),
  one('udp-service', '192.0.2.10:53'),
  one('udp-service', '[2001:db8::10]:53'),
  one('sctp-service', '192.0.2.10:3868'),
  one('sctp-service', '[2001:db8::10]:3868'),
  one('fwmark-service', '7'),
  concat(
    one('fwmark-service', '7'),
    option('ipv6').map((part) => [part]),
  ),
]

/** A table to begin with, as `ipvsadm-save` would have written it: some of the core, and servers for whatever is there. */
const scriptOfRules: fc.Arbitrary<string> = fc
  .tuple(
    fc.tuple(...core.map((key) => command('add-service', key, plainSettings))),
    fc.subarray(
      core.map((_key, index) => index),
      {minLength: 5},
    ),
    fc.array(command('add-server', serverOfService, serverSettings), {minLength: 5, maxLength: 16, size: 'max'}),
  )
  .map(([services, kept, servers]) => [...kept.map((index) => services[index] as Line), ...servers])
  .map((lines) => lines.map((line) => `${write(line).join(' ')}\n`).join(''))

const restore: fc.Arbitrary<Step> = fc.record({
  argv: fc.constantFrom(['-R'], ['-R'], ['-R'], ['--restore'], ['-R', '-n'], ['-R', 'foo']),
  input: fc.oneof(script, scriptOfRules),
})

const anyStep: fc.Arbitrary<Step> = fc
  .tuple(
    fc.oneof(
      {weight: 14, arbitrary: argvOf.map((argv): Step => (restores(argv) ? {argv, input: ''} : {argv}))},
      {weight: 1, arbitrary: restore},
    ),
    fc.integer({min: 0, max: 49}),
  )
  .map(([step, lot]) => (lot === 49 ? {...step, process: true} : step))

const restores = (argv: readonly string[]): boolean => argv.some((word) => /^-R|^--restore/.test(word))

export const anySequence: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    fc.option(
      scriptOfRules.map((input): Step => ({argv: ['-R'], input})),
      {nil: undefined, freq: 6},
    ),
    fc.array(anyStep, {minLength: 20, maxLength: 40, size: 'max'}),
  )
  .map(([first, rest]) => (first ? [first, ...rest] : rest))
