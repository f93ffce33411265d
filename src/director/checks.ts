// What speaks against a set-up, and what an operator should know about it. Pure.

import {type Address, type Family, familyOf} from '../domain/address.ts'
import {type Problem, problem, warning} from '../domain/problem.ts'
import {describeEffect} from '../host/describe.ts'
import type {Link} from '../host/host.ts'
import {interfaceSysctl} from '../host/sysctl-key.ts'
import {hostPrefixOf, listVips, subnetEdges} from '../host/vip.ts'
import {describeAnswer, nameAnswers} from './answers.ts'
import {onLinkDevices} from './device.ts'
import {familiesOf, isForwarding} from './forwarding.ts'
import {namesAddress} from './keepalived.ts'
import {arpIgnore, lowerArpIgnore, type Observed, type Surroundings} from './observed.ts'
import type {SetupRequest} from './request.ts'
import {type ServedService, serversReached} from './served.ts'

type Asked = SetupRequest & Required<Pick<SetupRequest, 'method' | 'masquerade'>>

/** All of severity `error`. */
export function setupProblems(asked: Asked, link: Link, observed: Observed, around: Surroundings): readonly Problem[] {
  const {vips, method, masquerade, tune = false, takeOver = false} = asked
  return [
    ...wrongDevice(link),
    ...vips.flatMap((vip) => obstacles(vip, link, observed)),
    ...vips.flatMap((vip) => keepalivedOwns(vip, around)),
    ...(takeOver ? [] : vips.flatMap((vip) => answeredElsewhere(vip, link, observed, around))),
    ...(masquerade && method !== 'nat' ? [notTranslated()] : []),
    ...(masquerade ? familiesOf(vips).flatMap((family) => noTool(family, around)) : []),
    ...(observed.ipvs === 'missing' && (masquerade || tune) ? [noIpvs(problem)] : []),
  ]
}

/** All of severity `warning`. */
export function setupWarnings(asked: Asked, link: Link, observed: Observed, around: Surroundings): readonly Problem[] {
  const {vips, method, masquerade, tune = false, services = []} = asked
  const deaf = vips.some((vip) => familyOf(vip) === 'ipv4') && arpIgnore(observed, link.name) === 8
  return [
    ...vips.flatMap((vip) => offLink(vip, link.name, observed)),
    ...(around.heard === undefined ? [unasked(vips, around.unheard)] : []),
    ...(deaf ? [silent(link.name)] : []),
    ...(around.keepalived ? [beside(around.keepalived.pid)] : []),
    ...serversOffLink(services, observed),
    ...(method === 'nat' && !masquerade ? pastDirector(services, link.name, observed) : []),
    ...(method === 'nat' ? losesDefaultRoute(vips, observed) : []),
    ...mergesSegments(method, vips, observed, around),
    ...(observed.ipvs === 'missing' && !masquerade && !tune ? [noIpvs(warning)] : []),
  ]
}

function wrongDevice(link: Link): readonly Problem[] {
  if (!link.loopback) return []
  return [
    problem('device-is-loopback', `${link.name} is the loopback interface: nobody would learn who has the VIP`, {
      where: '--dev',
      hint: 'Name the interface on which clients arrive; a VIP on lo is a real server: lvsctl realserver setup',
    }),
  ]
}

function obstacles(vip: Address, device: Link, observed: Observed): readonly Problem[] {
  const where = '--vip'
  const elsewhere = observed.addresses.filter((one) => one.address === vip && one.interface !== device.name)
  const problems = elsewhere.map((one) =>
    one.interface === 'lo'
      ? problem('vip-on-loopback', `${vip} is on lo: this host is set up as a real server for it`, {
          where,
          hint: `A host is one or the other: lvsctl realserver teardown --vip ${vip}`,
        })
      : problem('vip-elsewhere', `${vip} is on ${one.interface} already (/${one.prefixLength})`, {
          where,
          hint: `Move it: ${describeEffect({do: 'remove-address', address: one})}`,
        }),
  )
  problems.push(...subnetEdges(vip, observed.addresses))
  if (familyOf(vip) === 'ipv6') {
    const key = interfaceSysctl('ipv6', device.name, 'disable_ipv6')
    const value = observed.sysctls.get(key)
    if (value === undefined) problems.push(problem('ipv6-disabled', `${vip}: this kernel runs without IPv6`, {where}))
    else if (value !== '0')
      problems.push(
        problem('ipv6-disabled', `${vip}: IPv6 is switched off on ${device.name}`, {where, hint: `sysctl -w ${key}=0`}),
      )
  }
  return problems
}

function keepalivedOwns(vip: Address, {keepalived}: Surroundings): readonly Problem[] {
  if (!keepalived || !namesAddress(keepalived, vip)) return []
  return [
    problem('vip-of-keepalived', `${vip} is keepalived's, which runs here (process ${keepalived.pid})`, {
      where: '--vip',
      hint: 'It moves its addresses between directors by itself: take the VIP out of its configuration first, or leave it there',
    }),
  ]
}

function answeredElsewhere(vip: Address, link: Link, observed: Observed, around: Surroundings): readonly Problem[] {
  const heard = around.heard?.get(vip) ?? []
  const others = nameAnswers(vip, link, heard, {observed, neighbours: around.neighbours}).filter(
    ({who}) => who !== 'this host',
  )
  if (others.length === 0) return []
  const who = others.map((one) => `${one.mac} (${describeAnswer(one)})`)
  return [
    problem('vip-answered', `${vip} is answered for on ${link.name} already, by ${listOf(who)}`, {
      where: '--vip',
      hint: `A real server must be silent: lvsctl realserver setup --vip ${vip} there. Another director gives it up: lvsctl director teardown --vip ${vip}. To take it all the same: --take-over`,
    }),
  ]
}

const listOf = (parts: readonly string[]): string => new Intl.ListFormat('en').format(parts)

function notTranslated(): Problem {
  return problem('masquerade-without-nat', 'masquerading is for servers reached by NAT', {
    where: '--masquerade',
    hint: 'Add: --method nat. By direct routing and tunnels the servers must see the address of the client',
  })
}

function noTool(family: Family, {tools, xtIpvs}: Surroundings): readonly Problem[] {
  const tool = tools.get(family)
  const where = '--masquerade'
  if (tool === undefined)
    return [
      problem(
        'masquerade-tool-missing',
        `nothing that is installed here can masquerade ${family === 'ipv4' ? 'IPv4' : 'IPv6'}: neither nft nor iptables that this kernel takes rules from`,
        {where, hint: 'Install the package nftables; on a kernel without nf_tables: iptables'},
      ),
    ]
  if (tool === 'nft' || xtIpvs !== 'missing') return []
  return [
    problem('masquerade-module-missing', `${tool} needs the kernel module xt_ipvs, which is not on this machine`, {
      where,
      hint: 'Install the package nftables: nft needs no such module',
    }),
  ]
}

function noIpvs(say: typeof problem): Problem {
  return say('ipvs-unavailable', 'this kernel has no IPVS: the module ip_vs is not on this machine', {
    hint: 'To rehearse without it: lvsctl lab',
  })
}

function offLink(vip: Address, device: string, observed: Observed): readonly Problem[] {
  const near = onLinkDevices(vip, observed)
  const there = observed.addresses.some((one) => one.address === vip && one.interface === device)
  if (there || near.includes(device)) return []
  if (near.length > 0)
    return [
      warning(
        'vip-off-link',
        `${vip} is in a subnet of ${listOf(near)}, not of ${device}: hosts there ask on another wire`,
        {
          hint: `If clients arrive there: --dev ${near[0]}`,
        },
      ),
    ]
  return [
    warning('vip-off-link', `${vip} is in no subnet of ${device}: hosts there look for it through their router`, {
      hint: `The router needs a route to ${vip}/${hostPrefixOf(vip)} through this director, unless the interface is the wrong one`,
    }),
  ]
}

function unasked(vips: readonly Address[], why: string | undefined): Problem {
  return warning('vip-unasked', `whether another machine answers for ${listVips(vips)} could not be asked: ${why}`)
}

function silent(device: string): Problem {
  return warning('arp-deaf', `arp_ignore is 8 on ${device}: this director answers for no address there`, {
    hint: lowerArpIgnore(device),
  })
}

function beside(pid: number): Problem {
  return warning(
    'keepalived-runs',
    `keepalived runs here (process ${pid}): addresses and services of its own are its to change`,
  )
}

/** Direct routing rewrites the link-layer address only: a router in between would not know what to do with the packet. */
export function serversOffLink(services: readonly ServedService[], observed: Observed): readonly Problem[] {
  const far = serversReached(services, 'gatewaying').filter(
    (server) =>
      onLinkDevices(server, observed).length === 0 && !observed.addresses.some(({address}) => address === server),
  )
  if (far.length === 0) return []
  return [
    warning('server-off-link', `${listVips(far)}: in no subnet of this host, and direct routing passes no router`, {
      hint: 'Reach such servers by a tunnel (server edit -i), or give this host an address in their subnet',
    }),
  ]
}

/** A server that has the client in its own subnet answers it directly, from an address that the client never asked. */
function pastDirector(services: readonly ServedService[], device: string, observed: Observed): readonly Problem[] {
  const near = serversReached(services, 'masquerading').filter((server) =>
    onLinkDevices(server, observed).includes(device),
  )
  if (near.length === 0) return []
  return [
    warning(
      'nat-one-arm',
      `${listVips(near)}: in the clients' subnet of ${device}, and would answer them past this director`,
      {
        hint: 'With --masquerade servers see this director in place of the client, and answer through it',
      },
    ),
  ]
}

/** A router takes no router advertisements, unless accept_ra is 2 (Documentation/networking/ip-sysctl.rst). */
function losesDefaultRoute(vips: readonly Address[], observed: Observed): readonly Problem[] {
  if (!familiesOf(vips).includes('ipv6') || isForwarding(observed, 'ipv6')) return []
  const leased = observed.links.filter(
    ({name, loopback}) =>
      !loopback &&
      observed.sysctls.get(interfaceSysctl('ipv6', name, 'accept_ra')) === '1' &&
      observed.addresses.some(
        (one) =>
          one.interface === name &&
          familyOf(one.address) === 'ipv6' &&
          one.valid !== undefined &&
          one.scope === 'global',
      ),
  )
  return leased.map(({name}) =>
    warning(
      'accept-ra',
      `${name} has its IPv6 address by router advertisement, and a host that forwards takes none: its default route goes`,
      {
        hint: `sysctl -w ${interfaceSysctl('ipv6', name, 'accept_ra')}=2 keeps it`,
      },
    ),
  )
}

/**
 * Segments merged by the NIC are too long to be passed on. The kernel switches that off where it forwards
 * (dev_disable_lro() in inet_forward_change()); IPVS passes packets on without.
 */
function mergesSegments(
  method: string,
  vips: readonly Address[],
  observed: Observed,
  {merging}: Surroundings,
): readonly Problem[] {
  const switched = method === 'nat' && familiesOf(vips).some((family) => !isForwarding(observed, family))
  if (switched) return []
  return merging.map((name) =>
    warning('lro', `${name} merges received segments (LRO), which cannot be passed on whole: connections stall`, {
      hint: `ethtool -K ${name} lro off`,
    }),
  )
}
