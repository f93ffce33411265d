// The UDP ports on which the real machine unwraps packets, by generic netlink.

import type {Connection} from '../netlink/connection.ts'
import {type FouPort, FouPorts} from '../netlink/fou.ts'
import type {GenericWords} from '../netlink/generic.ts'
import type {Deeds, HostReader} from './host.ts'

export function linuxFou(
  generic: () => Connection,
  learn: ((id: number, words: GenericWords) => void) | undefined,
  {module}: Pick<HostReader, 'module'>,
) {
  let opened: FouPorts | undefined
  const ports = (): FouPorts => {
    opened ??= new FouPorts(generic(), learn)
    return opened
  }

  return {
    reads: {
      fouPorts: (): readonly FouPort[] => (module('fou') === 'loaded' ? ports().list() : []),
    },
    deeds: {
      'add-fou-port': ({port}) => ports().add(port),
      'remove-fou-port': ({port}) => ports().remove(port),
    } satisfies Partial<Deeds>,
  }
}
