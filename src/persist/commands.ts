// What should last as lines of ip(8), for backends that run commands. They can be run where everything is so already.

import {describeAddress, describeEffect} from '../host/describe.ts'
import type {Effect, HostReader} from '../host/host.ts'
import type {Lasting} from './lasting.ts'

export interface Command {
  readonly words: readonly string[]
  /** A failure is no reason to stop: what it is for may be so already. */
  readonly mayFail?: true
}

/** The line that describes an effect, for an ip that lies there. */
const command = (ip: string, effect: Effect): Command => ({words: [ip, ...describeEffect(effect).split(' ').slice(1)]})

const maybe = (one: Command): Command => ({...one, mayFail: true})

/** What must be there before settings are made: interfaces bring settings of their own. */
export function makeCommands({links, fouPorts}: Lasting, ip: string): readonly Command[] {
  return [
    ...links.flatMap(({name, kind}) => (kind ? [maybe(command(ip, {do: 'add-link', link: {name, kind}}))] : [])),
    ...fouPorts.map((port) => maybe(command(ip, {do: 'add-fou-port', port}))),
  ]
}

/** Links, then addresses, then routes. */
export function startCommands({links, addresses, routes}: Lasting, ip: string): readonly Command[] {
  return [
    ...links.flatMap(({name, mtu, up}) => [
      ...(mtu === undefined ? [] : [command(ip, {do: 'set-mtu', interface: name, mtu, was: mtu})]),
      ...(up ? [command(ip, {do: 'link-up', interface: name})] : []),
    ]),
    ...addresses.map((address) => ({words: [ip, 'addr', 'replace', ...describeAddress(address).split(' ')]})),
    ...routes.map((route) => command(ip, {do: 'replace-route', route, was: route})),
  ]
}

/**
 * The reverse. Settings stay: other addresses may need the silence. Routes stay: this host may be reached by them. Links
 * that were there stay up: others may use them.
 */
export function stopCommands({links, fouPorts, addresses}: Lasting, ip: string): readonly Command[] {
  return [
    ...[...addresses].reverse().map((address) => command(ip, {do: 'remove-address', address})),
    ...fouPorts.map((port) => command(ip, {do: 'remove-fou-port', port})),
    ...links.flatMap(({name, kind}) => (kind ? [command(ip, {do: 'remove-link', link: {name, kind}})] : [])),
  ].map(maybe)
}

/** Where a program lies; the first place where none has it. */
export function programPath(host: HostReader, ...places: readonly [string, ...string[]]): string {
  return places.find((path) => host.inspect(path)) ?? places[0]
}

export const ipPath = (host: HostReader): string => programPath(host, '/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip')
export const sysctlPath = (host: HostReader): string => programPath(host, '/usr/sbin/sysctl', '/sbin/sysctl')
