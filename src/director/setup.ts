// What brings a VIP to this director: the steps, computed and not done. The address comes up on the interface where the
// clients' requests arrive, and then the neighbours are told, because they may still have another machine noted for it.

import {type Address, familyOf} from '../domain/address.ts'
import {type Problem, problem, refuse, warning} from '../domain/problem.ts'
import {describeEffect} from '../host/describe.ts'
import type {Effect, InterfaceAddress, Link} from '../host/host.ts'
import {isEthernet} from '../host/mac.ts'
import {planEffects, type RolePlan} from '../host/step.ts'
import {interfaceSysctl} from '../host/sysctl-key.ts'
import {hostPrefixOf, subnetEdges} from '../host/vip.ts'
import {findLink, onLinkDevices} from './device.ts'
import {arpIgnore, lowerArpIgnore, type Observed} from './observe.ts'

export interface SetupRequest {
  readonly vips: readonly Address[]
  /** Name of the interface on the clients' side. */
  readonly device: string
}

/** Throws LvsctlError: `missing` for an unknown interface, else one usage error with everything that speaks against it. */
export function planSetup({vips, device}: SetupRequest, observed: Observed): RolePlan {
  const link = findLink(device, observed)
  refuse([...wrongDevice(link), ...vips.flatMap((vip) => obstacles(vip, link, observed))])

  const warnings: Problem[] = []
  const effects: Effect[] = []
  for (const vip of vips) {
    const there = vipOn(device, vip, observed)
    if (!there) effects.push({do: 'add-address', address: vipOnDevice(vip, device)})
    else warnings.push(present(vip, there))
    if (!there && !onLinkDevices(vip, observed).includes(device)) warnings.push(offLink(vip, device))
  }
  const heard = link.up && !link.noArp && isEthernet(link)
  if (heard) for (const vip of vips) effects.push({do: 'announce', interface: device, address: vip})
  else warnings.push(unheard(link, vips))
  if (vips.some((vip) => familyOf(vip) === 'ipv4') && arpIgnore(observed, device) === 8) warnings.push(silent(device))
  return planEffects(vips, warnings, {sysctl: (key) => observed.sysctls.get(key), readFile: () => undefined}, effects)
}

function vipOn(device: string, vip: Address, {addresses}: Observed): InterfaceAddress | undefined {
  const found = addresses.filter((one) => one.interface === device && one.address === vip)
  return found.find((one) => one.prefixLength === hostPrefixOf(vip)) ?? found[0]
}

function vipOnDevice(vip: Address, device: string): InterfaceAddress {
  const base = {interface: device, address: vip, prefixLength: hostPrefixOf(vip), scope: 'global'} as const
  // Real servers, or the director that had it before, may have the address: detection of duplicates would refuse it.
  return familyOf(vip) === 'ipv6' ? {...base, noDad: true, preferred: 0} : base
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

function present(vip: Address, there: InterfaceAddress): Problem {
  const own = there.prefixLength !== hostPrefixOf(vip)
  return warning(
    own ? 'vip-own-address' : 'vip-present',
    own
      ? `${vip} is ${there.interface}'s own address (/${there.prefixLength}): nothing to add, and teardown will not remove it`
      : `${vip} is on ${there.interface} already`,
  )
}

function offLink(vip: Address, device: string): Problem {
  return warning('vip-off-link', `${vip} is in no subnet of ${device}: hosts there look for it through their router`, {
    hint: `The router needs a route to ${vip}/${hostPrefixOf(vip)} through this director, unless the interface is the wrong one`,
  })
}

function unheard(link: Link, vips: readonly Address[]): Problem {
  if (!link.up)
    return warning('interface-down', `${link.name} is down: nobody can be told yet, and no client gets through`, {
      hint: `ip link set ${link.name} up, then again: lvsctl director setup --vip ${vips.join(',')} --dev ${link.name}`,
    })
  if (!link.noArp)
    return warning('interface-not-ethernet', `${link.name} is no Ethernet: who has the VIP cannot be announced there`, {
      hint: 'Hosts that knew another machine by it find this one when their entry for it has expired',
    })
  return warning('interface-without-arp', `${link.name} has no neighbours that ask for addresses: nothing is announced`)
}

function silent(device: string): Problem {
  return warning('arp-deaf', `arp_ignore is 8 on ${device}: this director answers for no address there`, {
    hint: lowerArpIgnore(device),
  })
}
