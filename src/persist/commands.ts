// What should last as lines of ip(8), for backends that run commands. They can be run where everything is so already.

import {describeAddress, describeEffect} from '../host/describe.ts'
import type {Effect, HostReader, Masquerade, Route} from '../host/host.ts'
import {masqueradeCommand} from '../host/masquerade.ts'
import type {Lasting} from './lasting.ts'

export interface Command {
  readonly words: readonly string[]
  /** A failure is no reason to stop: what it is for may be so already. */
  readonly mayFail?: true
}

/** The line that describes an effect, for an ip that lies there. */
const command = (ip: string, effect: Effect): Command => ({words: [ip, ...describeEffect(effect).split(' ').slice(1)]})

const maybe = (one: Command): Command => ({...one, mayFail: true})

/** Where nothing is said, ip(8) makes routes of the protocol boot; set-up makes static ones, and looks for them again. */
const asOurs = (one: Command, {protocol}: Route): Command =>
  protocol === 'static' ? {...one, words: [...one.words, 'proto', 'static']} : one

/** What must be there before settings are made: interfaces bring settings of their own. */
export function makeCommands({links, fouPorts}: Lasting, {ip}: Programs): readonly Command[] {
  return [
    ...links.flatMap(({name, kind}) => (kind ? [maybe(command(ip, {do: 'add-link', link: {name, kind}}))] : [])),
    ...fouPorts.map((port) => maybe(command(ip, {do: 'add-fou-port', port}))),
  ]
}

/** Links, then masquerading, then addresses, then routes. */
export function startCommands(
  {links, masquerades, addresses, routes}: Lasting,
  programs: Programs,
): readonly Command[] {
  const {ip} = programs
  return [
    ...links.flatMap(({name, mtu, up}) => [
      ...(mtu === undefined ? [] : [command(ip, {do: 'set-mtu', interface: name, mtu, was: mtu})]),
      ...(up ? [command(ip, {do: 'link-up', interface: name})] : []),
    ]),
    // Removed first: a rule can be there twice.
    ...masquerades.flatMap((rule) => [
      maybe(masquerading('remove', rule, programs)),
      masquerading('add', rule, programs),
    ]),
    ...addresses.map((address) => ({words: [ip, 'addr', 'replace', ...describeAddress(address).split(' ')]})),
    ...routes.map((route) => asOurs(command(ip, {do: 'replace-route', route, was: route}), route)),
  ]
}

/**
 * The reverse. Settings stay: other addresses may need the silence. Routes stay: this host may be reached by them. Links
 * that were there stay up: others may use them.
 */
export function stopCommands(
  {links, fouPorts, masquerades, addresses}: Lasting,
  programs: Programs,
): readonly Command[] {
  const {ip} = programs
  return [
    ...[...addresses].reverse().map((address) => command(ip, {do: 'remove-address', address})),
    ...masquerades.map((rule) => masquerading('remove', rule, programs)),
    ...fouPorts.map((port) => command(ip, {do: 'remove-fou-port', port})),
    ...links.flatMap(({name, kind}) => (kind ? [command(ip, {do: 'remove-link', link: {name, kind}})] : [])),
  ].map(maybe)
}

/** Where a program lies; the first place where none has it. */
export function programPath(host: HostReader, ...places: readonly [string, ...string[]]): string {
  return places.find((path) => host.inspect(path)) ?? places[0]
}

/** Where the programs lie that lines begin with. */
export interface Programs {
  readonly ip: string
  readonly sysctl: string
  /** Of a tool for masquerading, by its name. */
  firewall(name: string): string
}

export function programsOn(host: HostReader): Programs {
  const find = (name: string) => programPath(host, `/usr/sbin/${name}`, `/sbin/${name}`, `/usr/bin/${name}`)
  return {ip: find('ip'), sysctl: find('sysctl'), firewall: find}
}

function masquerading(deed: 'add' | 'remove', rule: Masquerade, programs: Programs): Command {
  const [name = '', ...words] = masqueradeCommand(deed, rule)
  return {words: [programs.firewall(name), ...words]}
}
