import {describe, expect, test} from 'vitest'
import {Connection} from '../../../src/netlink/connection.ts'
import {DecodeError, decodeFields, table, u32} from '../../../src/netlink/fields.ts'
import {
  controller,
  decodeGeneric,
  encodeGeneric,
  genericDictionary,
  resolveFamily,
} from '../../../src/netlink/generic.ts'
import {messageFlags} from '../../../src/netlink/message.ts'
import {FakeKernel, type Reply} from '../../support/fake-kernel.ts'
import {readGolden, receivedMessages, sentMessages} from '../../support/golden-netlink.ts'

const answering = (reply: Reply) => {
  const kernel = new FakeKernel(() => reply)
  const {dictionary} = genericDictionary()
  return {kernel, connection: new Connection(kernel, {now: kernel.now, dictionary})}
}

// The controller’s answer of a real kernel, as ipvsadm got it.
const golden = readGolden('ipvsadm-add-tcp')
const [asked] = sentMessages(golden)
const [told] = receivedMessages(golden)

test('a family is looked up by its name', () => {
  const {kernel, connection} = answering({data: [{type: 16, payload: told?.payload as Uint8Array}]})
  expect(resolveFamily(connection, 'IPVS')).toEqual({id: 0x1c, name: 'IPVS', version: 1, maxAttribute: 6})
  const [request] = kernel.requests
  expect(request?.flags).toBe(messageFlags.request | messageFlags.ack)
  // ipvsadm asks with version 1, we with the version that the answer is of.
  const question = (payload: Uint8Array | undefined) => {
    const {command, attributes} = decodeGeneric(payload as Uint8Array)
    return {command, ...decodeFields(controller, attributes)}
  }
  expect(question(request?.payload)).toEqual(question(asked?.payload))
})

test('an unknown family is ENOENT', () => {
  const {connection} = answering({errno: 'ENOENT'})
  expect(() => resolveFamily(connection, 'IPVS')).toThrow('CTRL GETFAMILY: ENOENT')
})

test('an ack without an answer is an error, not a family', () => {
  expect(() => resolveFamily(answering({}).connection, 'IPVS')).toThrow('CTRL_CMD_GETFAMILY IPVS: ENOMSG')
})

test('an answer without an id too', () => {
  const payload = encodeGeneric(1, controller, {name: 'IPVS'})
  expect(() => resolveFamily(answering({data: [{type: 16, payload}]}).connection, 'IPVS')).toThrow(DecodeError)
})

describe('header', () => {
  const one = table('one', [[1, 'value', u32]])

  test('command and version come first', () => {
    expect([...encodeGeneric(7, one, {}, 2)]).toEqual([7, 2, 0, 0])
    expect([...encodeGeneric(7, one, {})]).toEqual([7, 1, 0, 0])
    expect(encodeGeneric(7, one, {value: 1})).toHaveLength(12)
  })

  test('each payload is its own', () => {
    const first = encodeGeneric(1, one, {value: 1})
    const second = encodeGeneric(2, one, {value: 2})
    expect(decodeFields(one, decodeGeneric(first).attributes)).toEqual({value: 1})
    expect(decodeFields(one, decodeGeneric(second).attributes)).toEqual({value: 2})
  })

  test('a payload without one', () => {
    expect(() => decodeGeneric(new Uint8Array(3))).toThrow('genlmsghdr: 3 bytes, the header has 4')
  })
})

describe('words', () => {
  const payload = (command: number): Uint8Array => new Uint8Array([command, 1, 0, 0])
  const {dictionary, learn} = genericDictionary()
  const fields = table('one', [[1, 'value', u32]])
  learn(28, {
    name: 'IPVS',
    commands: new Map([
      [1, {name: 'NEW_SERVICE', fields}],
      [17, {name: 'FLUSH'}],
    ]),
  })

  test.each([
    [28, 1, 'IPVS NEW_SERVICE'],
    [28, 17, 'IPVS FLUSH'],
    [28, 99, 'IPVS command 99'],
    [16, 3, 'CTRL GETFAMILY'],
    [29, 1, undefined],
  ])('type %i, command %i: %s', (type, command, name) => {
    expect(dictionary(type, payload(command))?.name).toBe(name)
  })

  test('too short for a command', () => {
    expect(dictionary(28, new Uint8Array(2))).toBeUndefined()
  })
})
