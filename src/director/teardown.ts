// What takes a VIP away from this director: the steps, computed and not done. Only host addresses (/32, /128), which is
// all that set-up adds: an address with a subnet is the interface's own.

import type {Address} from '../domain/address.ts'
import {type Problem, problem, refuse, warning} from '../domain/problem.ts'
import {describeEffect} from '../host/describe.ts'
import type {InterfaceAddress} from '../host/host.ts'
import {planEffects, type RolePlan} from '../host/step.ts'
import {hostPrefixOf} from '../host/vip.ts'
import {findLink} from './device.ts'
import type {Observed} from './observe.ts'

export interface TeardownRequest {
  readonly vips: readonly Address[]
  /** Not given: wherever it is. */
  readonly device?: string
}

/** Throws LvsctlError: `missing` for an unknown interface, else one usage error with everything that speaks against it. */
export function planTeardown({vips, device}: TeardownRequest, observed: Observed): RolePlan {
  if (device !== undefined) findLink(device, observed)
  const found = vips.map((vip) => ({vip, there: whereIs(vip, device, observed)}))
  refuse(found.flatMap(({vip, there}) => there.flatMap((one) => notOurs(vip, one))))
  const removals = found.flatMap(({there}) => there)
  const warnings = found.filter(({there}) => there.length === 0).map(({vip}) => notThere(vip, device, observed))
  return planEffects(
    vips,
    warnings,
    {sysctl: () => undefined, readFile: () => undefined},
    removals.map((address) => ({do: 'remove-address', address})),
  )
}

function whereIs(vip: Address, device: string | undefined, {addresses}: Observed): readonly InterfaceAddress[] {
  return addresses.filter((one) => one.address === vip && (device === undefined || one.interface === device))
}

function notOurs(vip: Address, there: InterfaceAddress): readonly Problem[] {
  const where = '--vip'
  if (there.interface === 'lo')
    return [
      problem('vip-on-loopback', `${vip} is on lo, where a real server has it`, {
        where,
        hint: `lvsctl realserver teardown --vip ${vip}`,
      }),
    ]
  if (there.valid !== undefined)
    return [
      problem(
        'vip-leased',
        `${vip} on ${there.interface} came with a lease (${there.valid} s left): it is this host's own`,
        {
          where,
        },
      ),
    ]
  if (there.prefixLength === hostPrefixOf(vip)) return []
  return [
    problem(
      'vip-own-address',
      `${vip}/${there.prefixLength} is ${there.interface}'s own address, with its subnet: removing it could cut this host off`,
      {where, hint: `If it must go: ${describeEffect({do: 'remove-address', address: there})}`},
    ),
  ]
}

function notThere(vip: Address, device: string | undefined, observed: Observed): Problem {
  const elsewhere = whereIs(vip, undefined, observed)[0]?.interface
  const place = device === undefined ? 'on no interface of this host' : `not on ${device}`
  return warning('vip-not-set-up', `${vip} is ${place}`, elsewhere === undefined ? {} : {hint: `It is on ${elsewhere}`})
}
