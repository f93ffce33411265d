// What completion says on a machine with the example table, an interface or two and a namespace; and the real program in
// front of the same table, for shells to call.

import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import packageJson from '../../package.json' with {type: 'json'}
import {complete, type Sources} from '../../src/completion/complete.ts'
import type {Definitions} from '../../src/completion/definitions.ts'
import {type LiveAddress, liveValues, liveValuesIn, type Machine} from '../../src/completion/live.ts'
import {address} from '../../src/domain/address.ts'
import {makeManifest} from '../../src/entry/help.ts'
import {procPath} from '../../src/table/read-listing.ts'
import {exampleProc} from './example-table.ts'

export const definitions: Definitions = {
  commands: (await makeManifest()).commands,
  topics: packageJson.oclif.topics,
}

const own = (name: string, text: string, prefixLength: number): LiveAddress => ({
  interface: name,
  address: address(text),
  prefixLength,
})

/** A machine whose table nobody but /proc tells of. */
export function exampleMachine(parts: Partial<Machine> = {}): Machine {
  return {
    env: {LVSCTL_PROC: '/example'},
    readFile: (path) => (path === '/example/net/ip_vs' ? exampleProc : undefined),
    workOnce: () => undefined,
    ipvs: async () => {
      throw new Error('netlink was asked')
    },
    host: async () => ({
      links: () => [
        {name: 'lo', up: true},
        {name: 'eth0', up: true},
        {name: 'eth1', up: false},
      ],
      addresses: () => [
        own('lo', '127.0.0.1', 8),
        own('lo', '192.168.1.201', 32),
        own('eth0', '192.168.1.114', 24),
        own('eth0', '2001:db8:1::114', 64),
        own('eth0', 'fe80::1', 64),
      ],
    }),
    enterNamespace: async (name) => {
      if (name !== 'blue') throw new Error('not permitted')
    },
    ...parts,
  }
}

/** `lvsctl` on a machine without IPVS: no such file, and netlink not to be asked. */
export const withoutIpvs = exampleMachine({env: {}, readFile: (path) => (path === procPath ? undefined : '')})

export function sourcesOf(machine: Machine): Sources {
  const live = liveValues(machine, () => ['green', 'blue'])
  return {definitions, live, liveIn: (name) => liveValuesIn(name, machine, live)}
}

/** The words, or `files`; the last word of the line is the one being typed. */
export async function completions(line: string, machine: Machine = exampleMachine()): Promise<readonly string[]> {
  const found = await complete(line.split(' '), sourcesOf(machine))
  return found.kind === 'files' ? [`files${found.before}`] : found.candidates.map(({value}) => value)
}

/** A folder with lvsctl in bin/ and the example table in proc/, and how a shell finds both. */
export function shellFolder(): {readonly folder: string; readonly env: NodeJS.ProcessEnv; remove(): void} {
  const folder = mkdtempSync(join(tmpdir(), 'lvsctl-completion-'))
  const root = join(import.meta.dirname, '..', '..')
  mkdirSync(join(folder, 'bin'))
  symlinkSync(join(root, 'bin', 'lvsctl'), join(folder, 'bin', 'lvsctl'))
  mkdirSync(join(folder, 'proc', 'net'), {recursive: true})
  writeFileSync(join(folder, 'proc', 'net', 'ip_vs'), exampleProc)
  writeFileSync(join(folder, 'rules one.txt'), '')
  const path = `${join(folder, 'bin')}:${join(process.execPath, '..')}:${process.env.PATH}`
  const env = {PATH: path, HOME: folder, TERM: 'dumb', LC_ALL: 'C.UTF-8', LVSCTL_PROC: join(folder, 'proc')}
  return {folder, env, remove: () => rmSync(folder, {recursive: true})}
}
