// The network managers' own programs, to check files with: unpacked from Debian's packages into a cache, never installed.

import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'

const packages = ['netplan.io', 'libnetplan0', 'ifupdown', 'network-manager', 'libnm0'] as const

const cache = join(import.meta.dirname, '../../node_modules/.cache/network-tools')
const root = join(cache, 'root')

const places = {
  netplan: 'usr/libexec/netplan/generate',
  ifup: 'sbin/ifup',
  nmcli: 'usr/bin/nmcli',
} as const

export type NetworkTool = keyof typeof places

/** Where a tool lies, for the lab, whose guest sees the same files, or why it cannot be had. */
export function toolPath(tool: NetworkTool): {readonly path: string} | {readonly missing: string} {
  const path = join(root, places[tool])
  const reason = existsSync(path) ? undefined : unpack()
  return reason === undefined ? {path} : {missing: reason}
}

export const toolLibraries = join(root, 'usr/lib/x86_64-linux-gnu')

export interface ToolRun {
  readonly status: number | null
  readonly output: string
}

/** A reason why it cannot be had, or a way to run it. */
export function networkTool(tool: NetworkTool): string | ((words: readonly string[], input?: string) => ToolRun) {
  const found = toolPath(tool)
  if ('missing' in found) return found.missing
  const {path} = found
  const env = {...process.env, LD_LIBRARY_PATH: toolLibraries, LC_ALL: 'C'}
  if (spawnSync(path, ['--help'], {env}).error) return `${tool} does not run here`
  return (words, input) => {
    const {status, stdout, stderr} = spawnSync(path, words, {
      env,
      encoding: 'utf8',
      ...(input !== undefined && {input}),
    })
    return {status, output: `${stdout}${stderr}`}
  }
}

function unpack(): string | undefined {
  if (!existsSync('/usr/bin/apt-get')) return 'apt-get is not here to fetch the packages of network managers'
  mkdirSync(cache, {recursive: true})
  const folder = mkdtempSync(join(cache, 'new-'))
  try {
    const got = spawnSync('apt-get', ['download', ...packages], {cwd: folder, encoding: 'utf8', timeout: 60_000})
    if (got.status !== 0) return `the packages of network managers cannot be fetched: ${got.stderr?.trim()}`
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb')))
      if (spawnSync('dpkg', ['-x', file, 'root'], {cwd: folder}).status !== 0) return `dpkg does not unpack ${file}`
    if (!existsSync(root)) renameSync(join(folder, 'root'), root)
    return undefined
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}
