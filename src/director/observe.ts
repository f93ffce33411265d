// Reads the machine for this role, once for each decision.

import type {Address} from '../domain/address.ts'
import {LvsctlError} from '../domain/problem.ts'
import type {HostReader} from '../host/host.ts'
import {isEthernet} from '../host/mac.ts'
import {readSysctls} from '../host/read-sysctls.ts'
import {interfaceSysctl} from '../host/sysctl-key.ts'
import {readLastingLedger} from '../persist/record.ts'
import {acceptRedirects, familiesOf, forwardingKeys, sendRedirects} from './forwarding.ts'
import {findKeepalived} from './keepalived.ts'
import type {Observed, Surroundings} from './observed.ts'
import type {SetupRequest} from './request.ts'
import {initialValues} from './tuning.ts'

export function observe(host: HostReader): Observed {
  const links = host.links()
  const recorded = readLastingLedger('director', host)
  const noted = [recorded.ledger, recorded.past]
  const keys = new Set([
    ...Object.values(forwardingKeys),
    ...initialValues.keys(),
    acceptRedirects,
    ...['all', 'default', ...links.map(({name}) => name)].flatMap((where) => [
      sendRedirects(where),
      interfaceSysctl('ipv4', where, 'arp_ignore'),
      interfaceSysctl('ipv4', where, 'forwarding'),
      interfaceSysctl('ipv6', where, 'forwarding'),
      interfaceSysctl('ipv6', where, 'accept_ra'),
      interfaceSysctl('ipv6', where, 'disable_ipv6'),
    ]),
    ...noted.flatMap((ledger) => ledger?.sysctls.map(({key}) => key) ?? []),
  ])
  const sysctls = readSysctls(host, keys)
  const ipvs = host.module('ip_vs')
  if (ipvs === 'available') for (const [key, value] of initialValues) sysctls.set(key, value)
  return {
    links,
    addresses: host.addresses(),
    sysctls,
    recorded,
    ipvs,
    masquerades: (recorded.ledger?.masquerades ?? []).map((rule) => ({rule, there: host.isMasqueraded(rule)})),
  }
}

/** Everybody on a LAN has answered by then: in measurements the slowest took 8 ms. */
const probeMs = 450

export function lookAround(
  host: HostReader,
  {vips, device, masquerade = false, takeOver = false}: SetupRequest,
  observed: Observed,
): Surroundings {
  const link = observed.links.find(({name}) => name === device)
  const there = (vip: Address) => observed.addresses.some((one) => one.interface === device && one.address === vip)
  const targets =
    link?.up && !link.noArp && !link.loopback && isEthernet(link) && !takeOver ? vips.filter((vip) => !there(vip)) : []
  const families = masquerade ? familiesOf(vips) : []
  return {
    ...(targets.length > 0 ? askAround(host, device, targets) : {heard: new Map()}),
    neighbours: targets.length > 0 ? host.neighbours() : [],
    keepalived: findKeepalived(host),
    merging: link && host.mergesSegments(device) ? [device] : [],
    tools: new Map(families.map((family) => [family, host.masqueradeTool(family)])),
    xtIpvs: masquerade ? host.module('xt_ipvs') : 'loaded',
  }
}

/** Who answers there; or why that could not be asked. */
export function askAround(
  host: HostReader,
  device: string,
  targets: readonly Address[],
): Pick<Surroundings, 'heard' | 'unheard'> {
  try {
    return {heard: host.probe({interface: device, targets, timeoutMs: probeMs})}
  } catch (error) {
    if (!(error instanceof LvsctlError)) throw error
    return {heard: undefined, unheard: error.message}
  }
}
