// What set-up did to this host, so that teardown can undo exactly that: which VIPs, and what each setting was before.
//
// It lies under /run, because addresses and sysctls do not survive a reboot either. A host and its network namespaces
// share /run, so the file is named after the namespace: the number that `readlink /proc/self/ns/net` shows. It is
// written before the first change and removed after the last, so a run that was cut off is finished by the next one.

import type {Address} from '../domain/address.ts'
import {parseAddress} from '../domain/address.ts'
import {LvsctlError} from '../domain/problem.ts'

export interface Ledger {
  readonly vips: readonly LedgerVip[]
  readonly sysctls: readonly LedgerSysctl[]
  /** Host addresses that were on lo before the first set-up: going back to the values found is no news to them. */
  readonly present: readonly Address[]
}

export interface LedgerVip {
  readonly address: Address
  /** `adopted`: it was on lo already, put there by somebody else. */
  readonly origin: 'added' | 'adopted'
}

export interface LedgerSysctl {
  readonly key: string
  readonly found: string
  readonly set: string
}

const version = 1

export function ledgerPath(namespace: string): string {
  return `/run/lvsctl/realserver-${namespace}.json`
}

export function formatLedger(ledger: Ledger): string {
  return `${JSON.stringify({version, ...ledger}, undefined, 2)}\n`
}

export function parseLedger(text: string, path: string): Ledger {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (cause) {
    throw unreadable(path, 'is not JSON', cause)
  }
  if (!isRecord(data)) throw unreadable(path, 'is not an object')
  if (data.version !== version)
    throw unreadable(path, `has version ${JSON.stringify(data.version)}, this lvsctl knows ${version}`)
  return {
    vips: list(data.vips).map((entry) => {
      const address = isRecord(entry) ? parseAddress(String(entry.address)) : undefined
      if (!isRecord(entry) || !address || (entry.origin !== 'added' && entry.origin !== 'adopted'))
        throw unreadable(path, 'has a VIP that is none')
      return {address, origin: entry.origin}
    }),
    sysctls: list(data.sysctls).map((entry) => {
      if (!isRecord(entry) || ![entry.key, entry.found, entry.set].every((one) => typeof one === 'string'))
        throw unreadable(path, 'has a setting that is none')
      return {key: entry.key as string, found: entry.found as string, set: entry.set as string}
    }),
    present: list(data.present).map((entry) => {
      const address = parseAddress(String(entry))
      if (!address) throw unreadable(path, `has "${entry}" for an address`)
      return address
    }),
  }

  function list(value: unknown): readonly unknown[] {
    if (!Array.isArray(value)) throw unreadable(path, 'lacks a list')
    return value
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unreadable(path: string, why: string, cause?: unknown): LvsctlError {
  return new LvsctlError({
    failure: 'unexpected',
    code: 'ledger-unreadable',
    message: `${path} ${why}: what set-up found on this host is unknown`,
    hint: `Nothing was changed. To go on without it: mv ${path} ${path}.broken`,
    cause,
  })
}
