// Clients of a lab cluster: requests from one of its hosts, each on a connection of its own, and who answered them.

import {countAnswers, type Distribution} from '../../src/lab/demo.ts'
import type {Lab} from './lab.ts'

export interface Requests {
  /** `192.168.1.200:8080`; several are asked in turn. */
  readonly at: string | readonly string[]
  readonly times: number
  /** One of the client's own addresses; the kernel's choice without it. */
  readonly from?: string
  readonly host?: string
}

/** How many answers each server gave. Throws where one stays away. */
export async function ask(lab: Lab, requests: Requests): Promise<Distribution> {
  return countAnswers(`${(await answers(lab, requests)).join('\n')}\n`)
}

/** The names of those who answered, in order. */
export async function answers(lab: Lab, {at, times, from, host = 'client'}: Requests): Promise<readonly string[]> {
  const urls = Array.from({length: times}, () => at)
    .flat()
    .map((one) => `http://${one}/`)
  const config = urls.map((url) => `url = "${url}"\n`).join('')
  const {stdout} = await lab.on(host, `curl -gsS --fail-early -m 5 ${from ? `--interface ${from}` : ''} -K -`, {
    input: config,
  })
  return stdout.trim().split('\n')
}

/** curl's exit code for one request: 7 is "refused", 28 "no answer". */
export async function refusal(lab: Lab, at: string): Promise<number> {
  return (await lab.on('client', `curl -gs -m 3 http://${at}/`, {exits: 'any'})).code
}
