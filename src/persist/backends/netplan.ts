// netplan: one YAML file of ours. What it says about an interface is joined with what other files say about it: lists of
// addresses are put together. netplan(5)

import {familyOf} from '../../domain/address.ts'
import type {Problem} from '../../domain/problem.ts'
import {describeFouPort, describeRoute} from '../../host/describe.ts'
import type {HostReader, InterfaceAddress, Route} from '../../host/host.ts'
import {type Backend, beyond, bootFileText, type PersistRequest} from '../backend.ts'
import {commonFiles} from '../common-files.ts'
import {aboutLink, type Lasting, linkNames} from '../lasting.ts'
import {networkFileOf} from './networkd.ts'

const title = 'netplan'

export const netplan: Backend = {
  title,
  traces: ['/usr/sbin/netplan', '/usr/lib/netplan/generate', '/usr/libexec/netplan/generate'],
  plan: (request, host) => ({
    files: [
      ...commonFiles(request),
      // netplan warns of files that others can read: there may be passwords in them.
      {path: `/etc/netplan/60-lvsctl-${request.role}.yaml`, content: yaml(request, host), mode: 0o600},
    ],
    links: [],
    problems: problems(request.lasting),
  }),
}

function problems({links, fouPorts, masquerades, addresses, routes}: Lasting): readonly Problem[] {
  return [
    ...links.filter(({kind}) => kind).map(({name, kind}) => `${name}, which is of kind ${kind}`),
    ...fouPorts.map((port) => `"ip fou add ${describeFouPort(port)}"`),
    ...masquerades.map(({vip}) => `masquerading of connections to ${vip}`),
    ...addresses
      .filter(({scope}) => scope !== 'global')
      .map(({address, scope}) => `the scope of ${address} (${scope})`),
    ...routes.filter(({metrics}) => metrics).map((route) => `the route ${describeRoute(route)}`),
  ].map((what) => beyond(title, what))
}

/** A definition stands where its kind belongs, in every file. */
const sections: Readonly<Record<string, string>> = {bond: 'bonds', bridge: 'bridges', vlan: 'vlans'}

function yaml({role, lasting}: PersistRequest, host: HostReader): string {
  const bySection = Map.groupBy(linkNames(lasting), (name) => sections[kindOf(name, host)] ?? 'ethernets')
  const body = [...bySection].map(
    ([section, names]) =>
      `  ${section}:\n${names.map((name) => definition(idOf(name, host), aboutLink(lasting, name))).join('')}`,
  )
  return bootFileText(role, `network:\n  version: 2\n${body.join('')}`)
}

function definition(id: string, {links, addresses, routes}: Lasting): string {
  const mtu = links.find((one) => one.mtu !== undefined)?.mtu
  const lists = [
    ['addresses', addresses.map(addressItem)],
    ['routes', routes.map(routeItem)],
  ] as const
  return [
    `    ${id}:\n`,
    mtu === undefined ? '' : `      mtu: ${mtu}\n`,
    ...lists.map(([name, items]) => (items.length === 0 ? '' : `      ${name}:\n${items.join('')}`)),
  ].join('')
}

// The kernel does no duplicate address detection on lo; elsewhere netplan has no word that switches it off.
const addressItem = ({address, prefixLength, preferred}: InterfaceAddress): string =>
  `        - "${address}/${prefixLength}"${preferred === 0 && familyOf(address) === 'ipv6' ? ':\n            lifetime: "0"' : ''}\n`

/** `default` is of both families, which the gateway tells apart. */
const routeItem = ({destination, prefixLength, gateway, priority, onLink, source}: Route): string =>
  [
    `        - to: ${destination === undefined ? 'default' : `"${destination}/${prefixLength}"`}\n`,
    gateway === undefined ? '          scope: link\n' : `          via: "${gateway}"\n`,
    priority === undefined ? '' : `          metric: ${priority}\n`,
    onLink ? '          on-link: true\n' : '',
    source === undefined ? '' : `          from: "${source}"\n`,
  ].join('')

const kindOf = (name: string, host: HostReader): string => host.links().find((link) => link.name === name)?.kind ?? ''

/** Its definition may have a name of its own (`match:`), which the file that netplan makes of it carries. */
const idOf = (name: string, host: HostReader): string =>
  /^10-netplan-(.+)\.network$/.exec(networkFileOf(name, host) ?? '')?.[1] ?? name
