// The one firewall rule that a director may need, of one-arm NAT: a server in the clients' own subnet would answer them
// past the director, so that requests must reach it from the director's address. The rule takes connections through IPVS
// alone, one VIP each, whatever else the firewall does.
//
// nftables cannot ask IPVS. What it can see: the connection went to the VIP (conntrack's original tuple), and its packet
// now goes elsewhere. That is what IPVS did to it; direct routing leaves the destination as it is. It needs no more of
// the kernel than net.ipv4.vs.conntrack=1, which the rule of iptables needs too.

import {spawnSync} from 'node:child_process'
import {type Address, type Family, familyOf} from '../domain/address.ts'
import {LvsctlError} from '../domain/problem.ts'
import {failed, notPermitted} from './failures.ts'
import {errnoOf} from './files.ts'
import type {Effect} from './host.ts'
import {hostPrefixOf} from './vip.ts'

/** `iptables` is whichever of its two the system has by that name. */
export const masqueradeTools = ['nft', 'iptables', 'iptables-legacy'] as const
export type MasqueradeTool = (typeof masqueradeTools)[number]

export interface Masquerade {
  readonly vip: Address
  readonly tool: MasqueradeTool
}

type Deed = 'add' | 'remove' | 'check'

/** The command that does it, in words: what is run is what is printed. */
export function masqueradeCommand(deed: Deed, {vip, tool}: Masquerade): readonly string[] {
  if (tool === 'nft') return ['nft', ...nft[deed](vip)]
  const program = familyOf(vip) === 'ipv4' ? tool : tool.replace('ip', 'ip6')
  return [program, '-w', '-t', 'nat', iptables[deed], 'POSTROUTING', ...iptablesRule(vip)]
}

const iptables = {add: '-A', remove: '-D', check: '-C'} as const

/** iptables-extensions(8): ipvs. `--vmethod`: of the VIP's direct-routing services nothing is touched. */
const iptablesRule = (vip: Address): readonly string[] =>
  `-m ipvs --vaddr ${vip}/${hostPrefixOf(vip)} --vmethod MASQ -m comment --comment lvsctl -j MASQUERADE`.split(' ')

/** A table of its own for each VIP: it comes and goes as a whole, and nobody's rules are mixed with ours. */
const nft: Readonly<Record<Deed, (vip: Address) => readonly string[]>> = {
  add: (vip) => {
    const [table, daddr] = [tableOf(vip), familyOf(vip) === 'ipv4' ? 'ip daddr' : 'ip6 daddr']
    return [
      [
        `create table ${table}`,
        `add chain ${table} postrouting { type nat hook postrouting priority 100; }`,
        `add rule ${table} postrouting ct original ${daddr} ${vip} ${daddr} != ${vip} masquerade`,
      ].join('; '),
    ]
  },
  remove: (vip) => [`delete table ${tableOf(vip)}`],
  check: (vip) => [`list table ${tableOf(vip)}`],
}

/** A name has no colons in nft(8). */
const tableOf = (vip: Address): string =>
  `${familyOf(vip) === 'ipv4' ? 'ip' : 'ip6'} lvsctl-${vip.replaceAll(':', '_')}`

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
  /** Of not being started at all: ENOENT where there is no such program. */
  readonly error?: Error | undefined
}

export type RunProgram = (words: readonly string[]) => Ran

export const runProgram: RunProgram = ([program = '', ...words]) =>
  spawnSync(program, words, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    // They lie where an ordinary user's shell does not look.
    env: {...process.env, LC_ALL: 'C', PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`},
  })

/**
 * The first that is installed and that this kernel understands: nft, and an iptables that is made of it, need the
 * kernel's nf_tables for the family. undefined: none.
 */
export function usableTool(
  family: Family,
  hasNfTables: (family: Family) => boolean,
  run: RunProgram = runProgram,
): MasqueradeTool | undefined {
  let kernel: boolean | undefined
  const inKernel = (): boolean => {
    kernel ??= hasNfTables(family)
    return kernel
  }
  return masqueradeTools.find((tool) => {
    const {status, stdout} = run([familyProgram(tool, family), '--version'])
    if (status !== 0) return false
    return tool === 'nft' || stdout.includes('nf_tables') ? inKernel() : true
  })
}

const familyProgram = (tool: MasqueradeTool, family: Family): string =>
  family === 'ipv6' ? tool.replace(/^ip/, 'ip6') : tool

/** undefined: root alone is told. */
export function isMasqueraded(rule: Masquerade, run: RunProgram = runProgram): boolean | undefined {
  const {status, stderr, error} = run(masqueradeCommand('check', rule))
  if (status === 0) return true
  return isRefusal(stderr) || (error && errnoOf(error) !== 'ENOENT') ? undefined : false
}

/** Throws LvsctlError. */
export function changeMasquerade(
  effect: Extract<Effect, {readonly do: 'add-masquerade' | 'remove-masquerade'}>,
  run: RunProgram = runProgram,
): void {
  const deed = effect.do === 'add-masquerade' ? 'add' : 'remove'
  const there = isMasqueraded(effect.rule, run)
  if (there === (deed === 'add')) throw deed === 'add' ? masqueradeExists(effect.rule) : masqueradeMissing(effect.rule)
  const {status, stderr, error} = run(masqueradeCommand(deed, effect.rule))
  if (status === 0) return
  if (isRefusal(stderr)) throw notPermitted(effect, 'root (CAP_NET_ADMIN)', error)
  throw failed(effect, error ?? new Error(stderr.trim().replaceAll('\n', ' ')))
}

const isRefusal = (stderr: string | null): boolean => /permission denied|not permitted/i.test(stderr ?? '')

export function masqueradeExists({vip, tool}: Masquerade): LvsctlError {
  return new LvsctlError({
    failure: 'exists',
    code: 'masquerade-exists',
    message: `${tool} masquerades connections to ${vip} already`,
  })
}

export function masqueradeMissing({vip, tool}: Masquerade): LvsctlError {
  return new LvsctlError({
    failure: 'missing',
    code: 'masquerade-missing',
    message: `${tool} has no rule that masquerades connections to ${vip}`,
  })
}
