// An address of a twin's interface, in a line.

import {address} from '../../src/domain/address.ts'
import type {InterfaceAddress} from '../../src/host/host.ts'

export const at = (where: string, text: string, prefixLength: number): InterfaceAddress => ({
  interface: where,
  address: address(text),
  prefixLength,
  scope: 'global',
})
