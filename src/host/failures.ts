// What a machine answers when it cannot do what was asked: the same errors from the real one and its twin.

import {nearest} from '../domain/nearest.ts'
import {LvsctlError} from '../domain/problem.ts'
import {describeAddress, describeEffect} from './describe.ts'
import type {Effect, InterfaceAddress} from './host.ts'
import {interfaceSysctl} from './sysctl-key.ts'

export function unknownInterface(name: string, known: readonly string[]): LvsctlError {
  const [near] = nearest(name, known)
  const all = known.length > 0 ? `There are: ${known.slice(0, 12).join(', ')}` : 'see: ip link'
  return new LvsctlError({
    failure: 'missing',
    code: 'interface-unknown',
    message: `no network interface "${name}"`,
    hint: near === undefined ? all : `Did you mean ${near}? ${all}`,
  })
}

export function addressExists(address: InterfaceAddress): LvsctlError {
  return new LvsctlError({
    failure: 'exists',
    code: 'address-exists',
    message: `${describeAddress(address)} is there already`,
  })
}

export function addressMissing(address: InterfaceAddress): LvsctlError {
  return new LvsctlError({
    failure: 'missing',
    code: 'address-missing',
    message: `${address.address}/${address.prefixLength} is not on ${address.interface}`,
    hint: `See: ip addr show dev ${address.interface}`,
  })
}

export function ipv6Disabled(name: string): LvsctlError {
  return new LvsctlError({
    failure: 'unsupported',
    code: 'ipv6-disabled',
    message: `IPv6 is switched off on ${name}`,
    hint: `Switch it on: sysctl -w ${interfaceSysctl('ipv6', name, 'disable_ipv6')}=0`,
  })
}

export function interfaceDown(name: string): LvsctlError {
  return new LvsctlError({
    failure: 'unexpected',
    code: 'interface-down',
    message: `${name} is down: nothing can be announced on it`,
    hint: `Bring it up: ip link set ${name} up`,
  })
}

export function sysctlUnknown(key: string): LvsctlError {
  return new LvsctlError({
    failure: 'missing',
    code: 'sysctl-unknown',
    message: `this kernel has no sysctl ${key} here`,
  })
}

export function sysctlRefused(key: string, value: string, cause?: unknown): LvsctlError {
  return new LvsctlError({
    failure: 'unexpected',
    code: 'sysctl-refused',
    message: `the kernel refuses ${key}=${value}`,
    cause,
  })
}

export function fileMissing(path: string): LvsctlError {
  return new LvsctlError({failure: 'missing', code: 'file-missing', message: `no file ${path}`})
}

export function fileExists(path: string): LvsctlError {
  return new LvsctlError({failure: 'exists', code: 'file-exists', message: `${path} is there already`})
}

export function symlinkMissing(path: string, target: string): LvsctlError {
  return new LvsctlError({
    failure: 'missing',
    code: 'symlink-missing',
    message: `no symbolic link ${path} that leads to ${target}`,
  })
}

export function busy(lock: string, waitedMs: number): LvsctlError {
  return new LvsctlError({
    failure: 'deadline',
    code: 'busy',
    message: `another lvsctl is changing the ${lock} here, still after ${Math.round(waitedMs / 1000)} s`,
    hint: 'Nothing was changed. Try again when it is done',
  })
}

/** What nobody thought of, with the machine's own words. */
export function failed(effect: Effect, cause: unknown): LvsctlError {
  return new LvsctlError({
    failure: 'unexpected',
    code: 'host-failed',
    message: `"${describeEffect(effect)}" failed: ${cause instanceof Error ? cause.message : String(cause)}`,
    cause,
  })
}

/** `needs`: the capability, or what else the kernel asks for. */
export function notPermitted(effect: Effect, needs: string, cause?: unknown): LvsctlError {
  return new LvsctlError({
    failure: 'permission',
    code: 'not-permitted',
    message: `not permitted: "${describeEffect(effect)}" needs ${needs}`,
    hint: 'Run it with sudo, or as root',
    cause,
  })
}

/** Nobody may write there, whoever it is. */
export function readOnlyThere(effect: Effect, cause?: unknown): LvsctlError {
  return new LvsctlError({
    failure: 'permission',
    code: 'read-only',
    message: `"${describeEffect(effect)}" failed: the file system there is read-only`,
    cause,
  })
}
