// The host contract on the twin, and on the kernel of this machine inside network namespaces that exist for one case
// each. No frame leaves them: all they have is lo.

import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {address} from '../../src/domain/address.ts'
import {FakeHost} from '../../src/host/fake-host.ts'
import type {Effect} from '../../src/host/host.ts'
import {linuxHost} from '../../src/host/linux-host.ts'
import {canUnshare, useNamespace} from '../support/namespace.ts'
import {hostContract, moduleContract, vip4} from './host-contract.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvsctl-host-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

describe('the twin', () => {
  test.each(hostContract)('$name', ({run}) => run(new FakeHost({links: [{name: 'lo', up: false}]}), folder))
})

test.each(moduleContract)('the twin, with modules: $name', ({run}) => {
  const modules = Object.fromEntries(
    ['dummy', 'ipip', 'ip_gre', 'ip6_tunnel', 'ip6_gre', 'fou'].map((name) => [name, 'available'] as const),
  )
  run(new FakeHost({links: [{name: 'lo', up: false}], modules}), folder)
})

describe.runIf(canUnshare)('this kernel (needs root)', () => {
  describe.each(hostContract)('$name', ({run}) => {
    useNamespace()
    test('holds', () => run(linuxHost({lockWaitMs: 50, lockFolder: join(folder, 'locks')}), folder))
  })
})

describe.runIf(canUnshare)('an ordinary user', () => {
  useNamespace()
  beforeAll(() => {
    linuxHost().apply({do: 'link-up', interface: 'lo'})
    linuxHost().apply({do: 'add-address', address: vip4})
  })

  test.each<[Effect, string]>([
    [{do: 'set-sysctl', key: 'net.ipv4.conf.all.arp_ignore', value: '1'}, 'CAP_NET_ADMIN'],
    [{do: 'link-down', interface: 'lo'}, 'CAP_NET_ADMIN'],
    [{do: 'add-address', address: {...vip4, address: address('192.0.2.201')}}, 'CAP_NET_ADMIN'],
    [{do: 'remove-address', address: vip4}, 'CAP_NET_ADMIN'],
    [{do: 'announce', interface: 'lo', address: vip4.address}, 'CAP_NET_RAW'],
    [{do: 'set-mtu', interface: 'lo', mtu: 1500, was: 65536}, 'CAP_NET_ADMIN'],
    [{do: 'add-link', link: {name: 'dummy0', kind: 'dummy'}}, 'CAP_NET_ADMIN'],
    [{do: 'load-module', module: 'ipip'}, 'CAP_SYS_MODULE'],
    [{do: 'write-state', path: '/run/lvsctl-test/state', content: ''}, 'write permission'],
    [{do: 'write-file', path: '/run/lvsctl-test/file', content: ''}, 'write permission'],
  ])('is told what %j needs', (effect, needs) => {
    const addresses = linuxHost().addresses()

    process.seteuid?.(65534)
    try {
      const host = linuxHost()
      expect(host.addresses()).toEqual(addresses)
      expect(() => host.apply(effect)).toThrow(
        expect.objectContaining({failure: 'permission', exit: 5, message: expect.stringContaining(needs)}),
      )
    } finally {
      process.seteuid?.(0)
    }
    expect(linuxHost().addresses()).toEqual(addresses)
  })

  test('is told what a probe needs', () => {
    process.seteuid?.(65534)
    try {
      expect(() => linuxHost().probe({interface: 'lo', targets: [vip4.address], timeoutMs: 1})).toThrow(
        expect.objectContaining({exit: 5, message: expect.stringContaining('CAP_NET_RAW')}),
      )
    } finally {
      process.seteuid?.(0)
    }
  })
})
