// Reads what scripts/capture-golden.ts captured: a command of the real `ip` or `ipvsadm`, what it sent to a real kernel,
// and what that answered.

import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Reader} from '../../src/netlink/bytes.ts'
import {decodeMessages, type Message} from '../../src/netlink/message.ts'

const folder = join(import.meta.dirname, '../golden/netlink')

export interface Golden {
  readonly name: string
  readonly command: string
  readonly sent: readonly Uint8Array[]
  readonly received: readonly Uint8Array[]
}

export function readGolden(name: string): Golden {
  const [command = '', ...lines] = readFileSync(join(folder, `${name}.txt`), 'utf8')
    .trimEnd()
    .split('\n')
  const datagrams = (mark: string): Uint8Array[] =>
    lines.filter((line) => line.startsWith(mark)).map((line) => new Uint8Array(Buffer.from(line.slice(2), 'hex')))
  return {name, command, sent: datagrams('> '), received: datagrams('< ')}
}

export const goldenNames = (prefix: string): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.startsWith(prefix) && file.endsWith('.txt'))
    .map((file) => file.replace(/\.txt$/, ''))

export const sentMessages = (golden: Golden): Message[] => golden.sent.flatMap(firstMessage)

export const receivedMessages = (golden: Golden): Message[] => golden.received.flatMap(decodeMessages)

/** `ip` asks for lists by sending the whole of its request buffer, zeros behind the message; the kernel stops there. */
const firstMessage = (datagram: Uint8Array): Message[] =>
  decodeMessages(datagram.subarray(0, new Reader(datagram).u32(0)))
