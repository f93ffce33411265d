// Generic netlink: the header between nlmsghdr and the attributes, and the controller that tells a family's id by its
// name. include/uapi/linux/genetlink.h

import {Reader, Writer} from './bytes.ts'
import type {Connection} from './connection.ts'
import {NetlinkError} from './errors.ts'
import {
  DecodeError,
  decodeFields,
  encodeFields,
  type FieldTable,
  type RecordOf,
  string,
  table,
  u8,
  u16,
  u32,
} from './fields.ts'
import {gap, struct} from './struct.ts'
import type {Dictionary, Wording} from './trace.ts'

export const genericHeader = struct('genlmsghdr', [
  ['command', u8],
  ['version', u8],
  ['reserved', gap(2)],
])

/** The controller is itself a family, and the only one with a fixed id. */
const controllerId = 16 // GENL_ID_CTRL
const controllerCommands = {newFamily: 1, getFamily: 3} as const
const controllerVersion = 2

/** enum CTRL_ATTR_*, without operations and multicast groups, which nobody here asks for. */
export const controller = table('controller', [
  [1, 'id', u16],
  [2, 'name', string],
  [3, 'version', u32],
  [4, 'headerSize', u32],
  [5, 'maxAttribute', u32],
])

export interface GenericFamily {
  readonly id: number
  readonly name: string
  readonly version: number
  readonly maxAttribute: number
}

/** Looking a family up makes the kernel load the module that has it. ENOENT: there is none. */
export function resolveFamily(connection: Connection, name: string): GenericFamily {
  const payload = encodeGeneric(controllerCommands.getFamily, controller, {name}, controllerVersion)
  const [answer] = connection.request(controllerId, payload)
  if (!answer)
    throw new NetlinkError(`CTRL_CMD_GETFAMILY ${name}`, 'ENOMSG', 'the kernel acknowledged without an answer')
  const {attributes} = decodeGeneric(answer.payload)
  const {id, version = 0, maxAttribute = 0} = decodeFields(controller, attributes)
  if (id === undefined) throw new DecodeError(`controller: no id in the answer for family ${name}`)
  return {id, name, version, maxAttribute}
}

/** Reused: a payload is copied out of it at once. */
const scratch = new Writer(1024)

export function encodeGeneric<Table extends FieldTable>(
  command: number,
  fields: Table,
  record: RecordOf<Table>,
  version = 1,
): Uint8Array {
  scratch.clear()
  writeGeneric(scratch, command, fields, record, version)
  return scratch.bytes().slice()
}

/** The same behind what is in `out` already; many payloads in one buffer cost less than a buffer for each. */
export function writeGeneric<Table extends FieldTable>(
  out: Writer,
  command: number,
  fields: Table,
  record: RecordOf<Table>,
  version = 1,
): void {
  out.u8(command)
  out.u8(version)
  out.zeros(2)
  encodeFields(fields, record, out)
}

export interface GenericPayload {
  readonly command: number
  readonly version: number
  readonly attributes: Reader
}

export function decodeGeneric(payload: Uint8Array): GenericPayload {
  const input = new Reader(payload)
  if (input.length < genericHeader.size)
    throw new DecodeError(`genlmsghdr: ${input.length} bytes, the header has ${genericHeader.size}`)
  return {command: input.u8(0), version: input.u8(1), attributes: input.slice(genericHeader.size, input.length)}
}

/** A family's commands, for tracing and for naming errors: number → name and table. */
export interface GenericWords {
  readonly name: string
  readonly commands: ReadonlyMap<number, {readonly name: string; readonly fields?: FieldTable}>
}

const controllerWords: GenericWords = {
  name: 'CTRL',
  commands: new Map([
    [controllerCommands.newFamily, {name: 'NEWFAMILY', fields: controller}],
    [controllerCommands.getFamily, {name: 'GETFAMILY', fields: controller}],
  ]),
}

/** Words for generic netlink. Families other than the controller have no fixed id: `learn` them once resolved. */
export function genericDictionary(): {readonly dictionary: Dictionary; learn(id: number, words: GenericWords): void} {
  const families = new Map([[controllerId, controllerWords]])
  const headers = [genericHeader]
  return {
    learn: (id, words) => families.set(id, words),
    dictionary(type, payload): Wording | undefined {
      const family = families.get(type)
      if (!family || payload.length < genericHeader.size) return undefined
      const number = payload[0] as number
      const command = family.commands.get(number)
      const name = `${family.name} ${command?.name ?? `command ${number}`}`
      return {name, headers, ...(command?.fields && {fields: command.fields})}
    },
  }
}
