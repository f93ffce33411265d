// The two sides of the comparison inside the lab guest: ipvsadm in one network namespace, ours in another, and our own
// reading of either table, which neither of them has a hand in.

import {setTimeout as sleep} from 'node:timers/promises'
import {enterNamespace} from '../../../native/namespace.ts'
import {configurationOf} from '../../../src/domain/table.ts'
import {defaultTimeouts} from '../../../src/domain/timeouts.ts'
import type {IpvsClient} from '../../../src/ipvs/client.ts'
import {openKernelClient} from '../../../src/ipvs/kernel-client.ts'
import {runOurs} from './ours.ts'
import {makeStarter} from './starter.ts'
import type {Outcome, Said, State, Step} from './step.ts'

/** Who plays against ipvsadm; ipvsadm itself, to test the test. */
export type Opponent = 'shim' | 'real'

export interface Sides {
  /** Empty tables, default timeouts, no daemons. */
  reset(): Promise<void>
  /** `asked`: of ipvsadm, where it has to be asked in other words. */
  run(step: Step, asked?: Step): Promise<{real: Outcome; ours: Outcome}>
  /** ipvsadm in both namespaces. */
  askIpvsadm(step: Step): {inReal: Said; inOurs: Said}
  close(): void
}

export function makeSides(opponent: Opponent): Sides {
  const real = makeSide('real')
  const ours = makeSide('ours')
  const {processCommand} = readEnvironment()
  return {
    reset: async () => {
      await real.reset()
      await ours.reset()
    },
    run: async (step, asked = step) => ({
      real: await real.run(step, async () => real.start('ipvsadm', asked)),
      ours: await ours.run(step, async () => {
        if (opponent === 'real') return ours.start('ipvsadm', asked)
        return step.process ? ours.start(processCommand, step) : runOurs(step)
      }),
    }),
    askIpvsadm: (step) => ({inReal: real.start('ipvsadm', step), inOurs: ours.start('ipvsadm', step)}),
    close: () => {
      real.close()
      ours.close()
    },
  }
}

/** What an operator would start. */
const readEnvironment = () => ({processCommand: process.env.OUR_IPVSADM ?? 'our-ipvsadm'})

function makeSide(name: string) {
  const reference = {kind: 'name', name} as const
  const leave = enterNamespace(reference)
  const client = openKernelClient()
  const starter = makeStarter('/run')
  leave()
  return {
    close: () => {
      client.close()
      starter.close()
    },
    start: (command: string, {argv, input}: Step) => starter.run([command, ...argv], input),
    reset: () => reset(client),
    run: async (step: Step, act: () => Promise<Said>): Promise<Outcome> => {
      const leave = enterNamespace(reference)
      try {
        const said = await act()
        // A sync daemon that is stopped before its thread ran once never answers (EINTR in the kernel, and no ack).
        if (mentions(step, 'start-daemon')) await sleep(settleMs)
        return {...said, state: readState(client)}
      } finally {
        leave()
      }
    },
  }
}

/** For a new thread to run once; the guest has one processor. */
const settleMs = 20

const mentions = ({argv, input}: Step, word: string): boolean =>
  argv.some((one) => one.includes(word)) || input?.includes(word) === true

function readState(client: IpvsClient): State {
  return [
    ...configurationOf(client.table()).map((entry) => JSON.stringify(entry)),
    JSON.stringify(client.timeouts()),
    ...client.daemons().map((daemon) => JSON.stringify(daemon)),
  ]
}

async function reset(client: IpvsClient): Promise<void> {
  client.execute([
    {do: 'flush'},
    {do: 'set-timeouts', timeouts: defaultTimeouts},
    ...client.daemons().map(({role}) => ({do: 'stop-daemon', role}) as const),
  ])
}
