// Runs a command of lvsctl inside the test's process, on the memory twin and the fake host, and tells what it wrote and
// how it ended.

import type {Command} from '@oclif/core/command'
import type {Config} from '@oclif/core/interfaces'
import {type Context, useContext} from '../../src/cli/context.ts'
import {describeStream, type Output} from '../../src/cli/output.ts'
import type {Program} from '../../src/domain/program.ts'
import {type CommandModule, commands} from '../../src/entry/registry.ts'
import {FakeHost} from '../../src/host/fake-host.ts'
import {type MemoryClient, memoryClient} from '../../src/ipvs/memory-client.ts'
import {ipvsadmLine} from '../../src/plan/ipvsadm-line.ts'
import type {Operation} from '../../src/plan/operation.ts'
import {installedProgram} from './boot-host.ts'

export interface Machine {
  readonly ipvs: MemoryClient
  readonly host: FakeHost
  readonly files: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  /** What is piped in. */
  readonly input: string
  /** A person at a terminal answers questions so. */
  readonly answers?: string[]
  /** Every namespace that was entered. */
  readonly entered: string[]
  /** The lvsctl that runs; of its files the host has what a test gives it. */
  readonly program: Program
  enterNamespace(name: string): void
}

export function machine(parts: Partial<Machine> = {}): Machine {
  return {
    ipvs: memoryClient(),
    host: new FakeHost(),
    files: {'/proc/thread-self/net/fib_trie': 'Main:\n', '/etc/services': 'http 80/tcp\ndomain 53/udp\n'},
    env: {},
    input: '',
    entered: [],
    program: installedProgram,
    enterNamespace(name) {
      this.entered.push(name)
    },
    ...parts,
  }
}

/** A machine on which these were typed, all of them with success. */
export async function machineAfter(...commands: readonly string[]): Promise<Machine> {
  const on = machine()
  for (const command of commands) {
    const {exit, stderr} = await lvsctl(command, on)
    if (exit !== 0) throw new Error(`lvsctl ${command}: exit ${exit}\n${stderr}`)
  }
  return on
}

/** The table as the ipvsadm lines that would make it. */
export function rules(on: Machine): readonly string[] {
  return on.ipvs
    .table()
    .flatMap(({service, servers}) => [
      ruleOf({do: 'add-service', service}),
      ...servers.map(({server}) => ruleOf({do: 'add-server', service: service.key, server})),
    ])
}

const ruleOf = (operation: Operation): string => (ipvsadmLine(operation) ?? '?').replace('ipvsadm ', '')

export interface Result {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

/** `lvsctl('service add -t 192.0.2.1:80', here)`; an array where an argument has blanks. */
export async function lvsctl(command: string | readonly string[], on: Machine = machine()): Promise<Result> {
  const words = typeof command === 'string' ? command.split(' ').filter(Boolean) : command
  const id = findCommand(words)
  const {default: Found} = await (commands[id] as () => Promise<CommandModule>)()
  const written = {stdout: '', stderr: ''}
  const stream = (name: keyof typeof written): Output => ({
    ...describeStream({}, on.env),
    write(text) {
      written[name] += text
    },
  })
  let exit = 0
  const context: Context = {
    out: stream('stdout'),
    err: {...stream('stderr'), terminal: on.answers !== undefined},
    input: {
      terminal: on.answers !== undefined,
      readAll: () => on.input,
      ask: async (question) => {
        written.stderr += question
        return on.answers?.shift() ?? ''
      },
      prompt: async (question, proposal) => {
        const answer = on.answers?.shift()
        written.stderr += `${question}${proposal ? ` (${proposal})` : ''} ${answer ?? '^C'}\n`
        return answer === '' ? (proposal ?? '') : answer
      },
    },
    env: on.env,
    ipvs: async () => on.ipvs,
    host: async () => on.host,
    readFile: (file, most) => (on.host.readFile(file) ?? on.files[file])?.slice(0, most),
    readChunks: (file) => (on.files[file] === undefined ? undefined : piecesOf(on.files[file])),
    enterNamespace: async (name) => on.enterNamespace(name),
    workOnce: () => undefined,
    workOften: () => undefined,
    setExitCode: (code) => {
      exit = code
    },
    program: () => on.program,
    close: () => undefined,
  }
  const restore = useContext(context)
  try {
    const argv = words.slice(id.split(':').length)
    const instance = new (Found as unknown as new (argv: string[], config: Config) => Command)(argv, commandConfig)
    instance.id = id
    await (instance as unknown as {_run(): Promise<unknown>})._run()
  } finally {
    restore()
  }
  return {...written, exit}
}

/** At the end of a file: whoever reads so far gets an error. */
export const failure = '\u{f8ff}'

/** Cut where nothing ends, from memory that is used again, as the kernel's pieces come. */
function* piecesOf(text: string): Generator<Uint8Array> {
  const fails = text.endsWith(failure)
  const bytes = Buffer.from(fails ? text.slice(0, -failure.length) : text)
  const buffer = Buffer.alloc(61)
  for (let start = 0; start < bytes.length; start += buffer.length) {
    const piece = bytes.subarray(start, start + buffer.length)
    buffer.set(piece)
    yield buffer.subarray(0, piece.length)
  }
  if (fails) throw new Error('EIO: i/o error, read')
}

/** The longest beginning of the words that is a command. */
function findCommand(words: readonly string[]): string {
  const id = [2, 1].map((length) => words.slice(0, length).join(':')).find((one) => one in commands)
  if (id === undefined) throw new Error(`no command "${words.join(' ')}"`)
  return id
}

/** As much of oclif's configuration as running a command takes. */
const commandConfig = {
  bin: 'lvsctl',
  pjson: {oclif: {}},
  runHook: async () => ({successes: [], failures: []}),
  scopedEnvVar: () => undefined,
  scopedEnvVarKey: (name: string) => `LVSCTL_${name}`,
  scopedEnvVarKeys: (name: string) => [`LVSCTL_${name}`],
} as unknown as Config
