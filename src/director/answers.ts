// Who answers for an address, by name: a link-layer address says little to an operator. Pure.

import {type Address, familyOf} from '../domain/address.ts'
import {type Problem, problem, warning} from '../domain/problem.ts'
import {shellWords} from '../domain/shell-words.ts'
import type {Link, Neighbour} from '../host/host.ts'
import {isEthernet} from '../host/mac.ts'
import {arpIgnore, type Observed} from './observed.ts'

export interface Answer {
  readonly mac: string
  readonly who: 'this host' | 'neighbour' | 'unknown'
  /** Of this host: which interface has the link-layer address. */
  readonly interface?: string
  /** Of a neighbour: the other addresses that it was seen with. */
  readonly addresses: readonly Address[]
}

/** `heard`: what a probe heard; this host, which does not hear itself, is added where it answers too. */
export function nameAnswers(
  target: Address,
  device: Link,
  heard: readonly string[],
  {observed, neighbours}: {readonly observed: Observed; readonly neighbours: readonly Neighbour[]},
): readonly Answer[] {
  const own = answersItself(target, device, observed) && device.mac !== undefined ? [device.mac] : []
  return [...new Set([...own, ...heard])].map((mac) => {
    const link = observed.links.find((one) => one.mac === mac && isEthernet(one))
    if (link) return {mac, who: 'this host', interface: link.name, addresses: []}
    const seen = neighbours.filter((one) => one.mac === mac && one.address !== target).map(({address}) => address)
    return {mac, who: seen.length > 0 ? 'neighbour' : 'unknown', addresses: [...new Set(seen)]}
  })
}

/**
 * arp_ignore() in net/ipv4/arp.c; 4 to 7 do the same as 0. Neighbour discovery asks the interface alone
 * (ndisc_recv_ns() in net/ipv6/ndisc.c).
 */
function answersItself(target: Address, {name}: Link, observed: Observed): boolean {
  const there = observed.addresses.filter((one) => one.address === target)
  const here = there.some((one) => one.interface === name)
  if (familyOf(target) === 'ipv6') return here
  const ignore = arpIgnore(observed, name)
  if (ignore === 8) return false
  if (ignore === 1 || ignore === 2) return here
  return there.some((one) => ignore !== 3 || one.scope !== 'host')
}

export function describeAnswer({who, interface: name, addresses}: Answer): string {
  if (who === 'this host') return `this host (${name})`
  return who === 'neighbour' ? addresses.join(', ') : 'unknown'
}

/** Of a VIP that was taken over: others that go on answering. */
export function othersAnswer(target: Address, device: string, answers: readonly Answer[]): readonly Problem[] {
  const others = answers.filter(({who}) => who !== 'this host')
  if (others.length === 0) return []
  const who = others.map((one) => `${one.mac} (${describeAnswer(one)})`)
  const count = others.length === 1 ? '1 other still answers' : `${others.length} others still answer`
  return [
    warning(
      'vip-shared',
      `${count} for ${target} on ${device}: ${who.join(', ')}; clients reach the one or the other`,
      {
        hint: `Another director gives it up: lvsctl director teardown --vip ${target}. On a real server: lvsctl realserver setup --vip ${target}\nThen here: ${shellWords(['lvsctl', 'arp', 'probe', target, '--dev', device])}`,
      },
    ),
  ]
}

/** Exactly one must answer. */
export function answerProblems(target: Address, device: string, answers: readonly Answer[]): readonly Problem[] {
  if (answers.length === 1) return []
  if (answers.length === 0)
    return [
      problem('vip-unanswered', `nobody on ${device} answers for ${target}`, {
        hint: `On the host that should have it: lvsctl director setup --vip ${target} --dev IF`,
      }),
    ]
  return [
    problem(
      'vip-answered-twice',
      `${answers.length} answer for ${target} on ${device}: which one a client gets is chance`,
      {
        hint: `One is the director; on real servers: lvsctl realserver setup --vip ${target}`,
      },
    ),
  ]
}
