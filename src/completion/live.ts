// What completion asks of the running machine. Nothing of it changes anything, not even by loading a module, and what
// cannot be read is not there: a line being typed is no place for errors.

import type {Address} from '../domain/address.ts'
import type {ListedService} from '../table/listing.ts'
import {procPath, readListing, type TableSource} from '../table/read-listing.ts'

export interface LiveValues {
  services(): Promise<readonly ListedService[]>
  interfaces(): Promise<readonly LiveInterface[]>
  addresses(): Promise<readonly LiveAddress[]>
  /** By name. */
  namespaces(): Promise<readonly string[]>
}

interface LiveInterface {
  readonly name: string
  readonly up: boolean
}

export interface LiveAddress {
  readonly interface: string
  readonly address: Address
  readonly prefixLength: number
}

/** The commands' context has it all. */
export interface Machine extends TableSource {
  host(): Promise<{links(): readonly LiveInterface[]; addresses(): readonly LiveAddress[]}>
  enterNamespace(name: string): Promise<void>
}

/** Throws nothing. `folder` tells what is in a folder. */
export function liveValues(machine: Machine, folder: (path: string) => readonly string[]): LiveValues {
  return {
    services: () =>
      orNone(async () => {
        // Without the file there is no IPVS yet, and asking further would load it.
        const loaded = machine.env.LVSCTL_PROC || machine.readFile(procPath, 1) !== undefined
        return loaded ? [...(await readListing(machine)).services] : []
      }),
    interfaces: () => orNone(async () => (await machine.host()).links()),
    addresses: () => orNone(async () => (await machine.host()).addresses()),
    namespaces: () => orNone(async () => [...folder('/run/netns')].sort()),
  }
}

/** The same in another network namespace; nothing at all where that cannot be entered. */
export function liveValuesIn(name: string, machine: Machine, here: LiveValues): LiveValues {
  let entered: Promise<boolean> | undefined
  const there =
    <Value>(read: () => Promise<readonly Value[]>) =>
    async (): Promise<readonly Value[]> => {
      entered ??= machine.enterNamespace(name).then(
        () => true,
        () => false,
      )
      return (await entered) ? read() : []
    }
  return {
    services: there(here.services),
    interfaces: there(here.interfaces),
    addresses: there(here.addresses),
    namespaces: here.namespaces,
  }
}

async function orNone<Value>(read: () => Promise<readonly Value[]>): Promise<readonly Value[]> {
  try {
    return await read()
  } catch {
    return []
  }
}
