// What should be so again after a reboot, as data: drawn from the effects that set-up would have on a machine that has
// just booted. The order of the fields is the order in which a boot must bring them about: an address comes late, when
// nothing can give it away any more.

import {isDeepStrictEqual} from 'node:util'
import type {Address} from '../domain/address.ts'
import {describeFouPort, describeRoute} from '../host/describe.ts'
import type {Effect, FouPort, HostReader, InterfaceAddress, Masquerade, NewLink, Route} from '../host/host.ts'

export interface Lasting {
  readonly modules: readonly string[]
  /** Interfaces that must be made, or changed. */
  readonly links: readonly LastingLink[]
  readonly fouPorts: readonly FouPort[]
  readonly sysctls: readonly LastingSysctl[]
  readonly masquerades: readonly Masquerade[]
  readonly addresses: readonly InterfaceAddress[]
  readonly routes: readonly Route[]
}

/** The names of its lists. */
export const lastingKinds = ['modules', 'links', 'fouPorts', 'sysctls', 'masquerades', 'addresses', 'routes'] as const

interface LastingLink {
  readonly name: string
  /** It is not there before somebody makes it. */
  readonly kind?: NewLink['kind']
  readonly mtu?: number
  readonly up?: true
}

interface LastingSysctl {
  readonly key: string
  readonly value: string
}

/** A role's own notes and what neighbours are told leave nothing behind that could last. */
export function lastingOf(effects: readonly Effect[]): Lasting {
  const modules = new Set<string>()
  const links = new Map<string, LastingLink>()
  const sysctls = new Map<string, string>()
  const [fouPorts, masquerades]: [FouPort[], Masquerade[]] = [[], []]
  const [addresses, routes]: [InterfaceAddress[], Route[]] = [[], []]
  const link = (name: string, change: Partial<LastingLink>) => links.set(name, {...links.get(name), name, ...change})
  for (const effect of effects)
    switch (effect.do) {
      case 'load-module':
        modules.add(effect.module)
        break
      case 'add-link':
        link(effect.link.name, {kind: effect.link.kind})
        break
      case 'link-up':
        link(effect.interface, {up: true})
        break
      case 'set-mtu':
        link(effect.interface, {mtu: effect.mtu})
        break
      case 'add-fou-port':
        fouPorts.push(effect.port)
        break
      case 'set-sysctl':
        sysctls.set(effect.key, effect.value)
        break
      case 'add-masquerade':
        masquerades.push(effect.rule)
        break
      case 'add-address':
        addresses.push(effect.address)
        break
      case 'add-route':
      case 'replace-route':
        routes.push(effect.route)
        break
    }
  return {
    modules: [...modules],
    links: [...links.values()],
    fouPorts,
    sysctls: [...sysctls].map(([key, value]) => ({key, value})),
    masquerades,
    addresses,
    routes,
  }
}

/** Both. What the second says about the same thing counts. */
export function mergeLasting(one: Lasting, other: Lasting): Lasting {
  return {
    modules: [...new Set([...one.modules, ...other.modules])],
    links: mergeBy(one.links, other.links, ({name}) => name),
    fouPorts: mergeBy(one.fouPorts, other.fouPorts, describeFouPort),
    sysctls: mergeBy(one.sysctls, other.sysctls, ({key}) => key),
    masquerades: mergeBy(one.masquerades, other.masquerades, ({vip}) => vip),
    addresses: mergeBy(one.addresses, other.addresses, (at) => `${at.interface} ${at.address}/${at.prefixLength}`),
    routes: mergeBy(one.routes, other.routes, describeRoute),
  }
}

function mergeBy<One>(one: readonly One[], other: readonly One[], nameOf: (one: One) => string): readonly One[] {
  return [...new Map([...one, ...other].map((each) => [nameOf(each), each])).values()]
}

/**
 * When these are gone: links that nothing else is on go too, and the ports of tunnels with the last tunnel. Settings stay
 * while anything is left, for that is what they are for. undefined: nothing is left.
 */
export function withoutVips(lasting: Lasting, vips: readonly Address[]): Lasting | undefined {
  const addresses = lasting.addresses.filter(({address}) => !vips.includes(address))
  const used = new Set([...addresses, ...lasting.routes].map((one) => one.interface))
  if (used.size === 0) return undefined
  const links = lasting.links.filter(({name}) => used.has(name))
  const masquerades = lasting.masquerades.filter(({vip}) => !vips.includes(vip))
  return {...lasting, masquerades, addresses, links, fouPorts: links.length === 0 ? [] : lasting.fouPorts}
}

export const isEmpty = (lasting: Lasting): boolean => lastingKinds.every((name) => lasting[name].length === 0)

/** Every interface that it is about. */
export function linkNames({links, addresses, routes}: Lasting): readonly string[] {
  const names = [...links.map(({name}) => name), ...[...addresses, ...routes].map((one) => one.interface)]
  return [...new Set(names.filter((name) => name !== undefined))]
}

/** What of it is about that interface. */
export function aboutLink(lasting: Lasting, name: string): Lasting {
  const addresses = lasting.addresses.filter((one) => one.interface === name)
  return {
    modules: [],
    links: lasting.links.filter((one) => one.name === name),
    fouPorts: [],
    sysctls: [],
    masquerades: lasting.masquerades.filter(({vip}) => addresses.some(({address}) => address === vip)),
    addresses,
    routes: lasting.routes.filter((one) => one.interface === name),
  }
}

/** What their modules make as soon as they are loaded. */
export const fallbackDevices: readonly string[] = ['tunl0', 'gre0', 'ip6tnl0', 'ip6gre0']

/** There before any network is configured, or made by us; others are hardware, which a network manager brings up. */
export function isHomemade(name: string, {links}: Lasting): boolean {
  return name === 'lo' || fallbackDevices.includes(name) || links.some((one) => one.name === name && one.kind)
}

export const outsideLinks = (lasting: Lasting): readonly string[] =>
  linkNames(lasting).filter((name) => !isHomemade(name, lasting))

/** What of it is not so now, each in a few words. */
export function differences(lasting: Lasting, host: HostReader): readonly string[] {
  const links = host.links()
  const [addresses, routes, fouPorts] = [host.addresses(), host.routes(), host.fouPorts()]
  return [
    ...lasting.modules.filter((name) => host.module(name) !== 'loaded').map((name) => `${name} is not loaded`),
    ...lasting.links.flatMap(({name, mtu, up}) => {
      const link = links.find((one) => one.name === name)
      if (!link) return [`there is no ${name}`]
      return [
        ...(up && !link.up ? [`${name} is down`] : []),
        ...(mtu !== undefined && link.mtu !== mtu ? [`the MTU of ${name} is ${link.mtu}, not ${mtu}`] : []),
      ]
    }),
    ...lasting.fouPorts
      .filter((port) => !fouPorts.some((one) => isDeepStrictEqual(one, port)))
      .map(({port}) => `nothing is unwrapped on UDP port ${port}`),
    ...lasting.sysctls.flatMap(({key, value}) => {
      const current = host.sysctl(key)
      return current === value ? [] : [`${key} is ${current ?? 'not there'}, not ${value}`]
    }),
    // Root alone is told; who is not says nothing of it.
    ...lasting.masquerades
      .filter((rule) => host.isMasqueraded(rule) === false)
      .map(({vip}) => `connections to ${vip} are not masqueraded`),
    ...lasting.addresses
      .filter((address) => !addresses.some((one) => isSame(one, address)))
      .map((one) => `${one.address} is not on ${one.interface}`),
    ...lasting.routes
      .filter((route) => !routes.some((one) => describeRoute(one) === describeRoute(route)))
      .map((route) => `there is no route ${describeRoute(route)}`),
  ]
}

const isSame = (a: InterfaceAddress, b: InterfaceAddress): boolean =>
  a.interface === b.interface && a.address === b.address && a.prefixLength === b.prefixLength
