// The wizard's command: options and files, what a person is shown, how it ends. What it decides is tested in its room.

import {describe, expect, test, vi} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {FakeHost} from '../../../src/host/fake-host.ts'
import type {Texts} from '../../../src/wizard/answers.ts'
import {observe} from '../../../src/wizard/facts.ts'
import {resolve, withProposals} from '../../../src/wizard/flow.ts'
import {isComplete, planOf} from '../../../src/wizard/plan.ts'
import {commandLine} from '../../../src/wizard/report.ts'
import {lvsctl, type Machine, machine} from '../../support/run-command.ts'
import {hostWith} from '../../support/wizard.ts'

// No test sends a packet to the network that it runs in.
vi.mock(import('../../../src/wizard/reach.ts'), async (original) => ({
  ...(await original()),
  reach: async () => 'open',
}))

const lan = (files: Readonly<Record<string, string>> = {}, answers?: string[]) =>
  machine({host: hostWith('eth0 192.168.1.114/24'), files, ...(answers && {answers})})

const options = '--service 192.168.1.200:80 --server 192.168.1.111 --server 192.168.1.115 --method dr'

test('on another host it says what is to be done, and needs no yes', async () => {
  const {stdout, stderr, exit} = await lvsctl(`wizard ${options} --role other`, lan())
  expect([stderr, exit]).toEqual(['', 0])
  expect(stdout).toContain('on the director:\n  lvsctl director setup --vip 192.168.1.200 --dev INTERFACE\n')
})

test('--json is the plan', async () => {
  const {stdout} = await lvsctl(`wizard ${options} --role other --json`, lan())
  expect(JSON.parse(stdout)).toMatchObject({
    changed: false,
    answers: {service: 'tcp://192.168.1.200:80', servers: [{address: '192.168.1.111', port: 80, weight: 1}, {}]},
    here: [],
    elsewhere: [{who: 'the director'}, {who: 'each real server', script: expect.stringContaining('realserver script')}],
    warnings: [],
  })
})

test('without a terminal every missing answer is named', async () => {
  const {stderr, exit} = await lvsctl('wizard', lan())
  expect(exit).toBe(2)
  expect(stderr.match(/✗ --\w+/g)).toEqual(['✗ --service', '✗ --server', '✗ --method', '✗ --role'])
})

test('answers from a file, and options before them', async () => {
  const answers = 'service: 192.168.1.200:80\nservers: [192.168.1.111]\nmethod: nat\nrole: other\nmasquerade: yes\n'
  const {stdout} = await lvsctl('wizard --answers a.yaml --method dr --json', lan({'a.yaml': answers}))
  expect(JSON.parse(stdout)).toMatchObject({answers: {method: 'dr'}, warnings: [{code: 'answer-unused'}]})
})

test('what is wrong in a file is told with its line, all at once', async () => {
  const answers = 'service: 192.168.1.300:80\nrole: other\nkeep: rules\nmethod: drr\n'
  const {stderr, exit} = await lvsctl('wizard --answers a.yaml', lan({'a.yaml': answers}))
  expect(exit).toBe(2)
  expect(stderr.match(/a\.yaml:\d+:\d+/g)).toEqual(['a.yaml:1:10', 'a.yaml:4:9'])
})

test('a wrong key and a wrong value, at once', async () => {
  const {stderr} = await lvsctl('wizard --answers a.yaml', lan({'a.yaml': 'servrs: 192.168.1.111\nmethod: foo\n'}))
  expect(stderr).toContain('✗ a.yaml:1:1: there is no question "servrs"')
  expect(stderr).toContain('✗ a.yaml:2:9: foo is no forwarding method')
})

test('no such file', async () => expect((await lvsctl('wizard --answers b.yaml', lan())).exit).toBe(3))

test('a person is asked on standard error, and can leave', async () => {
  const on = lan({}, ['192.168.1.300:80', '192.168.1.200:80'])
  const before = `${on.host}`
  const {stdout, stderr, exit} = await lvsctl('wizard', on)
  expect([stdout, exit]).toEqual(['', 130])
  expect(stderr).toContain('✗ 192.168.1.300 is not an IPv4 address: 300 is above 255\n')
  expect(stderr).toMatch(/WEIGHT\] \^C\n\nended: nothing was changed\n$/)
  expect(`${on.host}`).toBe(before)
})

test('a program is asked nothing', async () =>
  expect((await lvsctl('wizard --json', lan({}, ['192.168.1.200:80']))).exit).toBe(2))

describe('every line that it prints works where it is to be pasted', () => {
  const wordsOf = (line: string) =>
    [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
  const paste = async (line: string, on: Machine) => {
    const {exit, stderr} = await lvsctl(wordsOf(line).slice(1), on)
    return exit === 0 ? [] : [`${line}: ${exit} ${stderr}`]
  }
  const behind = (own: string, gateway: string): FakeHost =>
    new FakeHost({
      addresses: [
        {interface: 'eth0', address: address(own), prefixLength: own.includes(':') ? 64 : 24, scope: 'global'},
      ],
      routes: [
        {
          family: own.includes(':') ? 'ipv6' : 'ipv4',
          type: 'unicast',
          table: 254,
          prefixLength: 0,
          gateway: address(gateway),
          interface: 'eth0',
          protocol: 'static',
          scope: 'universe',
          priority: 0,
        },
      ],
    })

  test.each<[string, readonly string[], Texts, string, string]>([
    ['direct routing', ['eth0 192.168.1.114/24'], {method: 'dr'}, '192.168.1.111', '192.168.1.1'],
    ['NAT', ['eth0 192.168.1.114/24', 'eth1 10.0.0.1/24'], {method: 'nat'}, '10.0.0.111', '10.0.0.254'],
    ['NAT with one arm', ['eth0 192.168.1.114/24'], {method: 'nat'}, '192.168.1.111', '192.168.1.1'],
    ['tunnels', ['eth0 192.168.1.114/24'], {method: 'tun'}, '10.9.0.111', '10.9.0.1'],
    ['wider frames', ['eth0 192.168.1.114/24'], {method: 'tun', cure: 'path'}, '10.9.0.111', '10.9.0.1'],
    ['UDP', ['eth0 192.168.1.114/24'], {service: 'udp://192.168.1.200:53', method: 'tun'}, '10.9.0.111', '10.9.0.1'],
    [
      'IPv6',
      ['eth0 2001:db8:1::114/64'],
      {service: '[2001:db8:1::200]:80', method: 'dr'},
      '2001:db8:1::111',
      '2001:db8:1::1',
    ],
    [
      'tunnels, IPv6',
      ['eth0 2001:db8:1::114/64'],
      {service: '[2001:db8:1::200]:80', method: 'tun'},
      '2001:db8:9::111',
      '2001:db8:9::1',
    ],
  ])('%s', async (_what, interfaces, given, server, gateway) => {
    const director = machine({host: hostWith(...interfaces)})
    const facts = observe(director.host, () => undefined)
    const texts = withProposals({service: '192.168.1.200:80', servers: server, role: 'director', ...given}, facts)
    const {answers, open} = resolve(texts, facts)
    if (!isComplete(answers)) throw new Error(`open: ${open}`)
    const {here, elsewhere} = planOf(answers, facts)
    const wrong: string[] = []
    for (const {command} of here) wrong.push(...(await paste(commandLine(command), director)))
    for (const {undo} of here.toReversed()) if (undo) wrong.push(...(await paste(commandLine(undo), director)))
    const realServer = machine({host: behind(server, gateway)})
    for (const {commands, script} of elsewhere)
      for (const command of [...commands, ...(script ? [script] : [])])
        wrong.push(...(await paste(commandLine(command), realServer)))
    expect(wrong).toEqual([])
  })
})
