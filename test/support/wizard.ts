// Hosts for the wizard to look at, and a person whose answers are known beforehand.

import {address} from '../../src/domain/address.ts'
import type {Problem} from '../../src/domain/problem.ts'
import {FakeHost} from '../../src/host/fake-host.ts'
import {Interrupted, type Person} from '../../src/wizard/dialogue.ts'
import {type Facts, observe} from '../../src/wizard/facts.ts'

/** `hostWith('eth0 192.168.1.114/24', 'eth1 10.0.0.1/24')` */
export function hostWith(...addresses: readonly string[]): FakeHost {
  const given = addresses.map((one) => {
    const [, name = '', host = '', length = ''] = /^(\S+) (\S+)\/(\d+)$/.exec(one) ?? []
    return {interface: name, address: address(host), prefixLength: Number(length), scope: 'global'} as const
  })
  const names = [...new Set(given.map((one) => one.interface))]
  return new FakeHost({links: names.map((name) => ({name})), addresses: given})
}

export const factsOf = (...addresses: readonly string[]): Facts =>
  observe(hostWith(...addresses), (name) => (name === 'http' ? 80 : undefined))

/** One network for all. */
export const flat = factsOf('eth0 192.168.1.114/24')
/** A network for clients, and one for the real servers behind. */
export const twoArms = factsOf('eth0 192.168.1.114/24', 'eth1 10.0.0.1/24')

export interface Scripted extends Person {
  /** What was asked and told, in order: `? question (proposal)`, `✗ …`, `! …`, lines. */
  readonly heard: readonly string[]
}

/** Interrupts when there are no answers left. */
export function personSaying(...answers: readonly string[]): Scripted {
  const heard: string[] = []
  const left = [...answers]
  const told = (sign: string, {message, hint}: Problem) => {
    heard.push(`${sign} ${message}`, ...(hint === undefined ? [] : [`  ${hint}`]))
  }
  return {
    heard,
    ask: async (question, proposal) => {
      heard.push(`? ${question}${proposal ? ` (${proposal})` : ''}`)
      const answer = left.shift()
      if (answer === undefined) throw new Interrupted()
      return answer === '' ? (proposal ?? '') : answer
    },
    tell: (lines) => {
      heard.push(...lines)
    },
    warn: (problem) => told('!', problem),
    refuse: (problem) => told('✗', problem),
  }
}
