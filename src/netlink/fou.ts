// UDP ports on which the kernel unwraps other protocols (foo over UDP): generic netlink, family "fou".
// include/uapi/linux/fou.h; net/ipv4/fou.c

import type {Family} from '../domain/address.ts'
import type {Connection} from './connection.ts'
import {be16, DecodeError, decodeFields, table, u8} from './fields.ts'
import {decodeGeneric, encodeGeneric, type GenericWords, resolveFamily} from './generic.ts'
import {families} from './route-message.ts'
import {words} from './words.ts'

const familyName = 'fou'
const commands = {add: 1, remove: 2, get: 3} as const

const fields = table('fou', [
  [1, 'port', be16],
  [2, 'family', u8],
  [3, 'protocol', u8],
  [4, 'type', u8],
])

const fouWords: GenericWords = {
  name: 'FOU',
  commands: new Map([
    [commands.add, {name: 'ADD', fields}],
    [commands.remove, {name: 'DEL', fields}],
    [commands.get, {name: 'GET', fields}],
  ]),
}

/** FOU_ENCAP_*: one protocol without a header of its own, or generic UDP encapsulation, which says what is inside. */
const types = words([
  [1, 'direct'],
  [2, 'gue'],
])

export interface FouPort {
  readonly port: number
  /** Of the packets outside. */
  readonly family: Family
  readonly encapsulation: ReturnType<typeof types.wordOf>
  /** IP protocol number of what is inside; `direct` alone has one. */
  readonly protocol?: number
}

/** The ports of a network namespace. Whoever opens one loads the module, where the kernel can. ENOENT: it has none. */
export class FouPorts {
  private readonly connection: Connection
  private readonly family: number

  constructor(connection: Connection, learn?: (id: number, words: GenericWords) => void) {
    this.connection = connection
    this.family = resolveFamily(connection, familyName).id
    learn?.(this.family, fouWords)
  }

  list(): readonly FouPort[] {
    return this.connection
      .dump(this.family, encodeGeneric(commands.get, fields, {}))
      .map(({payload}) => decodePort(payload))
  }

  /** EADDRINUSE: the port is taken, by one like it or by a program. */
  add(port: FouPort): void {
    this.connection.request(this.family, encodePort(commands.add, port))
  }

  /** EINVAL: there is none. */
  remove(port: FouPort): void {
    this.connection.request(this.family, encodePort(commands.remove, port))
  }
}

function encodePort(command: number, {port, family, encapsulation, protocol}: FouPort): Uint8Array {
  return encodeGeneric(command, fields, {
    port,
    family: families[family],
    ...(protocol !== undefined && {protocol}),
    type: types.numberOf(encapsulation),
  })
}

function decodePort(payload: Uint8Array): FouPort {
  const {port, family, type = 0, protocol = 0} = decodeFields(fields, decodeGeneric(payload).attributes)
  if (port === undefined || (family !== families.ipv4 && family !== families.ipv6))
    throw new DecodeError('fou: an answer without port or family')
  return {
    port,
    family: family === families.ipv4 ? 'ipv4' : 'ipv6',
    encapsulation: types.wordOf(type),
    ...(protocol !== 0 && {protocol}),
  }
}
