// Masquerading, done: by the programs that keep the kernel's rules. What they are told is in masquerade.ts.

import type {Family} from '../domain/address.ts'
import {NetlinkError} from '../netlink/errors.ts'
import {failed, masqueradeExists, masqueradeMissing, notPermitted} from './failures.ts'
import {errnoOf} from './files.ts'
import type {Deeds, Effect, HostReader} from './host.ts'
import {type Masquerade, type MasqueradeTool, masqueradeCommand, masqueradeTools} from './masquerade.ts'
import {hasNfTables} from './nf-tables.ts'
import {type RunProgram, runProgram} from './run-program.ts'

/** Remembers what the programs told of themselves. */
export function linuxFirewall() {
  const versions = new Map<MasqueradeTool, string | undefined>()

  return {
    reads: {
      masqueradeTool(family) {
        try {
          return usableTool(family, hasNfTables, (tool) => {
            if (!versions.has(tool)) versions.set(tool, versionOf(tool))
            return versions.get(tool)
          })
        } catch (error) {
          if (!(error instanceof NetlinkError) || error.errno !== 'EPERM') throw error
          throw notPermitted('nft --check', 'root (CAP_NET_ADMIN)', error)
        }
      },
      isMasqueraded: (rule) => isMasqueraded(rule),
    } satisfies Partial<HostReader>,
    deeds: {
      'add-masquerade': (effect) => changeMasquerade(effect),
      'remove-masquerade': (effect) => changeMasquerade(effect),
    } satisfies Partial<Deeds>,
  }
}

/**
 * The first that is installed and that this kernel understands: nft, and an iptables that is made of it, need the
 * kernel's nf_tables for the family. undefined: none.
 */
export function usableTool(
  family: Family,
  hasNfTables: (family: Family) => boolean,
  version: (tool: MasqueradeTool) => string | undefined = versionOf,
): MasqueradeTool | undefined {
  let kernel: boolean | undefined
  const inKernel = (): boolean => {
    kernel ??= hasNfTables(family)
    return kernel
  }
  return masqueradeTools.find((tool) => {
    const told = version(tool)
    if (told === undefined) return false
    return tool === 'nft' || told.includes('nf_tables') ? inKernel() : true
  })
}

/** The programs for IPv6 come with those for IPv4. undefined: not installed. */
function versionOf(tool: MasqueradeTool): string | undefined {
  const {status, stdout} = runProgram([tool, '--version'])
  return status === 0 ? stdout : undefined
}

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
