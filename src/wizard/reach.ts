// Whether something listens at an address: a TCP connection that is begun and closed again.

import {createConnection} from 'node:net'
import {formatEndpoint} from '../domain/address.ts'
import {type Problem, warning} from '../domain/problem.ts'
import type {ServerKey} from '../domain/server.ts'
import {addressBeside, type Facts, isOwn} from './facts.ts'

/** `refused`: the host is there and nothing listens; `unreachable`: nobody has the address, or no route leads there. */
export type Reached = 'open' | 'refused' | 'unreachable' | 'silent'

const timeoutMs = 1500

export function reach({address, port}: ServerKey): Promise<Reached> {
  return new Promise((resolve) => {
    const socket = createConnection({host: address, port})
    const end = (reached: Reached) => {
      socket.destroy()
      resolve(reached)
    }
    socket.setTimeout(timeoutMs, () => end('silent'))
    socket.once('connect', () => end('open'))
    socket.once('error', ({code}: NodeJS.ErrnoException) => end(reachedBy(code)))
  })
}

function reachedBy(code: string | undefined): Reached {
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'refused'
  return code === 'ETIMEDOUT' ? 'silent' : 'unreachable'
}

/** In a line: `192.168.1.111:8080 answers, on eth0`; a Problem where something is to be done before clients come. */
export function describeReached(server: ServerKey, reached: Reached, facts: Facts): string | Problem {
  const endpoint = formatEndpoint(server.address, server.port)
  const beside = addressBeside(server.address, facts)
  const place = isOwn(server.address, facts)
    ? 'on this host'
    : beside
      ? `on the network of ${beside.interface}`
      : 'behind a router'
  switch (reached) {
    case 'open':
      return `${endpoint} answers, ${place}`
    case 'refused':
      return warning(
        'server-refuses',
        `${server.address} is there, ${place}, and nothing listens on port ${server.port}`,
        {
          hint: 'Start the server before clients come; the director does not check',
        },
      )
    case 'unreachable':
      return warning('server-unreachable', `${server.address} cannot be reached: nobody has it ${place}`, {
        hint: 'Is the address right? Then it can be started later',
      })
    case 'silent':
      return warning('server-silent', `no answer from ${endpoint} within ${timeoutMs / 1000} s, ${place}`, {
        hint: 'A firewall, or the host is not up; go on if you know better',
      })
  }
}
