// What the lab does to a host and no command offers: a run cut off in the middle, at one step or at each of them, and
// asking the wire who has an address. Takes one action as JSON, answers JSON.
//   node roles-driver.ts '{"do":"probe","device":"eth0","target":"192.168.1.200"}'

import {spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import type {Address} from '../../src/domain/address.ts'
import {linuxHost} from '../../src/host/linux-host.ts'
import {observe} from '../../src/realserver/observe.ts'
import {type LastingRequest, setUpRealServer, tearDownRealServer} from '../../src/realserver/run.ts'
import {realServerStatus} from '../../src/realserver/status.ts'
import {mortal} from './mortal-host.ts'

export type Action =
  /** The process ends, as by a power cut, when so many effects are done. */
  | {readonly do: 'realserver-setup'; readonly request: LastingRequest; readonly dieAfter: number}
  | {readonly do: 'realserver-teardown'; readonly dieAfter: number}
  /** Cut off behind every one of its steps; what is wrong afterwards. */
  | {readonly do: 'realserver-crashes'; readonly request: LastingRequest; readonly what: 'setup' | 'teardown'}
  /** Who answers for the address; the MACs. */
  | {readonly do: 'probe'; readonly device: string; readonly target: Address}
  /** The same over and over, until that file exists: how often was asked, and who ever answered. */
  | {readonly do: 'watch'; readonly device: string; readonly target: Address; readonly until: string}

export interface Crashes {
  /** How many it has. */
  readonly steps: number
  readonly wrong: readonly string[]
}

const host = linuxHost()

function act(action: Action): unknown {
  switch (action.do) {
    case 'probe':
      return probe(action.device, action.target, 400)
    case 'watch':
      return watch(action.device, action.target, action.until)
    case 'realserver-setup':
      setUpRealServer(mortal(host, action.dieAfter), action.request)
      return 'survived'
    case 'realserver-teardown':
      tearDownRealServer(mortal(host, action.dieAfter), {})
      return 'survived'
    case 'realserver-crashes':
      return crashes(action.request, action.what)
  }
}

/** All that the role can change on this host. */
function state(): string {
  const {links, addresses, routes, fouPorts, sysctls, recorded} = observe(host, ['fou'])
  const rest = {
    links: links.map(({name, up, mtu}) => ({name, up, mtu})),
    addresses: addresses.filter(({address}) => !address.startsWith('fe80:')),
    routes: routes.filter(({destination}) => !destination?.startsWith('fe80:') && !destination?.startsWith('ff00:')),
    fouPorts,
    sysctls: [...sysctls].sort(),
    recorded: recorded.text,
  }
  return JSON.stringify(rest)
}

function crashes(request: LastingRequest, what: 'setup' | 'teardown'): Crashes {
  const wrong: string[] = []
  const before = state()
  const quiet = (when: string): void => {
    for (const {vip, present, arpQuiet} of realServerStatus(observe(host)).vips)
      if (present && !arpQuiet) wrong.push(`${when}: ${vip} is up and ARP speaks`)
  }
  const setUp = (when: string): void => {
    setUpRealServer(host, request)
    const {ok, vips, problems} = realServerStatus(observe(host))
    if (!ok) wrong.push(`${when}: ${JSON.stringify([...vips.flatMap((one) => one.problems), ...problems])}`)
  }
  const tearDown = (when: string): void => {
    tearDownRealServer(host, {})
    if (state() !== before) wrong.push(`${when}: ${firstDifference(before, state())}`)
  }

  if (what === 'teardown') setUp('before')
  const action = (dieAfter: number): Action =>
    what === 'setup' ? {do: 'realserver-setup', request, dieAfter} : {do: 'realserver-teardown', dieAfter}
  const steps = cutOff(action, (when, again) => {
    quiet(when)
    // Set-up, cut off, is finished or taken back; and so is teardown. Then all is as it is before the next one.
    if (again === (what === 'setup')) setUp(when)
    if (what === 'setup' || again) tearDown(when)
    if (what === 'teardown') setUp(when)
  })
  tearDown('in the end')
  return {steps, wrong}
}

function firstDifference(one: string, other: string): string {
  const at = [...one].findIndex((character, index) => character !== other[index])
  return `${one.slice(at - 60, at + 60)} … ${other.slice(at - 60, at + 60)}`
}

/** Twice behind every step: after the one the other command, after the other the same `again`. */
function cutOff(action: (dieAfter: number) => Action, then: (when: string, again: boolean) => void): number {
  for (let dieAfter = 0; ; dieAfter++)
    for (const again of [false, true]) {
      const words = action(dieAfter)
      const {signal, status, stderr} = spawnSync(process.execPath, [process.argv[1] as string, JSON.stringify(words)])
      if (status === 0) return dieAfter
      if (signal !== 'SIGKILL') throw new Error(`${words.do}: ${status} ${stderr}`)
      then(`${words.do}, cut off behind step ${dieAfter}${again ? ', again' : ''}`, again)
    }
}

function probe(device: string, target: Address, timeoutMs: number): readonly string[] {
  return host.probe({interface: device, targets: [target], timeoutMs}).get(target) ?? []
}

function watch(device: string, target: Address, until: string) {
  const answers = new Set<string>()
  let asked = 0
  for (; !existsSync(until); asked++) for (const mac of probe(device, target, 100)) answers.add(mac)
  return {asked, answers: [...answers]}
}

console.log(JSON.stringify(act(JSON.parse(process.argv[2] as string))))
