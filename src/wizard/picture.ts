// The way of a packet as a small drawing, under 80 columns: client, director, real server, client.

import {familyOf, formatEndpoint} from '../domain/address.ts'
import {formatServerKey} from '../domain/server.ts'
import type {Method} from './answers.ts'
import type {Complete} from './plan.ts'
import {wrap} from './wrap.ts'

const widest = 79

export function picture(answers: Complete): readonly string[] {
  const {service, servers, method, masquerade} = answers
  const director = `director ${formatEndpoint(service.address, service.port)}`
  const pool = fitted(servers.map(formatServerKey), widest - '                    real servers '.length)
  const legend = legends[method](answers, masquerade === true)
  return [...(method === 'nat' ? backAgain(director, pool) : straight(director, pool)), '', ...wrap(legend)]
}

/** Replies pass the director by. */
const straight = (director: string, pool: string): readonly string[] => [
  `  client ──── 1 ──▶ ${director}`,
  '    ▲                  │',
  '    │                  2',
  '    │                  ▼',
  `    └──── 3 ─────── real servers ${pool}`,
]

/** Replies come back through it. */
const backAgain = (director: string, pool: string): readonly string[] => [
  `  client ──── 1 ──▶ ${director}`,
  '         ◀─── 4 ───    │    ▲',
  '                       2    3',
  '                       ▼    │',
  `                    real servers ${pool}`,
]

type Legend = (answers: Complete, masquerade: boolean) => readonly string[]

const legends: Readonly<Record<Method, Legend>> = {
  dr: ({service: {address: vip}}) => [
    `  1  a request to ${vip}, which only the director answers ${familyOf(vip) === 'ipv6' ? 'neighbour discovery' : 'ARP'} for`,
    '  2  the same packet, sent on to the MAC address of one real server',
    `  3  the reply, from ${vip} (on lo there) straight to the client`,
  ],
  tun: ({service: {address: vip}}) => [
    `  1  a request to ${vip}, which only the director has on the network`,
    '  2  the same packet inside another one, addressed to one real server',
    `  3  the reply, from ${vip} straight to the client`,
  ],
  nat: ({service: {address: vip}, gateway}, masquerade) => [
    `  1  a request to ${vip}`,
    masquerade
      ? '  2  the same from the director itself to the address of one real server'
      : '  2  the same, readdressed to one real server',
    masquerade
      ? '  3  the reply, to the director'
      : `  3  the reply, by way of the real server's gateway ${gateway ?? '(the director)'}`,
    `  4  the reply, with ${vip} as its sender again`,
  ],
}

/** As many as there is room for. */
function fitted(words: readonly string[], room: number): string {
  const all = words.join(', ')
  if (all.length <= room) return all
  const first = words[0] as string
  return `${first} and ${words.length - 1} more`.slice(0, room)
}
