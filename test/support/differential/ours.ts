// One start of our ipvsadm inside this process, in the network namespace that the thread is in now.

import {realWorld} from '../../../src/ipvsadm/real-world.ts'
import {runIpvsadm} from '../../../src/ipvsadm/run.ts'
import type {Said, Step} from './step.ts'

export async function runOurs({argv, input = ''}: Step): Promise<Said> {
  const world = realWorld()
  let stdout = ''
  let stderr = ''
  try {
    const code = await runIpvsadm(argv, {
      ...world,
      out: (text) => {
        stdout += text
      },
      err: (text) => {
        stderr += text
      },
      stdin: () => input,
    })
    return {stdout, stderr, code}
  } finally {
    world.close()
  }
}
