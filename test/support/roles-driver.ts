// What the lab does to a host and no command offers: a run cut off in the middle, at one step or at each of them, and
// asking the wire who has an address. Takes one action as JSON, answers JSON.
//   node roles-driver.ts '{"do":"probe","device":"eth0","target":"192.168.1.200"}'

import {spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import {type Address, familyOf} from '../../src/domain/address.ts'
import {probeArp} from '../../src/host/arp.ts'
import type {Host} from '../../src/host/host.ts'
import {linuxHost} from '../../src/host/linux-host.ts'
import {observe} from '../../src/realserver/observe.ts'
import type {SetupRequest} from '../../src/realserver/request.ts'
import {setUpRealServer, tearDownRealServer} from '../../src/realserver/run.ts'
import {realServerStatus} from '../../src/realserver/status.ts'

export type Action =
  /** The process ends, as by a power cut, when so many effects are done. */
  | {readonly do: 'realserver-setup'; readonly request: SetupRequest; readonly dieAfter: number}
  | {readonly do: 'realserver-teardown'; readonly dieAfter: number}
  /** Set-up and teardown, each cut off behind every one of its steps; what is wrong afterwards. */
  | {readonly do: 'realserver-crashes'; readonly request: SetupRequest}
  /** Who answers for the address; the MACs. */
  | {readonly do: 'probe'; readonly device: string; readonly target: Address}
  /** The same over and over, until that file exists: how often was asked, and who ever answered. */
  | {readonly do: 'watch'; readonly device: string; readonly target: Address; readonly until: string}

export interface Crashes {
  /** How many steps were cut off behind. */
  readonly setup: number
  readonly teardown: number
  readonly wrong: readonly string[]
}

const host = linuxHost()

function mortal(dieAfter: number): Host {
  let done = 0
  return new Proxy(host, {
    get(target, name) {
      if (name !== 'apply') return Reflect.get(target, name).bind(target)
      return (effect: Parameters<Host['apply']>[0]) => {
        if (done++ === dieAfter) process.kill(process.pid, 'SIGKILL')
        target.apply(effect)
      }
    },
  })
}

function act(action: Action): unknown {
  switch (action.do) {
    case 'probe':
      return probe(action.device, action.target, 400)
    case 'watch':
      return watch(action.device, action.target, action.until)
    case 'realserver-setup':
      setUpRealServer(mortal(action.dieAfter), action.request)
      return 'survived'
    case 'realserver-teardown':
      tearDownRealServer(mortal(action.dieAfter), {})
      return 'survived'
    case 'realserver-crashes':
      return crashes(action.request)
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

function crashes(request: SetupRequest): Crashes {
  const wrong: string[] = []
  const before = state()
  const expect = (good: boolean, what: string): void => void (good || wrong.push(what))
  const quiet = (when: string): void => {
    for (const {vip, present, arpQuiet} of realServerStatus(observe(host)).vips)
      expect(!present || arpQuiet, `${when}: ${vip} is up and ARP speaks`)
  }
  const isRight = (when: string): void => {
    const {ok, vips, problems} = realServerStatus(observe(host))
    expect(ok, `${when}: ${JSON.stringify([...vips.flatMap((one) => one.problems), ...problems])}`)
  }
  const isAsBefore = (when: string): void => expect(state() === before, `${when}:\n${state()}\nnot\n${before}`)

  const setup = cutOff(
    (dieAfter) => ({do: 'realserver-setup', request, dieAfter}),
    (when) => {
      quiet(when)
      if (when.endsWith('again')) {
        setUpRealServer(host, request)
        isRight(when)
      }
      tearDownRealServer(host, {})
      isAsBefore(when)
    },
  )
  tearDownRealServer(host, {})
  setUpRealServer(host, request)
  const teardown = cutOff(
    (dieAfter) => ({do: 'realserver-teardown', dieAfter}),
    (when) => {
      quiet(when)
      if (!when.endsWith('again')) {
        tearDownRealServer(host, {})
        isAsBefore(when)
      }
      setUpRealServer(host, request)
      isRight(when)
    },
  )
  isAsBefore('in the end')
  return {setup, teardown, wrong}
}

/** Twice behind every step: after the one the other command, after the other the same `again`. */
function cutOff(action: (dieAfter: number) => Action, then: (when: string) => void): number {
  for (let dieAfter = 0; ; dieAfter++)
    for (const how of ['', ' again']) {
      const words = action(dieAfter)
      const {signal, status, stderr} = spawnSync(process.execPath, [process.argv[1] as string, JSON.stringify(words)])
      if (status === 0) return dieAfter
      if (signal !== 'SIGKILL') throw new Error(`${words.do}: ${status} ${stderr}`)
      then(`${words.do}, cut off behind step ${dieAfter},${how}`)
    }
}

function probe(device: string, target: Address, timeoutMs: number): readonly string[] {
  const link = host.links().find(({name}) => name === device)
  const sender = host.addresses().find((one) => one.interface === device && familyOf(one.address) === 'ipv4')?.address
  if (!link?.mac || !sender) throw new Error(`${device} cannot ask`)
  return probeArp({link: link.index, mac: link.mac, sender, target, timeoutMs})
}

function watch(device: string, target: Address, until: string) {
  const answers = new Set<string>()
  let asked = 0
  for (; !existsSync(until); asked++) for (const mac of probe(device, target, 20)) answers.add(mac)
  return {asked, answers: [...answers]}
}

console.log(JSON.stringify(act(JSON.parse(process.argv[2] as string))))
