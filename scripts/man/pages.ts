// The man pages: lvsctl(8), one for every topic, one for every command without a topic. Made of the same definitions as
// --help, and of the tables of the sources and docs/; only what holds the parts together is written here.

import {
  type ArgumentDefinition,
  type CommandDefinition,
  type Definitions,
  type FlagDefinition,
  valueIsOptional,
} from '../../src/completion/definitions.ts'
import {forwardingMethods} from '../../src/domain/forwarding.ts'
import {schedulers} from '../../src/domain/schedulers.ts'
import {markdownRows} from './markdown-table.ts'
import {
  bold,
  escapeText,
  heading,
  italic,
  marked,
  paragraph,
  prose,
  type Roff,
  subheading,
  tagged,
  title,
  verbatim,
} from './roff.ts'

export interface DocumentedCommand extends CommandDefinition {
  readonly examples?: readonly (string | {readonly description: string; readonly command: string})[] | undefined
}

export interface Program extends Definitions {
  readonly commands: Readonly<Record<string, DocumentedCommand>>
  readonly version: string
  readonly description: string
  /** docs/exit-codes.md and docs/environment.md. */
  readonly exitCodes: string
  readonly environment: string
}

/** A page: what it is about, and which commands. */
interface Subject {
  /** `lvsctl-service` */
  readonly name: string
  readonly summary: string
  readonly description: string
  readonly commands: readonly DocumentedCommand[]
}

export const section = 8

/** File name → text. */
export function manPages(program: Program): ReadonlyMap<string, string> {
  const subjects = subjectsOf(program)
  const pages = [
    {name: 'lvsctl', text: mainPage(program, subjects)},
    ...subjects.map((one) => ({name: one.name, text: subjectPage(one, program, subjects)})),
  ]
  return new Map(pages.map(({name, text}) => [`${name}.${section}`, `${comment}\n${text.join('\n')}\n`]))
}

const comment = '.\\" Made by scripts/man.ts from the definitions of the commands. Do not edit.'

function subjectsOf({commands, topics}: Program): readonly Subject[] {
  const visible = Object.values(commands).filter(({hidden}) => hidden !== true)
  const first = (id: string): string => id.split(':')[0] as string
  return [...new Set(visible.map(({id}) => first(id)))].sort().map((word) => {
    const own = visible.filter(({id}) => first(id) === word)
    const alone = commands[word]
    return {
      name: `lvsctl-${word}`,
      summary: phrase(alone?.summary ?? topics[word]?.description ?? ''),
      description: alone ? describe(alone) : (topics[word]?.description ?? ''),
      commands: own,
    }
  })
}

/** As after a name and a dash. */
function phrase(summary: string): string {
  const plain = summary.replace(/\.$/, '')
  return /^(A |[A-Z][a-z])/.test(plain) ? plain[0]?.toLowerCase() + plain.slice(1) : plain
}

const describe = ({summary = '', description = ''}: DocumentedCommand): string =>
  description === '' ? summary : `${summary}\n\n${description}`

function mainPage(program: Program, subjects: readonly Subject[]): Roff {
  const all = Object.values(program.commands)
  return [
    ...top('lvsctl', program.description, program),
    ...heading('SYNOPSIS'),
    ...paragraph(`${bold('lvsctl')} ${italic('COMMAND')} [${italic('ARGUMENT')}]... [${italic('OPTION')}]...`),
    ...paragraph(`${bold('lvsctl help')} [${italic('COMMAND')}]`),
    ...heading('DESCRIPTION'),
    ...prose(introduction),
    ...heading('COMMANDS'),
    ...subjects.flatMap(({name, summary}) =>
      tagged(bold(name.replace('-', ' ')), `${escapeText(upperFirst(summary))}. See ${reference(name)}.`),
    ),
    ...heading('SERVICES AND SERVERS'),
    ...prose(spelling),
    ...subheading('Forwarding methods'),
    ...forwardingMethods.flatMap(({name, short, option, keepsPort, anyFamily}) =>
      option === undefined
        ? []
        : tagged(
            `${bold(option)} ${escapeText(`${name} (${short})`)}`,
            escapeText(
              `${keepsPort ? 'The port is the same on service and server' : 'Addresses and ports are rewritten'}; ${anyFamily ? 'the server may be of the other address family' : 'service and server are of one address family'}.`,
            ),
          ),
    ),
    ...subheading('Schedulers'),
    ...schedulers.flatMap((row) =>
      tagged(
        bold(row.name),
        escapeText(`${upperFirst(row.title)}${row.since ? ` (Linux ${row.since})` : ''}. ${upperFirst(row.advice)}.`),
      ),
    ),
    ...heading('OPTIONS'),
    ...paragraph(
      escapeText('These are for every command that has a use for them, after its name; others are on its own page.'),
    ),
    ...tagged(bold('--help'), escapeText('What a command, a topic or the program can do.')),
    ...tagged(bold('--version'), escapeText('The version.')),
    ...optionsIn(
      all.filter(({flags}) => 'netns' in flags),
      (flag) => flag.helpGroup === 'GLOBAL',
    ).flatMap((one) => describeOption(one, true)),
    ...heading('EXAMPLES'),
    ...['service:add', 'server:add', 'list', 'realserver:setup', 'lab:demo'].flatMap((id) =>
      (program.commands[id]?.examples ?? []).slice(0, 1).flatMap(example),
    ),
    ...bottom(program, 'lvsctl', subjects),
  ]
}

const introduction = `lvsctl manages Linux Virtual Server (IPVS), the load balancer in the kernel: virtual services and the real servers behind them on a director, and the addresses and ARP settings that real servers need. It keeps the letters of ipvsadm(8).

A command says what it changed; with --dry-run it says what it would change. Results go to standard output, everything else to standard error. On a terminal results are tables; in a pipe a record is a line with tabs between its fields; with --json they are JSON.

Reading the plain table needs no root; changing it needs CAP_NET_ADMIN.`

const spelling = `A service is named by its option, as in ipvsadm(8), or by one word:

  -t 192.0.2.10:80                  tcp://192.0.2.10:80
  -u [2001:db8::1]:53               udp://[2001:db8::1]:53
  --sctp-service 192.0.2.10:9       sctp://192.0.2.10:9
  -f 7                              fwmark://7
  -f 7 -6                           fwmark6://7

A server is ADDRESS or ADDRESS:PORT; its port is that of the service where none is given.`

function subjectPage(subject: Subject, program: Program, subjects: readonly Subject[]): Roff {
  const {name, summary, description, commands} = subject
  const isTopic = commands.length > 1 || commands[0]?.id.includes(':') === true
  return [
    ...top(name, summary, program),
    ...heading('SYNOPSIS'),
    ...commands.flatMap((one) => synopsis(one)),
    ...heading('DESCRIPTION'),
    ...prose(description),
    ...(isTopic
      ? [...heading('COMMANDS'), ...commands.flatMap((one) => [...subheading(spell(one)), ...prose(describe(one))])]
      : []),
    ...argumentsSection(commands),
    ...heading('OPTIONS'),
    ...optionGroups(commands).flatMap(([group, options]) => [
      ...(group === '' ? [] : subheading(upperFirst(group.toLowerCase()))),
      ...options.flatMap((one) => describeOption(one, one.commands.length === commands.length)),
    ]),
    ...(optionGroups(commands).length === 0 ? paragraph(escapeText('None of its own.')) : []),
    ...heading('EXAMPLES'),
    ...commands.flatMap(({examples = []}) => examples.flatMap(example)),
    ...bottom(program, name, subjects),
  ]
}

function top(name: string, summary: string, {version}: Program): Roff {
  return [
    ...title({name, section, source: `lvsctl ${version}`, manual: 'System Administration'}),
    ...heading('NAME'),
    `${escapeText(name)} \\- ${escapeText(summary)}`,
  ]
}

const spell = ({id}: CommandDefinition): string => `lvsctl ${id.replaceAll(':', ' ')}`

function synopsis(command: DocumentedCommand): Roff {
  const args = Object.values(command.args).filter(({hidden}) => hidden !== true)
  const words = args.map(({name, required}) =>
    required ? italic(name.toUpperCase()) : `[${italic(name.toUpperCase())}]`,
  )
  const more = command.strict === false ? [`[${italic('ARGUMENT')}]...`] : []
  return paragraph([bold(spell(command)), ...words, ...more, `[${italic('OPTION')}]...`].join(' '))
}

function argumentsSection(commands: readonly DocumentedCommand[]): Roff {
  const found = new Map<string, {argument: ArgumentDefinition; commands: DocumentedCommand[]}>()
  for (const command of commands) {
    for (const argument of Object.values(command.args)) {
      if (argument.hidden === true) continue
      const key = `${argument.name} ${argument.description}`
      const one = found.get(key) ?? {argument, commands: []}
      one.commands.push(command)
      found.set(key, one)
    }
  }
  if (found.size === 0) return []
  const rows = [...found.values()]
  return [
    ...heading('ARGUMENTS'),
    ...rows.flatMap(({argument: {name, description = '', options}, commands: own}) => {
      const others = rows.some(({argument}) => argument.name === name && argument.description !== description)
      return tagged(
        italic(name.toUpperCase()),
        escapeText([sentence(description), ...oneOf(options, description), ...(others ? [only(own)] : [])].join(' ')),
      )
    }),
  ]
}

/** Where the text does not name them all. */
const oneOf = (options: readonly string[] | undefined, text: string): readonly string[] =>
  options?.some((one) => !text.includes(one)) ? [`One of: ${options.join(', ')}.`] : []

const only = (commands: readonly DocumentedCommand[]): string =>
  `With ${inWords(commands.map(({id}) => id.split(':').at(-1) as string))} only.`

interface Option {
  readonly flag: FlagDefinition
  readonly commands: readonly DocumentedCommand[]
}

/** The same option once, with the commands that have it. */
function optionsIn(
  commands: readonly DocumentedCommand[],
  wanted: (flag: FlagDefinition) => boolean,
): readonly Option[] {
  const found = new Map<string, {flag: FlagDefinition; commands: DocumentedCommand[]}>()
  for (const command of commands) {
    for (const flag of Object.values(command.flags)) {
      if (flag.hidden === true || !wanted(flag)) continue
      const key = `${flag.name} ${aboutFlag(flag)}`
      const option = found.get(key) ?? {flag, commands: []}
      option.commands.push(command)
      found.set(key, option)
    }
  }
  return [...found.values()]
}

/** In the order of --help: what has no group first, what every command has last. */
function optionGroups(commands: readonly DocumentedCommand[]): readonly (readonly [string, readonly Option[]])[] {
  const options = optionsIn(commands, () => true)
  const names = [...new Set(options.map(({flag}) => flag.helpGroup ?? ''))]
  const rank = (name: string): number => (name === '' ? 0 : name === 'GLOBAL' ? 2 : 1)
  return names
    .sort((a, b) => rank(a) - rank(b))
    .map((name) => [name, options.filter(({flag}) => (flag.helpGroup ?? '') === name)] as const)
}

const aboutFlag = ({summary, description}: FlagDefinition): string => summary ?? description ?? ''

function describeOption({flag, commands}: Option, ofAll: boolean): Roff {
  const {options} = flag
  const notes = [
    ...(flag.type === 'option' ? oneOf(options, aboutFlag(flag)) : []),
    ...(flag.type === 'option' && typeof flag.default === 'string' ? [`Default: ${flag.default}.`] : []),
    ...(ofAll ? [] : [only(commands)]),
  ]
  return tagged(optionTerm(flag), escapeText([sentence(aboutFlag(flag)), ...notes].join(' ')))
}

/** `-s NAME, --scheduler=NAME` */
function optionTerm(flag: FlagDefinition): string {
  const {name, char, type, helpValue} = flag
  const shown = typeof helpValue === 'string' ? helpValue : 'VALUE'
  const value = valueIsOptional(flag) ? shown.slice(1, -1) : shown
  const wrap = (text: string): string => (valueIsOptional(flag) ? `[${text}]` : text)
  const behind = (start: string): string => (type === 'boolean' ? '' : wrap(`${start}${italic(value)}`))
  const short = char === undefined ? [] : [`${bold(`-${char}`)}${type === 'boolean' ? '' : ` ${behind('')}`}`]
  return [...short, `${bold(`--${name}`)}${behind('=')}`].join(', ')
}

function example(one: NonNullable<DocumentedCommand['examples']>[number]): Roff {
  const {description, command} = typeof one === 'string' ? {description: '', command: one} : one
  return [
    ...(description === '' ? [] : paragraph(escapeText(`${description}:`))),
    ...verbatim(command.replaceAll('<%= config.bin %>', 'lvsctl').split('\n')),
  ]
}

/** What every page ends with. */
function bottom(program: Program, name: string, subjects: readonly Subject[]): Roff {
  const others = ['lvsctl', ...subjects.map((one) => one.name)].filter((one) => one !== name)
  return [
    ...heading('EXIT STATUS'),
    ...markdownRows(program.exitCodes).flatMap(([code = '', meaning = '']) =>
      tagged(bold(code), marked(sentence(upperFirst(meaning)))),
    ),
    ...heading('ENVIRONMENT'),
    ...markdownRows(program.environment).flatMap(([variable = '', effect = '']) =>
      tagged(marked(variable), marked(sentence(upperFirst(effect)))),
    ),
    ...heading('FILES'),
    ...files
      .filter(({pages}) => pages === undefined || name === 'lvsctl' || pages.includes(name))
      .flatMap(({path, about}) => tagged(bold(path), escapeText(about))),
    ...heading('SEE ALSO'),
    ...paragraph([...others.map(reference), ...neighbours.map((one) => reference(one))].join(', ')),
  ]
}

/** `pages`: the only ones it matters to. */
const files: readonly {readonly path: string; readonly about: string; readonly pages?: readonly string[]}[] = [
  {
    path: '/proc/net/ip_vs',
    about: 'The table as the kernel tells it to anybody: where listings without root come from.',
  },
  {path: '/etc/services', about: 'Names of ports, as in -t 192.0.2.10:http.'},
  {path: '/run/netns', about: 'Network namespaces by name, for --netns.'},
  {path: '/run/lvsctl', about: 'Locks of running commands, and what setup found and teardown goes back to.'},
  {
    path: '/proc/net/ip_vs_conn',
    about: 'The connection table.',
    pages: ['lvsctl-connections'],
  },
  {path: '/proc/sys/net/ipv4/vs', about: 'The kernel settings of IPVS.', pages: ['lvsctl-save', 'lvsctl-restore']},
]

const neighbours: readonly string[] = ['ipvsadm', 'ip-netns', 'sysctl']

const reference = (name: string): string => `${bold(name)}(${section})`

/** `add`, `add and edit`, `add, edit and delete` */
function inWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

const upperFirst = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** A word that is to be typed keeps its small letter. */
const sentence = (text: string): string => {
  const begun = /^(the|what) /.test(text) ? upperFirst(text) : text
  return begun === '' || /[.:]$/.test(begun) ? begun : `${begun}.`
}
