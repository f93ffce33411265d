// Which program masquerades here, what it is told, and what its answers mean. The programs themselves run in the lab.

import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {describeEffect} from '../../../src/host/describe.ts'
import {changeMasquerade, isMasqueraded, usableTool} from '../../../src/host/linux-firewall.ts'
import type {Masquerade, MasqueradeTool} from '../../../src/host/masquerade.ts'
import type {RunProgram} from '../../../src/host/run-program.ts'

const vip = address('192.168.1.200')
const vip6 = address('2001:db8::200')
const rule: Masquerade = {vip, tool: 'iptables'}

test.each<[Masquerade, string, string]>([
  [
    {vip, tool: 'nft'},
    "nft 'create table ip lvsctl-192.168.1.200; add chain ip lvsctl-192.168.1.200 postrouting { type nat hook postrouting priority 100; }; add rule ip lvsctl-192.168.1.200 postrouting ct original ip daddr 192.168.1.200 ip daddr != 192.168.1.200 masquerade'",
    "nft 'delete table ip lvsctl-192.168.1.200'",
  ],
  [
    {vip: vip6, tool: 'nft'},
    "nft 'create table ip6 lvsctl-2001_db8__200; add chain ip6 lvsctl-2001_db8__200 postrouting { type nat hook postrouting priority 100; }; add rule ip6 lvsctl-2001_db8__200 postrouting ct original ip6 daddr 2001:db8::200 ip6 daddr != 2001:db8::200 masquerade'",
    "nft 'delete table ip6 lvsctl-2001_db8__200'",
  ],
  [
    rule,
    'iptables -w -t nat -A POSTROUTING -m ipvs --vaddr 192.168.1.200/32 --vmethod MASQ -m comment --comment lvsctl -j MASQUERADE',
    'iptables -w -t nat -D POSTROUTING -m ipvs --vaddr 192.168.1.200/32 --vmethod MASQ -m comment --comment lvsctl -j MASQUERADE',
  ],
  [
    {vip: vip6, tool: 'iptables-legacy'},
    'ip6tables-legacy -w -t nat -A POSTROUTING -m ipvs --vaddr 2001:db8::200/128 --vmethod MASQ -m comment --comment lvsctl -j MASQUERADE',
    'ip6tables-legacy -w -t nat -D POSTROUTING -m ipvs --vaddr 2001:db8::200/128 --vmethod MASQ -m comment --comment lvsctl -j MASQUERADE',
  ],
])('%j as a line to type', (one, add, remove) => {
  expect(describeEffect({do: 'add-masquerade', rule: one})).toBe(add)
  expect(describeEffect({do: 'remove-masquerade', rule: one})).toBe(remove)
})

const nfTables = 'iptables v1.8.9 (nf_tables)'
const legacy = 'iptables v1.8.9 (legacy)'

test.each<[string, boolean, Partial<Record<MasqueradeTool, string>>, MasqueradeTool | undefined]>([
  ['nft before all', true, {nft: 'nftables v1.0.6', iptables: nfTables}, 'nft'],
  ['iptables, made of nf_tables', true, {iptables: nfTables, 'iptables-legacy': legacy}, 'iptables'],
  ['iptables of old, on any kernel', false, {iptables: legacy}, 'iptables'],
  ['a kernel without nf_tables', false, {nft: 'v1', iptables: nfTables, 'iptables-legacy': legacy}, 'iptables-legacy'],
  ['a kernel without nf_tables, and no other', false, {nft: 'v1', iptables: nfTables}, undefined],
  ['nothing installed', true, {}, undefined],
])('%s', (_what, kernel, installed, tool) => {
  expect(
    usableTool(
      'ipv4',
      () => kernel,
      (name) => installed[name],
    ),
  ).toBe(tool)
})

const answers =
  (status: number | null, stderr = '', error?: Error): RunProgram =>
  () => ({status, stdout: '', stderr, error})

describe('whether the rule is there', () => {
  test.each<[string, RunProgram, boolean | undefined]>([
    ['yes', answers(0), true],
    ['no', answers(1, 'iptables: Bad rule (does a matching rule exist in that chain?).'), false],
    [
      'root alone is told',
      answers(
        4,
        'iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)',
      ),
      undefined,
    ],
    ['nft says so too', answers(1, 'Operation not permitted (you must be root)'), undefined],
    [
      'its program is gone, and so nothing of it can be asked',
      answers(null, '', Object.assign(new Error('spawn'), {code: 'ENOENT'})),
      false,
    ],
    ['its program may not be run', answers(null, '', Object.assign(new Error('spawn'), {code: 'EACCES'})), undefined],
  ])('%s', (_what, run, there) => expect(isMasqueraded(rule, run)).toBe(there))
})

describe('a change', () => {
  /** `there`: what a check answers; then the change itself. */
  const run =
    (there: boolean, status: number, stderr = ''): RunProgram =>
    (words) =>
      words.includes('-C') ? {status: there ? 0 : 1, stdout: '', stderr: ''} : {status, stdout: '', stderr}

  test.each([
    ['add-masquerade', run(true, 0), 'masquerade-exists', 'exists'],
    ['remove-masquerade', run(false, 0), 'masquerade-missing', 'missing'],
    ['add-masquerade', run(false, 4, 'Permission denied (you must be root)'), 'not-permitted', 'permission'],
    ['add-masquerade', run(false, 2, "Couldn't load match `ipvs'"), 'host-failed', 'unexpected'],
  ] as const)('%s refused', (kind, program, code, failure) => {
    expect(() => changeMasquerade({do: kind, rule}, program)).toThrow(expect.objectContaining({code, failure}))
  })

  test('done', () => {
    const asked: string[] = []
    changeMasquerade({do: 'add-masquerade', rule}, (words) => {
      asked.push(words[4] as string)
      return {status: words.includes('-C') ? 1 : 0, stdout: '', stderr: ''}
    })
    expect(asked).toEqual(['-C', '-A'])
  })
})
