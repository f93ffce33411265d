// What an operator should know about a set-up that goes on all the same. Pure.

import {type Address, familyOf} from '../domain/address.ts'
import {type Problem, type problem, warning} from '../domain/problem.ts'
import type {Link} from '../host/host.ts'
import {planWithoutNotes} from '../host/managed.ts'
import {offLinkProblems, onLinkDevices} from '../host/on-link.ts'
import {interfaceSysctl} from '../host/sysctl-key.ts'
import {hostPrefixOf, listVips, listWords} from '../host/vip.ts'
import {familiesOf, isForwarding} from './forwarding.ts'
import {arpIgnore, lowerArpIgnore, type Observed, type Surroundings} from './observed.ts'
import type {FullRequest} from './request.ts'
import {type ServedService, serversReached} from './served.ts'

/** All of severity `warning`. */
export function cautions(asked: FullRequest, link: Link, observed: Observed, around: Surroundings): readonly Problem[] {
  const {vips, method, masquerade, tune = false, services = []} = asked
  const deaf = vips.some((vip) => familyOf(vip) === 'ipv4') && arpIgnore(observed, link.name) === 8
  return [
    ...vips.flatMap((vip) => offLink(vip, link.name, observed)),
    ...(around.heard === undefined ? [unasked(vips, around.unheard)] : []),
    ...(deaf ? [silent(link.name)] : []),
    ...(observed.recorded.hidden ? [planWithoutNotes] : []),
    ...(around.keepalived ? [beside(around.keepalived.pid)] : []),
    ...serversOffLink(services, observed),
    ...(method === 'nat' && !masquerade ? pastDirector(services, link.name, observed) : []),
    ...(method === 'nat' ? losesDefaultRoute(vips, observed) : []),
    ...mergesSegments(method, vips, observed, around),
    ...(observed.ipvs === 'missing' && !masquerade && !tune ? [noIpvs(warning)] : []),
  ]
}

export function noIpvs(say: typeof problem): Problem {
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
        `${vip} is in a subnet of ${listWords(near)}, not of ${device}: hosts there ask on another wire`,
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

export function unasked(vips: readonly Address[], why: string | undefined): Problem {
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

export function serversOffLink(services: readonly ServedService[], observed: Observed): readonly Problem[] {
  return offLinkProblems(serversReached(services, 'gatewaying'), observed)
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
