// What the lab does to a host and no command offers: a set-up cut off in the middle, and asking the wire who has an
// address. Takes one action as JSON, answers JSON.
//   node roles-driver.ts '{"do":"probe","device":"eth0","target":"192.168.1.200"}'

import {type Address, familyOf} from '../../src/domain/address.ts'
import {probeArp} from '../../src/host/arp.ts'
import type {Host} from '../../src/host/host.ts'
import {linuxHost} from '../../src/host/linux-host.ts'
import {setUpRealServer} from '../../src/realserver/run.ts'

export type Action =
  /** The process ends, as by a power cut, when so many effects are done. */
  | {readonly do: 'realserver-setup'; readonly vips: readonly Address[]; readonly dieAfter: number}
  /** Who answers for the address; the MACs. */
  | {readonly do: 'probe'; readonly device: string; readonly target: Address}

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
  if (action.do === 'probe') return probe(action.device, action.target)
  setUpRealServer(mortal(action.dieAfter), {vips: action.vips})
  return 'survived'
}

function probe(device: string, target: Address): readonly string[] {
  const link = host.links().find(({name}) => name === device)
  const sender = host.addresses().find((one) => one.interface === device && familyOf(one.address) === 'ipv4')?.address
  if (!link?.mac || !sender) throw new Error(`${device} cannot ask`)
  return probeArp({link: link.index, mac: link.mac, sender, target, timeoutMs: 400})
}

console.log(JSON.stringify(act(JSON.parse(process.argv[2] as string))))
