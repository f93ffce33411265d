// What a machine answers when it cannot do what was asked: the same errors from the real one and its twin.

import {nearest} from '../domain/nearest.ts'
import {LvsctlError} from '../domain/problem.ts'
import {describeAddress, describeEffect, describeFouPort, describeRoute} from './describe.ts'
import type {Effect, FouPort, InterfaceAddress, Masquerade, NewLink, Route} from './host.ts'
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

export function linkExists({name}: NewLink): LvsctlError {
  return new LvsctlError({failure: 'exists', code: 'link-exists', message: `there is an interface ${name} already`})
}

export function linkMissing({name, kind}: NewLink): LvsctlError {
  return new LvsctlError({failure: 'missing', code: 'link-missing', message: `${name} is no ${kind} interface`})
}

export function linkKindUnknown({name, kind}: NewLink): LvsctlError {
  return new LvsctlError({
    failure: 'unsupported',
    code: 'link-kind-unknown',
    message: `this kernel cannot make ${name}: it has no interfaces of kind ${kind}`,
    hint: `Its module may be in a package of its own (linux-modules-extra-…); try: modprobe ${kind}`,
  })
}

/** `words`: what modprobe or the kernel said. */
export function moduleUnavailable(module: string, words: string): LvsctlError {
  return new LvsctlError({
    failure: 'unsupported',
    code: 'module-missing',
    message: `the kernel module ${module} cannot be loaded: ${words}`,
    hint: 'It may be in a package of its own (linux-modules-extra-…); in a container its host has to load it',
  })
}

export function fouPortTaken(port: FouPort): LvsctlError {
  return new LvsctlError({
    failure: 'exists',
    code: 'fou-port-taken',
    message: `UDP port ${port.port} is taken: "ip fou add ${describeFouPort(port)}" is refused`,
    hint: `See who has it: ip fou show; ss -lunp sport = :${port.port}`,
  })
}

export function fouPortMissing(port: FouPort): LvsctlError {
  return new LvsctlError({
    failure: 'missing',
    code: 'fou-port-missing',
    message: `the kernel unwraps nothing on UDP port ${port.port}`,
  })
}

export function routeExists(route: Route): LvsctlError {
  return new LvsctlError({
    failure: 'exists',
    code: 'route-exists',
    message: `there is a route like ${describeRoute(route)} already`,
  })
}

export function routeMissing(route: Route): LvsctlError {
  return new LvsctlError({failure: 'missing', code: 'route-missing', message: `no route ${describeRoute(route)}`})
}

export function routeUnreachable(route: Route, cause?: unknown): LvsctlError {
  return new LvsctlError({
    failure: 'unexpected',
    code: 'gateway-unreachable',
    message: `${route.gateway} is no neighbour on ${route.interface ?? 'any interface'}: no route can lead through it`,
    cause,
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
    message: `${name} is down: nothing can be announced or asked on it`,
    hint: `Bring it up: ip link set ${name} up`,
  })
}

/** `what` cannot be done there: "asked", "announced". */
export function notEthernet(name: string, what: string): LvsctlError {
  return new LvsctlError({
    failure: 'unexpected',
    code: 'interface-not-ethernet',
    message: `${name} is no Ethernet: who has an address cannot be ${what} there`,
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
export function notPermitted(what: Effect | string, needs: string, cause?: unknown): LvsctlError {
  return new LvsctlError({
    failure: 'permission',
    code: 'not-permitted',
    message: `not permitted: "${typeof what === 'string' ? what : describeEffect(what)}" needs ${needs}`,
    hint: 'Run it with sudo, or as root',
    cause,
  })
}

export function diskFull(effect: Effect, cause?: unknown): LvsctlError {
  return new LvsctlError({
    failure: 'unexpected',
    code: 'disk-full',
    message: `"${describeEffect(effect)}" failed: no space is left on the file system there`,
    hint: 'See: df; the file that was there is as it was',
    cause,
  })
}

/** A state file, or its folder, is not what only root can have made. */
export function stateNotOurs(path: string, why: string): LvsctlError {
  return new LvsctlError({
    failure: 'permission',
    code: 'state-not-ours',
    message: `${path} ${why}: lvsctl keeps notes there that only root may write, and touches nothing else`,
    hint: `Nothing was changed. See who made it: ls -ld ${path}; move it away and run this again`,
  })
}

/** Of teardown, which could undo nothing and would call that success. */
export function notesHidden(path: string): LvsctlError {
  return new LvsctlError({
    failure: 'permission',
    code: 'not-permitted',
    message: `not permitted: what set-up did here is in ${path}, which only root may read`,
    hint: 'Run it with sudo, or as root',
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
