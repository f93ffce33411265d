// A host on which the process ends, as by a power cut, when so many effects are done.

import type {Host} from '../../src/host/host.ts'

export function mortal(host: Host, dieAfter: number): Host {
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
