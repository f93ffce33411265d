// What can be seen of the result from the host that was set up. Through NAT the director is a client like any other. By
// direct routing and tunnels it is not: a reply comes from the VIP, which is its own address, and is dropped on arrival.

import {formatEndpoint} from '../domain/address.ts'
import type {Complete} from './plan.ts'
import {type Reached, reach} from './reach.ts'

export interface Verified {
  /** undefined: nothing could be tried from here. */
  readonly ok: boolean | undefined
  readonly line: string
}

/** As many connections as there are servers: with most schedulers each gets one. */
const most = 8

export async function verify(answers: Complete): Promise<Verified> {
  const {service, method, role, servers, masquerade} = answers
  const endpoint = formatEndpoint(service.address, service.port)
  if (service.protocol !== 'tcp' || role !== 'director' || method !== 'nat')
    return {
      ok: undefined,
      line: `${endpoint} is to be asked from a client: ${whyNot(answers)}`,
    }
  const tries = Math.min(most, servers.length)
  const reached: Reached[] = []
  for (let count = 0; count < tries; count++) reached.push(await reach({address: service.address, port: service.port}))
  const open = reached.filter((one) => one === 'open').length
  if (open === tries)
    return {ok: true, line: `${endpoint} serves: ${open} of ${tries} connections were answered through the director`}
  const todo = masquerade ? 'do the servers listen?' : 'are the real servers set up, with their gateway here?'
  return {ok: false, line: `${endpoint} answered ${open} of ${tries} connections; ${todo}`}
}

function whyNot({service, method, role}: Complete): string {
  if (role !== 'director') return 'the director is another host'
  if (method !== 'nat') return 'replies do not pass the director'
  return `a request of ${service.protocol} has no answer that is always the same`
}
