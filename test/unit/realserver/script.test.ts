// The script for hosts without lvsctl, as text. What it does is tested in the lab.

import {spawnSync} from 'node:child_process'
import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {arpRules} from '../../../src/realserver/arp.ts'
import {parseSetup, type SetupRequest} from '../../../src/realserver/request.ts'
import {realServerScript} from '../../../src/realserver/script/script.ts'

const v4 = '192.168.1.200'
const v6 = '2001:db8:1::200'

const requests: readonly (readonly [string, SetupRequest])[] = [
  ['one VIP', parseSetup({vip: [v4]})],
  ['IPv6 only', parseSetup({vip: [v6]})],
  ['both', parseSetup({vip: [v4, '192.168.1.201', v6]})],
  ['a dummy and one NIC', parseSetup({vip: [v4], interface: 'dummy0', 'arp-scope': 'eth0.100'})],
  ['ipip', parseSetup({vip: [v4, v6], method: 'tun'})],
  ['ipip for IPv6 only', parseSetup({vip: [v6], method: 'tun'})],
  ['ipip with the VIP on lo', parseSetup({vip: [v4], method: 'tun', interface: 'lo', 'mtu-cure': 'path'})],
  ['gue', parseSetup({vip: [v4, v6], method: 'tun', 'tun-type': 'gue', 'tun-port': '6080', 'mtu-cure': 'clamp'})],
  ['gre', parseSetup({vip: [v4, v6], method: 'tun', 'tun-type': 'gre', 'mtu-cure': 'none'})],
  ['NAT', parseSetup({method: 'nat', gateway: ['10.0.0.1,2001:db8:2::1']})],
]

describe.each(requests)('%s', (_what, request) => {
  const script = realServerScript(request)

  test('shellcheck finds nothing', () => {
    const {stdout, stderr, status} = spawnSync('shellcheck', ['--shell=sh', '-'], {input: script, encoding: 'utf8'})
    expect({stdout, stderr, status}).toEqual({stdout: '', stderr: '', status: 0})
  })

  test.each([['dash'], ['busybox', 'sh']])('%s %s can read it', (program, ...words) => {
    const {stderr, status} = spawnSync(program, [...words, '-n'], {input: script, encoding: 'utf8'})
    expect({stderr, status}).toEqual({stderr: '', status: 0})
  })

  test('it is for a POSIX shell, and tells an init system what it is', () => {
    expect(script).toMatch(/^#!\/bin\/sh\n/)
    expect(script).toMatch(/\n### BEGIN INIT INFO\n(?:# [^\n]+\n)+### END INIT INFO\n/)
    expect(script).toContain(`\nvips='${request.vips.join(' ')}'\n`)
  })
})

test.each(
  ['global', 'host'].flatMap((scope) =>
    arpRules.flatMap((rule) => Array.from({length: 12}, (_, value) => [rule.setting, value, scope] as const)),
  ),
)('%s %d is as quiet about scope %s as for set-up', (setting, value, scope) => {
  const script = realServerScript({vips: [address('192.168.1.200')]})
  const quiet = /^quiet\(\) \{[\s\S]*?^\}$/m.exec(script)?.[0]
  const {status} = spawnSync('sh', ['-c', `${quiet}\nquiet ${setting} ${value} ${scope}`])
  const rule = arpRules.find((one) => one.setting === setting)
  expect(status === 0).toBe(rule?.quiet(value, scope as 'global' | 'host'))
})
