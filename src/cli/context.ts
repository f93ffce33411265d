// Everything a command needs of the world outside itself, made when first asked for: streams, environment, the IPVS
// client, the host, the way into another network namespace. Tests put their own in its place (useContext).

import {closeSync, openSync, readFileSync, readSync} from 'node:fs'
import {readPieces} from '../../native/descriptors.ts'
import type {Program} from '../domain/program.ts'
import type {Host} from '../host/host.ts'
import type {IpvsClient} from '../ipvs/client.ts'
import type {Dictionary} from '../netlink/trace.ts'
import {type Input, openInput} from './input.ts'
import {openOutput} from './open-output.ts'
import type {Output} from './output.ts'
import {runningProgram} from './running-program.ts'

export interface Context {
  readonly out: Output
  readonly err: Output
  readonly input: Input
  readonly env: Readonly<Record<string, string | undefined>>
  /** The same client at every call; closed by close(). */
  ipvs(): Promise<IpvsClient>
  host(): Promise<Host>
  /**
   * The first `most` bytes, or all; undefined: no such file. Synchronous, because an asynchronous read may come from a
   * thread of another namespace.
   */
  readFile(path: string, most?: number): string | undefined
  /**
   * A file of any length, piece by piece and synchronous as readFile; undefined: no such file. A piece is good until the
   * next one is asked for, since they share their memory. Whoever got the pieces walks them: that closes the file.
   */
  readChunks(path: string): Iterable<Uint8Array> | undefined
  /** To be called before anything else. Throws LvsctlError. */
  enterNamespace(name: string): Promise<void>
  /** What follows is much work done once: V8 is not to optimise for a second time that will not come. */
  workOnce(): void
  /** And what follows now is the same little work a hundred thousand times: optimising is worth it again. */
  workOften(): void
  setExitCode(code: number): void
  /** The lvsctl that runs now, by the paths that would start it again. */
  program(): Program
  close(): void
}

let current: Context | undefined

export function currentContext(): Context {
  current ??= realContext()
  return current
}

/** For tests. Returns what puts the old one back. */
export function useContext(context: Context): () => void {
  const before = current
  current = context
  return () => {
    current = before
  }
}

function realContext(): Context {
  let ipvs: Promise<IpvsClient> | undefined
  let host: Promise<Host> | undefined
  let opened: IpvsClient | undefined
  const out = openOutput(1, process.env)
  const err = openOutput(2, process.env)
  return {
    out,
    err,
    input: openInput(),
    env: process.env,
    ipvs() {
      ipvs ??= import('../ipvs/kernel-client.ts').then(({openKernelClient}) => {
        opened = openKernelClient({trace: traceLines(err)})
        return opened
      })
      return ipvs
    },
    host() {
      host ??= openHost(traceLines(err))
      return host
    },
    readFile,
    readChunks,
    async enterNamespace(name) {
      const {enterNetworkNamespace} = await import('./namespace.ts')
      enterNetworkNamespace(name)
    },
    workOnce() {
      // Compiling for speed takes longer, and more memory, than it saves in a process that ends right after; measured
      // with a table of 10,000 servers. Not at the start: other flags make V8 compile anew what is in its caches.
      // And a young generation that grew would touch memory that is not used again, a page fault for every 4 kB of it.
      setV8Flags('--no-opt', '--no-maglev', '--semi-space-growth-factor=1')
    },
    workOften() {
      setV8Flags('--opt', '--maglev')
    },
    setExitCode(code) {
      process.exitCode = code
    },
    program: runningProgram,
    close() {
      opened?.close()
    },
  }
}

function setV8Flags(...flags: readonly string[]): void {
  const v8 = process.getBuiltinModule('node:v8')
  for (const flag of flags) v8.setFlagsFromString(flag)
}

async function openHost(trace: ((line: string) => void) | undefined): Promise<Host> {
  const {linuxHost} = await import('../host/linux-host.ts')
  if (!trace) return linuxHost()
  const [{connectNetlink, protocols}, {routeDictionary}, {genericDictionary}, {createTrace}] = await Promise.all([
    import('../../native/netlink-socket.ts'),
    import('../netlink/route.ts'),
    import('../netlink/generic.ts'),
    import('../netlink/trace.ts'),
  ])
  const {dictionary, learn} = genericDictionary()
  const traced = (words: Dictionary) => ({dictionary: words, trace: createTrace(words, trace)})
  return linuxHost({
    connect: () => connectNetlink(protocols.route, traced(routeDictionary)),
    connectGeneric: () => connectNetlink(protocols.generic, traced(dictionary)),
    learnGeneric: learn,
  })
}

/** LVSCTL_TRACE=netlink: every message in words on stderr. */
function traceLines(err: Output): ((line: string) => void) | undefined {
  const wanted = (process.env.LVSCTL_TRACE ?? '').split(',').includes('netlink')
  return wanted ? (line) => err.write(`${line}\n`) : undefined
}

function readFile(path: string, most?: number): string | undefined {
  try {
    return most === undefined ? readFileSync(path, 'utf8') : readStart(path, most)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function readChunks(path: string): Iterable<Uint8Array> | undefined {
  try {
    return chunksOf(openSync(path, 'r'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function* chunksOf(file: number): Generator<Uint8Array> {
  try {
    yield* readPieces(file)
  } finally {
    closeSync(file)
  }
}

function readStart(path: string, most: number): string {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(most)
    return buffer.toString('utf8', 0, readSync(file, buffer))
  } finally {
    closeSync(file)
  }
}
