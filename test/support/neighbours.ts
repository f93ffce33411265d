// Who is who on a lab segment: which hosts answer for an address, and whom the client has noted for it.

import {join} from 'node:path'
import {beforeAll} from 'vitest'
import type {Address} from '../../src/domain/address.ts'
import {shellWords} from '../../src/lab/shell-quote.ts'
import type {Topology} from '../../src/lab/topology.ts'
import type {Lab} from './lab.ts'
import type {Action} from './roles-driver.ts'

const driver = join(import.meta.dirname, 'roles-driver.ts')

/** What no command does. */
export const driverLine = (action: Action): string => shellWords([process.execPath, driver, JSON.stringify(action)])

export interface Neighbours {
  /** Names of those who answer the client's "who has it?". */
  whoHas(target: Address): Promise<readonly string[]>
  /** Whom the client has noted for it. */
  believed(target: Address): Promise<string | undefined>
}

/** Call it behind useLab(). All of them, and `client`, are on one segment with their eth0. */
export function useNeighbours(lab: Lab, {hosts}: Topology): Neighbours {
  const macs: Record<string, string> = {}
  beforeAll(async () => {
    for (const {name} of hosts)
      macs[name] = (await lab.on(name, 'ip -br link show eth0 | tr -s " " | cut -d" " -f3')).stdout.trim()
  })
  const nameOf = (mac: string) => Object.keys(macs).find((name) => macs[name] === mac)
  return {
    async whoHas(target) {
      const {stdout} = await lab.on('client', driverLine({do: 'probe', device: 'eth0', target}))
      const answers: string[] = JSON.parse(stdout)
      return answers.map((mac) => nameOf(mac) ?? mac).sort()
    },
    async believed(target) {
      const {stdout} = await lab.on('client', `ip neigh show to ${target} dev eth0`)
      return nameOf(/lladdr (\S+)/.exec(stdout)?.[1] ?? '')
    },
  }
}
