import {execFileSync} from 'node:child_process'
import {readlinkSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {enterNamespace, NamespaceError, namespacePath, parseNamespace} from '../../../native/namespace.ts'
import {connectNetlink, protocols} from '../../../native/netlink-socket.ts'
import {links} from '../../../src/netlink/route.ts'
import {canUnshare, useNamespace} from '../../support/namespace.ts'

test.each([
  ['rs1', {kind: 'name', name: 'rs1'}, '/run/netns/rs1'],
  ['0day', {kind: 'name', name: '0day'}, '/run/netns/0day'],
  ['4711', {kind: 'process', pid: 4711}, '/proc/4711/ns/net'],
  ['/proc/self/ns/net', {kind: 'path', path: '/proc/self/ns/net'}, '/proc/self/ns/net'],
  ['./here', {kind: 'path', path: './here'}, './here'],
])('%s', (text, reference, path) => {
  expect(parseNamespace(text)).toEqual(reference)
  expect(namespacePath(parseNamespace(text))).toBe(path)
})

const failure = (text: string): NamespaceError => {
  try {
    enterNamespace(parseNamespace(text))()
  } catch (error) {
    if (error instanceof NamespaceError) return error
    throw error
  }
  throw new Error('it did not fail')
}

test.each([
  ['no-such-namespace', 'missing', 'ENOENT', '/run/netns/no-such-namespace'],
  ['999999999', 'missing', 'ENOENT', '/proc/999999999/ns/net'],
  ['/etc/passwd/x', 'missing', 'ENOTDIR', '/etc/passwd/x'],
  ['/etc/passwd', 'not-a-namespace', 'EINVAL', '/etc/passwd'],
])('%s is %s', (text, reason, errno, path) => {
  const before = readlinkSync('/proc/thread-self/ns/net')
  expect(failure(text)).toMatchObject({reason, errno, path})
  expect(readlinkSync('/proc/thread-self/ns/net')).toBe(before)
})

describe.runIf(canUnshare)('as root', () => {
  const home = readlinkSync('/proc/self/ns/net')
  const namespace = useNamespace()

  test('sockets and children are in it', () => {
    const inside = readlinkSync(`/proc/${namespace.pid}/ns/net`)
    expect(inside).not.toBe(home)
    expect(readlinkSync('/proc/thread-self/ns/net')).toBe(inside)
    expect(execFileSync('readlink', ['/proc/self/ns/net'], {encoding: 'utf8'}).trim()).toBe(inside)
    const connection = connectNetlink(protocols.route)
    expect(links(connection).map(({name, up}) => [name, up])).toEqual([['lo', false]])
    connection.close()
  })

  test('and back again, while the socket stays', () => {
    namespace.ip('link add only-here type bridge')
    const connection = connectNetlink(protocols.route)
    const back = enterNamespace({kind: 'path', path: `/proc/${process.ppid}/ns/net`})
    expect(readlinkSync('/proc/thread-self/ns/net')).toBe(home)
    expect(links(connection).map(({name}) => name)).toContain('only-here')
    const outside = connectNetlink(protocols.route)
    expect(links(outside).map(({name}) => name)).not.toContain('only-here')
    back()
    expect(readlinkSync('/proc/thread-self/ns/net')).not.toBe(home)
    connection.close()
    outside.close()
  })

  test('a namespace that is not a network namespace', () => {
    expect(failure('/proc/self/ns/uts')).toMatchObject({reason: 'not-a-namespace'})
  })
})
