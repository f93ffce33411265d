// The reverse path filter drops what comes out of a tunnel, because no route back to the client leads into one.
//
// The kernel takes the larger of conf.all and the tunnel device (IN_DEV_RPFILTER in include/linux/inetdevice.h): 1 drops,
// 0 lets through, and so does 2 as long as the device has an IPv4 address (__fib_validate_source() in
// net/ipv4/fib_frontend.c). IPv6 has no such filter in the kernel itself.

import {familyOf} from '../domain/address.ts'
import {type Problem, problem} from '../domain/problem.ts'
import type {Settings} from '../host/settings.ts'
import {interfaceSysctl} from '../host/sysctl-key.ts'
import {effective} from './arp.ts'
import type {Observed} from './observe.ts'

export const reversePathKey = (where: string): string => interfaceSysctl('ipv4', where, 'rp_filter')

/** `addressed`: whether the device has, or will have, an IPv4 address. */
export function drops(value: number, addressed: boolean): boolean {
  return value === 1 || (value > 1 && !addressed)
}

/** What is so of a device now. */
export function reversePath({sysctls, addresses}: Observed, device: string) {
  const value = effective(sysctls.get(reversePathKey('all')), sysctls.get(reversePathKey(device)))
  const addressed = addresses.some((one) => one.interface === device && familyOf(one.address) === 'ipv4')
  return {value, drops: drops(value, addressed)}
}

/** `takesVip`: the device gets an IPv4 VIP. */
export function openReversePath(
  device: string,
  takesVip: boolean,
  observed: Observed,
  settings: Settings,
): readonly Problem[] {
  const all = observed.sysctls.get(reversePathKey('all'))
  const addressed =
    takesVip || observed.addresses.some((one) => one.interface === device && familyOf(one.address) === 'ipv4')
  if (!addressed && effective(all) !== 0) return [closed(device, all)]
  settings.settle(reversePathKey(device), addressed ? '2' : '0', (value) => !drops(effective(all, value), addressed))
  return []
}

function closed(device: string, all: string | undefined): Problem {
  return problem(
    'rp-filter',
    `${reversePathKey('all')} is ${all}: what comes out of ${device} is dropped, as long as that has no IPv4 address`,
    {where: '--interface', hint: `Leave --interface out, so that the VIP goes on ${device}`},
  )
}
