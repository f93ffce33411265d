// Which forwarding method fits, from the service, its servers, and what this host looks like: the first rule that
// applies, with its reason.

import {formatEndpoint} from '../domain/address.ts'
import type {Answers, Method} from './answers.ts'
import {addressBeside, beyond, type Facts} from './facts.ts'

export interface Recommendation {
  readonly method: Method
  /** A clause: `recommended: dr, because …`. */
  readonly because: string
}

type Known = Pick<Answers, 'service' | 'servers'>

type Rule = (known: Known, facts: Facts) => Recommendation | undefined

const rules: readonly Rule[] = [
  ({service, servers}) => {
    const other = servers.find(({port}) => port !== service.port)
    return (
      other && {
        method: 'nat',
        because: `${formatEndpoint(other.address, other.port)} is not on port ${service.port}, and only NAT changes ports`,
      }
    )
  },
  ({servers}, facts) => {
    const far = beyond(servers, facts)
    if (far.length === 0) return undefined
    const whose = far.length === servers.length ? 'the real servers are' : `${far[0]} is`
    return {method: 'tun', because: `${whose} behind a router, seen from here, and direct routing ends there`}
  },
  ({service, servers}, facts) => {
    const clients = addressBeside(service.address, facts)
    const behind = servers.every(({address}) => {
      const there = addressBeside(address, facts)
      return clients && there && there.interface !== clients.interface
    })
    return behind
      ? {method: 'nat', because: 'the real servers are in a network of their own behind this host'}
      : undefined
  },
]

export function recommend(known: Known, facts: Facts): Recommendation {
  for (const rule of rules) {
    const found = rule(known, facts)
    if (found) return found
  }
  return {
    method: 'dr',
    because: 'the real servers are on the same network, and their replies need not pass the director',
  }
}
