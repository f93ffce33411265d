// An effect as the line that an operator would type for it. What is printed before a change, in a dry run and in JSON.

import {familyOf} from '../domain/address.ts'
import type {Effect, FouPort, InterfaceAddress, Route} from './host.ts'
import {masqueradeCommand} from './masquerade.ts'

export function describeEffect(effect: Effect): string {
  switch (effect.do) {
    case 'set-sysctl':
      return `sysctl -w ${effect.key}=${quoteWhereNeeded(effect.value)}`
    case 'link-up':
      return `ip link set ${effect.interface} up`
    case 'link-down':
      return `ip link set ${effect.interface} down`
    case 'set-mtu':
      return `ip link set ${effect.interface} mtu ${effect.mtu}`
    case 'add-link':
      return `ip link add ${effect.link.name} type ${effect.link.kind}`
    case 'remove-link':
      return `ip link del ${effect.link.name}`
    case 'load-module':
      return `modprobe ${effect.module}`
    case 'add-fou-port':
      return `ip fou add ${describeFouPort(effect.port)}`
    case 'remove-fou-port':
      return `ip fou del ${describeFouPort(effect.port)}`
    case 'add-route':
      return `${ipFor(effect.route)} route add ${describeRoute(effect.route)}`
    case 'remove-route':
      return `${ipFor(effect.route)} route del ${describeRoute(effect.route)}`
    case 'replace-route':
      return `${ipFor(effect.route)} route replace ${describeRoute(effect.route)}`
    case 'add-address':
      return `ip addr add ${describeAddress(effect.address)}`
    case 'remove-address':
      return `ip addr del ${effect.address.address}/${effect.address.prefixLength} dev ${effect.address.interface}`
    case 'announce':
      return familyOf(effect.address) === 'ipv4'
        ? `arping -U -c ${announcements} -I ${effect.interface} ${effect.address}`
        : `ndsend ${effect.address} ${effect.interface}`
    case 'add-masquerade':
      return masqueradeCommand('add', effect.rule).map(quoteWords).join(' ')
    case 'remove-masquerade':
      return masqueradeCommand('remove', effect.rule).map(quoteWords).join(' ')
    case 'write-file':
      return `install -D -m ${(effect.mode ?? 0o644).toString(8)} /dev/stdin ${effect.path}`
    case 'write-state':
      return `install -D -m 600 /dev/stdin ${effect.path}`
    case 'remove-file':
    case 'remove-state':
    case 'remove-symlink':
      return `rm ${effect.path}`
    case 'make-symlink':
      return `ln -s ${effect.target} ${effect.path}`
    case 'systemd-reload':
      return 'systemctl daemon-reload'
  }
}

/** How often an announcement is repeated: a switch or host may miss one frame, hardly three. */
export const announcements = 3

/** In the words of ip-address(8); what is the default there is not said. */
export function describeAddress(address: InterfaceAddress): string {
  const {peer, broadcast} = address
  const words = [`${address.address}${peer === undefined ? '' : ` peer ${peer}`}/${address.prefixLength}`]
  if (broadcast !== undefined) words.push(`broadcast ${broadcast}`)
  words.push(`dev ${address.interface}`)
  if (address.label !== undefined) words.push(`label ${address.label}`)
  if (address.scope !== 'global') words.push(`scope ${address.scope}`)
  if (address.noDad) words.push('nodad')
  if (address.valid !== undefined) words.push(`valid_lft ${address.valid}`)
  if (address.preferred !== undefined) words.push(`preferred_lft ${address.preferred}`)
  return words.join(' ')
}

const ipFor = ({family}: Route): string => (family === 'ipv6' ? 'ip -6' : 'ip')

/** In the words of ip-route(8). Metrics of which nothing is known here go by ip's names too. */
export function describeRoute(route: Route): string {
  const words: string[] = []
  if (route.type !== 'unicast') words.push(String(route.type))
  words.push(route.destination === undefined ? 'default' : `${route.destination}/${route.prefixLength}`)
  if (route.gateway !== undefined) words.push(`via ${route.gateway}`)
  if (route.interface !== undefined) words.push(`dev ${route.interface}`)
  if (route.onLink) words.push('onlink')
  if (route.protocol !== 'static') words.push(`proto ${protocolWords[route.protocol] ?? route.protocol}`)
  if (route.source !== undefined) words.push(`src ${route.source}`)
  if (route.priority !== undefined) words.push(`metric ${route.priority}`)
  if (route.table !== mainTable) words.push(`table ${route.table}`)
  for (const [name, value] of Object.entries(route.metrics ?? {})) words.push(`${metricWords[name] ?? name} ${value}`)
  return words.join(' ')
}

const protocolWords: Readonly<Record<string, string>> = {'router-advertisement': 'ra', unspecified: '0'}

/** RT_TABLE_MAIN */
export const mainTable = 254

const metricWords: Readonly<Record<string, string>> = {
  advertisedMss: 'advmss',
  rttVariance: 'rttvar',
  slowStartThreshold: 'ssthresh',
  congestionWindow: 'cwnd',
  hopLimit: 'hoplimit',
  initialWindow: 'initcwnd',
  minimumTimeout: 'rto_min',
  initialReceiveWindow: 'initrwnd',
  quickAck: 'quickack',
  congestionControl: 'congctl',
}

/** In the words of ip-fou(8). */
export function describeFouPort({port, family, encapsulation, protocol}: FouPort): string {
  const inside = encapsulation === 'direct' ? `ipproto ${protocol}` : encapsulation
  return `port ${port} ${inside}${family === 'ipv6' ? ' -6' : ''}`
}
/** Only nft takes words that a shell would take apart. */
const quoteWords = (word: string): string => (word.includes(' ') ? `'${word}'` : word)

/** Values of several numbers (`4096 131072 6291456`) are one word for the shell. */
function quoteWhereNeeded(value: string): string {
  return /^[\w./:-]+$/.test(value) ? value : `'${value}'`
}
