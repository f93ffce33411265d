// What speaks against a set-up, all of it at once and before anything is changed. Pure.

import {type Address, type Family, familyOf} from '../domain/address.ts'
import {type Problem, problem} from '../domain/problem.ts'
import {describeEffect} from '../host/describe.ts'
import type {Link} from '../host/host.ts'
import {interfaceSysctl} from '../host/sysctl-key.ts'
import {listWords, subnetEdges} from '../host/vip.ts'
import {describeAnswer, nameAnswers} from './answers.ts'
import {noIpvs} from './cautions.ts'
import {familiesOf} from './forwarding.ts'
import {namesAddress} from './keepalived.ts'
import type {Observed, Surroundings} from './observed.ts'
import type {FullRequest} from './request.ts'

/** All of severity `error`. */
export function obstacles(
  asked: FullRequest,
  link: Link,
  observed: Observed,
  around: Surroundings,
): readonly Problem[] {
  const {vips, method, masquerade, tune = false, takeOver = false} = asked
  return [
    ...wrongDevice(link),
    ...vips.flatMap((vip) => unfit(vip, link, observed)),
    ...vips.flatMap((vip) => keepalivedOwns(vip, around)),
    ...(takeOver ? [] : vips.flatMap((vip) => answeredElsewhere(vip, link, observed, around))),
    ...(masquerade && method !== 'nat' ? [notTranslated()] : []),
    ...(masquerade ? familiesOf(vips).flatMap((family) => noTool(family, around)) : []),
    ...(observed.ipvs === 'missing' && (masquerade || tune) ? [noIpvs(problem)] : []),
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

function unfit(vip: Address, device: Link, observed: Observed): readonly Problem[] {
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
    problem('vip-answered', `${vip} is answered for on ${link.name} already, by ${listWords(who)}`, {
      where: '--vip',
      hint: `A real server must be silent: lvsctl realserver setup --vip ${vip} there. Another director gives it up: lvsctl director teardown --vip ${vip}. To take it all the same: --take-over`,
    }),
  ]
}

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
