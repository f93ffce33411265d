// What on this machine stands against a VIP: it is here already in a way that cannot be, or cannot be here at all.

import {type Address, familyOf, inSubnet} from '../domain/address.ts'
import {type Problem, problem} from '../domain/problem.ts'
import {describeEffect} from '../host/describe.ts'
import type {InterfaceAddress} from '../host/host.ts'
import {interfaceSysctl} from '../host/sysctl-key.ts'
import {hostPrefixOf, subnetEdges} from '../host/vip.ts'
import {arpKey} from './arp.ts'
import {isSilent, linkNamed, type Observed, silentAddresses} from './observe.ts'

const where = '--vip'

/** `scope`: of an IPv4 VIP. */
export function obstacles(
  vip: Address,
  device: string,
  scope: 'global' | 'host',
  observed: Observed,
): readonly Problem[] {
  return [
    ...subnetEdges(vip, observed.addresses),
    ...observed.addresses
      .filter((one) => one.address === vip)
      .flatMap((there) => (there.interface === device ? inPlace(there, scope) : [misplaced(there, device, observed)])),
    ...swallowed(vip, observed),
    ...(familyOf(vip) === 'ipv6' ? withoutIpv6(vip, device, observed) : []),
  ]
}

const removal = (there: InterfaceAddress): string =>
  `remove it first: ${describeEffect({do: 'remove-address', address: there})}`

function misplaced(there: InterfaceAddress, device: string, observed: Observed): Problem {
  const {address: vip, interface: name, prefixLength} = there
  if (prefixLength !== hostPrefixOf(vip))
    return problem('vip-own-address', `${vip} is this host's own address (${name}, /${prefixLength})`, {
      where,
      hint: 'The VIP is the address that the director shares with its real servers',
    })
  const link = linkNamed(observed, name)
  const hint =
    link && isSilent(link)
      ? `Leave it there: --interface ${name}; or ${removal(there)}`
      : `A director has it there, a real server has it on ${device}; ${removal(there)}`
  return problem('vip-on-interface', `${vip} is on ${name} already`, {where, hint})
}

function inPlace(there: InterfaceAddress, scope: 'global' | 'host'): readonly Problem[] {
  const {address: vip, interface: name, prefixLength} = there
  if (prefixLength !== hostPrefixOf(vip))
    return [
      problem(
        'vip-prefix',
        `${vip} is on ${name} with /${prefixLength}: this host takes the whole subnet for itself and cannot reach its clients`,
        {where, hint: removal(there)},
      ),
    ]
  if (familyOf(vip) === 'ipv6' || scope === 'global' || there.scope === 'host') return []
  return [
    problem(
      'vip-scope',
      `${vip} is on ${name} with scope ${there.scope}, and arp_ignore is 3, which hides scope host only`,
      {
        where,
        hint: `${removal(there)}, or: sysctl -w ${arpKey('all', 'arp_ignore')}=1`,
      },
    ),
  ]
}

/** Another address on lo or a dummy whose subnet has the VIP in it, and the clients too. */
function swallowed(vip: Address, observed: Observed): readonly Problem[] {
  return silentAddresses(observed)
    .filter((one) => one.address !== vip && one.prefixLength < hostPrefixOf(one.address))
    .filter((one) => inSubnet(vip, one.address, one.prefixLength))
    .map((one) =>
      problem(
        'subnet-on-loopback',
        `${one.address}/${one.prefixLength} is on ${one.interface}: packets for that whole subnet end there, also those to clients of ${vip}`,
        {where, hint: `An address there has to be /${hostPrefixOf(vip)}; ${removal(one)}`},
      ),
    )
}

function withoutIpv6(vip: Address, device: string, observed: Observed): readonly Problem[] {
  const key = interfaceSysctl('ipv6', device, 'disable_ipv6')
  const value = observed.sysctls.get(key)
  if (value === undefined) return [problem('ipv6-disabled', `${vip}: this kernel runs without IPv6`, {where})]
  if (value === '0') return []
  return [problem('ipv6-disabled', `${vip}: IPv6 is switched off on ${device}`, {where, hint: `sysctl -w ${key}=0`})]
}
