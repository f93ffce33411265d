import {describe, expect, test} from 'vitest'
import {newPassage, passageProblems, walkConnections} from '../../../src/connections/walk.ts'

const heading = 'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n'
const line = (client: number) =>
  `TCP ${(0x0a00_0000 + client).toString(16).toUpperCase().padStart(8, '0')} 9A10 CB00710A 0050 0A01010B 0050 ESTABLISHED     894\n`
const file = heading + [1, 2, 3, 4, 5].map(line).join('')

/** In the same memory every time, as a file is read. */
function* pieces(text: string, size: number): Generator<Uint8Array> {
  const bytes = Buffer.from(text)
  const memory = Buffer.alloc(size)
  for (let start = 0; start < bytes.length; start += size)
    yield memory.subarray(0, bytes.copy(memory, 0, start, start + size))
}

function clients(text: string, size: number, most = Number.POSITIVE_INFINITY) {
  const seen: string[] = []
  const passage = walkConnections(
    pieces(text, size),
    {},
    {
      entry(reader, bytes) {
        seen.push(reader.connection(bytes).client.address)
        return seen.length < most
      },
    },
  )
  return {seen, passage}
}

const five = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5']

test.each(Array.from({length: 200}, (_, size) => size + 1))('cut every %i bytes', (size) => {
  const {seen, passage} = clients(file, size)
  expect(seen).toEqual(five)
  expect(passage).toEqual({...newPassage(), read: 5, connections: 5})
})

test('a file that ends without a newline', () => expect(clients(file.trimEnd(), 64).seen).toEqual(five))
test('a heading alone', () => expect(clients(heading, 64).passage).toEqual(newPassage()))
test('nothing', () => expect(clients('', 64).passage).toEqual(newPassage()))
test('without heading', () => expect(clients(line(1), 64).seen).toEqual(['10.0.0.1']))

test.each([1, 2, 4])('enough after %i', (most) => {
  const {seen, passage} = clients(file, 61, most)
  expect(seen).toEqual(five.slice(0, most))
  expect(passage).toMatchObject({stopped: true, connections: most})
})

test('who stops it closes the file', () => {
  let closed = false
  function* open() {
    try {
      yield* pieces(file, 50)
    } finally {
      closed = true
    }
  }
  walkConnections(open(), {}, {entry: () => false})
  expect(closed).toBe(true)
})

describe('lines that are none', () => {
  test('are counted, and the first is told with its number', () => {
    const {seen, passage} = clients(`${heading}${line(1)}what\n${line(2)}else\n\n`, 7)
    expect(seen).toEqual(five.slice(0, 2))
    expect(passage).toMatchObject({read: 2, unreadable: 2})
    expect(passageProblems(passage, '/proc/net/ip_vs_conn')).toEqual([
      {
        code: 'proc-line-unreadable',
        severity: 'warning',
        where: '/proc/net/ip_vs_conn:3',
        message: 'cannot read "what" (the first of 2 such lines)',
      },
    ])
  })

  test('tell a terminal nothing', () => {
    const [problem] = passageProblems(clients('\x1b[31m\x07\n', 64).passage, 'f')
    expect(problem?.message).toBe('cannot read "\\u{1b}[31m\\u{7}"')
  })

  test('may have no end', () => {
    const {passage} = clients('x'.repeat(1_000_000), 4096)
    expect(passage).toMatchObject({read: 0, unreadable: 1})
    expect(passageProblems(passage, 'f')[0]?.message.length).toBeLessThan(200)
  })
})
