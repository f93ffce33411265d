// What an errno means to an operator, by the effect that met it, in the words of failures.ts.

import {familyOf} from '../domain/address.ts'
import {LvsctlError} from '../domain/problem.ts'
import {NetlinkError} from '../netlink/errors.ts'
import {
  addressExists,
  addressMissing,
  diskFull,
  failed,
  fileExists,
  fileMissing,
  fouPortMissing,
  fouPortTaken,
  interfaceDown,
  ipv6Disabled,
  linkExists,
  linkKindUnknown,
  moduleUnavailable,
  notPermitted,
  readOnlyThere,
  routeExists,
  routeMissing,
  routeUnreachable,
  sysctlRefused,
  sysctlUnknown,
} from './failures.ts'
import {errnoOf} from './files.ts'
import type {Effect} from './host.ts'
import {PacketError} from './packet-socket.ts'

/** Every errno that an effect can meet and that means something has its own words. */
export function explain(effect: Effect, error: unknown): unknown {
  const errno = error instanceof NetlinkError || error instanceof PacketError ? error.errno : errnoOf(error)
  if (error instanceof LvsctlError) return error
  if (errno === undefined) return effect.do === 'systemd-reload' ? failed(effect, error) : error
  const known = meaning(effect, errno, error)
  if (known) return known
  if (errno === 'EROFS') return readOnlyThere(effect, error)
  if (errno === 'ENOSPC' || errno === 'EDQUOT') return diskFull(effect, error)
  if (errno === 'EPERM' || errno === 'EACCES') return notPermitted(effect, needs[effect.do] ?? netAdmin, error)
  return failed(effect, error)
}

function meaning(effect: Effect, errno: string, error: unknown): LvsctlError | undefined {
  switch (effect.do) {
    case 'set-sysctl':
      if (errno === 'ENOENT') return sysctlUnknown(effect.key)
      if (errno === 'EROFS') return notPermitted(effect, 'a writable /proc/sys, and here it is read-only', error)
      if (errno === 'EINVAL' || errno === 'ERANGE') return sysctlRefused(effect.key, effect.value, error)
      return undefined
    case 'add-address':
      if (errno === 'EEXIST') return addressExists(effect.address)
      if (familyOf(effect.address.address) === 'ipv6' && ipv6Refusals.includes(errno))
        return ipv6Disabled(effect.address.interface)
      return undefined
    case 'remove-address':
      return errno === 'EADDRNOTAVAIL' ? addressMissing(effect.address) : undefined
    case 'add-link':
      if (errno === 'EEXIST') return linkExists(effect.link)
      return errno === 'EOPNOTSUPP' ? linkKindUnknown(effect.link) : undefined
    case 'add-route':
    case 'replace-route':
      if (errno === 'EEXIST') return routeExists(effect.route)
      if (errno === 'ENETDOWN') return interfaceDown(effect.route.interface ?? 'its interface')
      return unreachable.includes(errno) ? routeUnreachable(effect.route, error) : undefined
    case 'remove-route':
      return errno === 'ESRCH' ? routeMissing(effect.route) : undefined
    case 'add-fou-port':
      if (errno === 'ENOENT') return moduleUnavailable('fou', 'the kernel knows no family "fou"')
      return errno === 'EADDRINUSE' ? fouPortTaken(effect.port) : undefined
    case 'remove-fou-port':
      return errno === 'EINVAL' || errno === 'ENOENT' ? fouPortMissing(effect.port) : undefined
    case 'announce':
      return errno === 'ENETDOWN' ? interfaceDown(effect.interface) : undefined
    case 'remove-file':
    case 'remove-state':
      return errno === 'ENOENT' ? fileMissing(effect.path) : undefined
    case 'make-symlink':
      return errno === 'EEXIST' ? fileExists(effect.path) : undefined
  }
  return undefined
}

/** disable_ipv6 answers EACCES (ipv6_add_addr() in net/ipv6/addrconf.c), an interface or kernel without IPv6 the others. */
const ipv6Refusals: readonly string[] = ['EACCES', 'ENXIO', 'EOPNOTSUPP', 'EAFNOSUPPORT']

/** A gateway that is no neighbour: IPv4 says ENETUNREACH, IPv6 EHOSTUNREACH too (ip6_route_check_nh()). */
const unreachable: readonly string[] = ['ENETUNREACH', 'EHOSTUNREACH']

const netAdmin = 'root (CAP_NET_ADMIN)'
const mayWrite = 'root (write permission there)'

/** What is no matter of CAP_NET_ADMIN. */
const needs: {readonly [Kind in Effect['do']]?: string} = {
  announce: 'root (CAP_NET_RAW)',
  'load-module': 'root (CAP_SYS_MODULE)',
  'write-file': mayWrite,
  'remove-file': mayWrite,
  'write-state': mayWrite,
  'remove-state': mayWrite,
  'make-symlink': mayWrite,
  'remove-symlink': mayWrite,
  'systemd-reload': 'root',
}
