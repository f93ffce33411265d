// Drives the host roles on the machine it runs on: a host of the lab. Takes one action as JSON, answers JSON.
//   node roles-driver.ts '{"do":"realserver-setup","vips":["192.168.1.200"]}'

import {setUpDirector, tearDownDirector} from '../../src/director/run.ts'
import {type Address, familyOf} from '../../src/domain/address.ts'
import {LvsctlError} from '../../src/domain/problem.ts'
import {probeArp} from '../../src/host/arp.ts'
import type {Host} from '../../src/host/host.ts'
import {linuxHost} from '../../src/host/linux-host.ts'
import {listeners} from '../../src/host/listeners.ts'
import type {RolePlan} from '../../src/host/step.ts'
import {observe} from '../../src/realserver/observe.ts'
import {setUpRealServer, tearDownRealServer} from '../../src/realserver/run.ts'
import {realServerStatus} from '../../src/realserver/status.ts'

export type Action =
  /** `dieAfter`: the process ends, as by a power cut, when so many effects are done. */
  | {readonly do: 'realserver-setup'; readonly vips: readonly Address[]; readonly dieAfter?: number}
  | {readonly do: 'realserver-teardown'; readonly vips?: readonly Address[]; readonly dieAfter?: number}
  | {readonly do: 'realserver-status'; readonly vips?: readonly Address[]}
  | {readonly do: 'director-setup'; readonly vips: readonly Address[]; readonly device: string}
  | {readonly do: 'director-teardown'; readonly vips: readonly Address[]}
  /** Who answers for the address; the MACs. */
  | {readonly do: 'probe'; readonly device: string; readonly target: Address}

export interface Failure {
  readonly exit: number
  readonly code: string
  readonly message: string
}

const host = linuxHost()

function mortal(dieAfter: number | undefined): Host {
  if (dieAfter === undefined) return host
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

const told = ({steps, warnings}: RolePlan) => ({
  lines: steps.filter(({bookkeeping}) => !bookkeeping).map(({line}) => line),
  warnings: warnings.map(({code}) => code),
})

function act(action: Action): unknown {
  switch (action.do) {
    case 'realserver-setup':
      return told(setUpRealServer(mortal(action.dieAfter), {vips: action.vips}))
    case 'realserver-teardown':
      return told(tearDownRealServer(mortal(action.dieAfter), action.vips ? {vips: action.vips} : {}))
    case 'realserver-status':
      return realServerStatus(observe(host), {listeners: listeners(host), ...(action.vips && {vips: action.vips})})
    case 'director-setup':
      return told(setUpDirector(host, action))
    case 'director-teardown':
      return told(tearDownDirector(host, action))
    case 'probe':
      return probe(action.device, action.target)
  }
}

function probe(device: string, target: Address): readonly string[] {
  const link = host.links().find(({name}) => name === device)
  const sender = host.addresses().find((one) => one.interface === device && familyOf(one.address) === 'ipv4')?.address
  if (!link?.mac || !sender) throw new Error(`${device} cannot ask`)
  return probeArp({link: link.index, mac: link.mac, sender, target, timeoutMs: 400})
}

try {
  console.log(JSON.stringify(act(JSON.parse(process.argv[2] as string))))
} catch (error) {
  if (!(error instanceof LvsctlError)) throw error
  console.log(JSON.stringify({exit: error.exit, code: error.code, message: error.message} satisfies Failure))
}
