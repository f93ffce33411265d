// Clients of a lab cluster: requests from one of its hosts, each on a connection of its own, and who answered them.

import {countAnswers, type Distribution} from '../../src/lab/demo.ts'
import type {Lab} from './lab.ts'

export interface Requests {
  /** `192.168.1.200:8080`; several are asked in turn. */
  readonly at: string | readonly string[]
  readonly times: number
  /** One of the client's own addresses; the kernel's choice without it. */
  readonly from?: string
}

/** How many answers each server gave. Throws where one stays away. */
export async function ask(lab: Lab, requests: Requests): Promise<Distribution> {
  return countAnswers((await answers(lab, requests)).join('\n'))
}

/** The names of those who answered, in order. */
export async function answers(lab: Lab, {at, times, from}: Requests): Promise<readonly string[]> {
  const urls = Array.from({length: times}, () => at).flat()
  const curl = `curl -gsS --fail-early -m 5 ${from ? `--interface ${from}` : ''} -K -`
  const {stdout} = await lab.on('client', `${useFreshPorts(urls.length)}\nexec ${curl}`, {
    input: urls.map((url) => `url = "http://${url}/"\n`).join(''),
  })
  return stdout.trim().split('\n')
}

/** curl's exit code for one request: 7 is "refused", 28 "no answer". */
export async function refusal(lab: Lab, at: string): Promise<number> {
  return (await lab.on('client', `${useFreshPorts(1)}\nexec curl -gs -m 3 http://${at}/`, {exits: 'any'})).code
}

const firstPort = 10_000
let nextPort = firstPort

/**
 * Shell for a client: what connects next does it from ports that none did before. A director knows a closed connection
 * for two minutes, and whoever comes from its port is sent where it went, whatever has become of weights and schedulers.
 * The kernel chooses in strides of up to 16 (net/ipv4/inet_hashtables.c, __inet_hash_connect).
 */
export function useFreshPorts(connections: number): string {
  const room = connections * 16 + 16
  if (nextPort + room > 65_535) nextPort = firstPort
  const range = `${nextPort} ${nextPort + room - 1}`
  nextPort += room
  return `echo ${range} >/proc/sys/net/ipv4/ip_local_port_range`
}
