import {createServer} from 'node:net'
import {expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {readIfThere} from '../../../src/host/files.ts'
import {listeners, parseListeners, portsFor} from '../../../src/host/listeners.ts'

// cat /proc/net/tcp on a little-endian machine with `busybox httpd -p 8080` (any address), `busybox httpd -p 127.0.0.1:81`
// and one established connection.
const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1060 1 0000000000000000 100 0 0 10 0
   1: 0100007F:0051 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1061 1 0000000000000000 100 0 0 10 0
   2: C801A8C0:1F91 0A01A8C0:C350 01 00000000:00000000 00:00000000 00000000     0        0 1062 1 0000000000000000 100 0 0 10 0
`

test('listening sockets, and no others', () => {
  expect(parseListeners(tcp)).toEqual([
    {address: '0.0.0.0', port: 8080},
    {address: '127.0.0.1', port: 81},
  ])
  expect(parseListeners('')).toEqual([])
  expect(parseListeners('nonsense\n 0: xyz:1 2 0A')).toEqual([])
})

const at = (text: string, port: number) => ({address: address(text), port})

test.each([
  ['192.168.1.200', [at('0.0.0.0', 8080), at('0.0.0.0', 22)], [22, 8080]],
  ['192.168.1.200', [at('192.168.1.200', 80), at('192.168.1.111', 81)], [80]],
  ['192.168.1.200', [at('::', 80), at('0.0.0.0', 80), at('::ffff:192.168.1.200', 443)], [80, 443]],
  ['2001:db8::200', [at('::', 80), at('0.0.0.0', 22), at('2001:db8::200', 443)], [80, 443]],
  ['2001:db8::200', [at('2001:db8::201', 80)], []],
] as const)('%s of %j: %j', (vip, all, ports) => expect(portsFor(address(vip), all)).toEqual(ports))

test.each(['127.0.0.1', '0.0.0.0', '::1', '::'])('a real listener on %s is found', async (host) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  try {
    const bound = server.address()
    const port = typeof bound === 'object' && bound ? bound.port : 0
    expect(listeners({readFile: readIfThere})).toContainEqual({address: host, port})
  } finally {
    server.close()
  }
})
