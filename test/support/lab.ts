// The fixture for tests on a real kernel: one guest per test file with a network built, gone when the file is done.

import {afterAll, beforeAll} from 'vitest'
import {type BootOptions, bootGuest, type Guest} from '../../src/lab/guest.ts'
import type {RunOptions, RunResult} from '../../src/lab/jobs.ts'
import {shellWords} from '../../src/lab/shell-quote.ts'
import {buildTopology, type Topology} from '../../src/lab/topology.ts'

interface OnOptions extends Omit<RunOptions, 'host'> {
  /** The exit code that is expected; any other throws. */
  readonly exits?: number | 'any'
}

export interface Lab {
  readonly guest: Guest
  /** Runs a shell command on a host of the network (`undefined`: the guest itself). */
  on(host: string | undefined, command: string, options?: OnOptions): Promise<RunResult>
  /** Runs this project's lvsctl there. */
  lvsctl(host: string | undefined, args: readonly string[], options?: OnOptions): Promise<RunResult>
}

/** Call it at the top of a file or in a describe block; the guest exists while tests run. */
export function useLab(topology?: Topology, boot: BootOptions = {}): Lab {
  let booted: Guest | undefined
  beforeAll(async () => {
    booted = await bootGuest(boot)
    if (topology) await buildTopology(booted, topology)
  })
  afterAll(() => booted?.close())

  const guest = () => {
    if (!booted) throw new Error('the lab guest exists only while tests run')
    return booted
  }
  const on: Lab['on'] = async (host, command, {exits = 0, ...run} = {}) => {
    const result = await guest().run(command, host === undefined ? run : {...run, host})
    if (exits === 'any' || result.code === exits) return result
    throw new Error(
      [
        `${host ?? 'guest'}# ${command}`,
        `exit code ${result.code}, expected ${exits}`,
        `--- stdout\n${result.stdout}--- stderr\n${result.stderr}`,
      ].join('\n'),
    )
  }
  return {
    get guest() {
      return guest()
    },
    on,
    lvsctl: (host, args, options) => on(host, shellWords(['lvsctl', ...args]), options),
  }
}
