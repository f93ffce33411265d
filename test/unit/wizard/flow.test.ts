import {describe, expect, test} from 'vitest'
import {FakeHost} from '../../../src/host/fake-host.ts'
import type {Key, Texts} from '../../../src/wizard/answers.ts'
import {observe} from '../../../src/wizard/facts.ts'
import {resolve, withProposals} from '../../../src/wizard/flow.ts'
import {keys, questionOf} from '../../../src/wizard/questions.ts'
import {bootHost} from '../../support/boot-host.ts'
import {factsOf, flat, twoArms} from '../../support/wizard.ts'

const dr = {service: '192.168.1.200:80', servers: '192.168.1.111, 192.168.1.115 3', method: 'dr', role: 'director'}
const nat = {service: '192.168.1.200:80', servers: '10.0.0.111:8080', method: 'nat', role: 'director'}

/** `--flag: message` of everything found. */
const found = (texts: Texts, facts = flat) =>
  resolve(texts, facts).verdicts.map(({problem: {severity, where, message}}) => `${severity} ${where}: ${message}`)

describe('what is open', () => {
  test.each<[string, Texts, readonly Key[]]>([
    ['at first', {}, ['service', 'servers', 'method', 'scheduler', 'persistence', 'role']],
    ['on a director, its interface and what is kept', dr, ['scheduler', 'persistence', 'device', 'keep']],
    ['on a real server, no interface', {...dr, role: 'other'}, ['scheduler', 'persistence']],
    ['with NAT, how replies come back', nat, ['scheduler', 'persistence', 'device', 'masquerade', 'keep']],
    [
      'with NAT through the gateway, which one',
      {...nat, masquerade: 'no'},
      ['scheduler', 'persistence', 'device', 'gateway', 'keep'],
    ],
    [
      'through tunnels, what is done about packets that grow',
      {...dr, method: 'tun'},
      ['scheduler', 'persistence', 'device', 'cure', 'keep'],
    ],
    ['with masquerade, no gateway', {...nat, masquerade: 'yes'}, ['scheduler', 'persistence', 'device', 'keep']],
  ])('%s', (_when, texts, open) => expect(resolve(texts, texts.method === 'nat' ? twoArms : flat).open).toEqual(open))
})

describe('proposals', () => {
  test('fill in what does not decide', () => {
    expect(withProposals(dr, flat)).toEqual({...dr, scheduler: 'wlc', persistence: 'no', device: 'eth0', keep: 'no'})
    expect(withProposals(nat, twoArms)).toEqual({
      ...nat,
      ...{scheduler: 'wlc', persistence: 'no', device: 'eth0', masquerade: 'no', gateway: '10.0.0.1', keep: 'no'},
    })
  })

  test.each([
    ['192.168.1.200:80', 'clamp'],
    ['udp://192.168.1.200:53', 'director'],
  ])('for what is tunnelled to %s: %s', (service, cure) =>
    expect(withProposals({...dr, service, method: 'tun'}, flat).cure).toBe(cure),
  )

  test('leave open what decides', () =>
    expect(resolve(withProposals({}, flat), flat).open).toEqual(['service', 'servers', 'method', 'role']))

  test('in one network with its servers, the director masquerades', () =>
    expect(withProposals({...dr, method: 'nat'}, flat).masquerade).toBe('yes'))

  test('a host that is among the servers is proposed to be one', () => {
    const here = factsOf('eth0 192.168.1.111/24')
    const {answers} = resolve(dr, here)
    expect(questionOf('role').proposes?.({answers, facts: here})).toBe('real-server')
    expect(questionOf('role').proposes?.({answers, facts: flat})).toBe('director')
  })

  test('of two interfaces that do not tell, none is proposed', () =>
    expect(resolve(withProposals({...dr, service: '203.0.113.9:80'}, twoArms), twoArms).open).toEqual(['device']))
})

describe('values', () => {
  const readAs = (key: Key, text: string, texts: Texts = dr, facts = flat) =>
    resolve({...texts, [key]: text}, facts).answers[key]

  test.each<[Key, string, unknown]>([
    ['service', '192.168.1.200:http', {kind: 'address', protocol: 'tcp', address: '192.168.1.200', port: 80}],
    ['service', 'udp://[2001:db8::1]:53', {kind: 'address', protocol: 'udp', address: '2001:db8::1', port: 53}],
    ['servers', '10.0.0.1:8080 weight 5', [{address: '10.0.0.1', port: 8080, weight: 5}]],
    ['servers', '10.0.0.1 0', [{address: '10.0.0.1', port: 80, weight: 0}]],
    ['method', 'Gatewaying', 'dr'],
    ['method', 'direct routing', 'dr'],
    ['scheduler', 'WRR', 'wrr'],
    ['persistence', '5m', 300],
    ['persistence', 'no', 0],
    ['role', 'Director', 'director'],
    ['keep', 'nothing', {by: 'nothing'}],
    ['keep', './rules', {by: 'file', path: './rules'}],
  ])('%s: %s', (key, text, value) => expect(readAs(key, text)).toEqual(value))

  test('words that stand for others', () => {
    expect(readAs('role', 'Real Server', dr, factsOf('eth0 192.168.1.111/24'))).toBe('real-server')
    expect(readAs('keep', 'yes', dr, {...flat, systemd: true})).toEqual({by: 'boot'})
  })

  test('are read again as they are written', () => {
    const texts = withProposals({...nat, keep: '/root/rules', persistence: '300'}, twoArms)
    const {answers} = resolve(texts, twoArms)
    const written = Object.fromEntries(
      keys.flatMap((key) => {
        const value = answers[key]
        return value === undefined ? [] : [[key, questionOf(key).format(value)]]
      }),
    )
    expect(resolve(written, twoArms).answers).toEqual(answers)
    expect(Object.keys(written)).toEqual(keys.filter((key) => key !== 'cure'))
  })
})

describe('what is refused', () => {
  test.each<[Texts, readonly string[]]>([
    [{service: '192.168.1.300:80'}, ['error --service: 192.168.1.300 is not an IPv4 address: 300 is above 255']],
    [{service: '192.168.1.200'}, ['error --service: 192.168.1.200 has no port']],
    [{service: '127.0.0.1:80'}, ['error --service: 127.0.0.1 is a loopback address and cannot be a VIP']],
    [{service: '192.168.1.255:80'}, ['error --service: 192.168.1.255 is the broadcast address of eth0']],
    [{service: 'fwmark://7'}, ['error --service: fwmark://7 has no address and port that a client could ask for']],
    [{...dr, servers: '192.168.1.111, 192.168.1.111'}, ['error --server: 192.168.1.111:80 is given twice']],
    [
      {...dr, servers: '192.168.1.200'},
      ['error --server: 192.168.1.200 is the address of the service itself: its packets would come back'],
    ],
    [{...dr, method: 'drr'}, ['error --method: drr is no forwarding method']],
    [
      {...dr, servers: '192.168.1.111:8080'},
      ['error --method: gatewaying cannot change the port: the service is on 80, the server would be on 8080'],
    ],
    [
      {...dr, servers: '10.0.0.7'},
      [
        'warning --method: 10.0.0.7 is in no network of this host: no server for direct routing from here',
        'error --role: 10.0.0.7 is in no network of this host, and direct routing goes no further',
      ],
    ],
    [{...dr, scheduler: 'wrrr'}, ['error --scheduler: no scheduler "wrrr"']],
    [
      {...dr, servers: '192.168.1.111, 192.168.1.114'},
      ['error --role: 192.168.1.114 is this host itself: one host is not set up as director and real server'],
    ],
    [
      {...dr, method: 'tun', servers: '192.168.1.111, 2001:db8::1'},
      ['error --server: 2001:db8::1 is IPv6, the VIP IPv4: no real server can be set up for that here'],
    ],
    [{...dr, method: 'tun', cure: 'clam'}, ['error --mtu-cure: clam is none of clamp, director, path, none']],
    [{...dr, role: 'real-server'}, ['error --role: this host has none of the addresses of the real servers']],
    [{...dr, device: 'eth9'}, ['error --dev: no network interface eth9']],
    [{...dr, device: 'lo'}, ['error --dev: lo is the loopback interface, where no client arrives']],
    [
      {...dr, keep: 'boot'},
      ['error --keep: nothing brings it back at boot: systemd does not run here, or this is another network namespace'],
    ],
    [{...dr, keep: 'rules'}, ['error --keep: rules is neither boot nor no nor a file']],
  ])('%o', (texts, problems) => expect(found(texts)).toEqual(problems))

  test.each<[Texts, readonly string[]]>([
    [
      {...nat, masquerade: 'no', gateway: '10.0.0.2'},
      ['error --gateway: 10.0.0.2 is no address of this host, and replies have to come through it'],
    ],
    [
      {...nat, masquerade: 'no', gateway: '10.0.0.111'},
      ['error --gateway: 10.0.0.111 is a real server, and the gateway is the director'],
    ],
    [
      {...nat, masquerade: 'no', gateway: '2001:db8::1'},
      ['error --gateway: 2001:db8::1 is of another address family than 10.0.0.111'],
    ],
    [{...nat, masquerade: 'perhaps'}, ['error --masquerade: perhaps is neither yes nor no']],
  ])('NAT: %o', (texts, problems) => expect(found(texts, twoArms)).toEqual(problems))

  test('everything at once', () =>
    expect(found({service: '192.168.1.300:80', method: 'x', role: 'y', keep: 'z'})).toHaveLength(3))
})

describe('what is warned of', () => {
  test.each<[Texts, string]>([
    [{...dr, service: '192.168.1.114:80'}, "192.168.1.114 is this host's own address on eth0"],
    [{...dr, servers: '192.168.1.111 0'}, 'every weight is 0: no server takes clients'],
    [{...dr, method: 'nat', masquerade: 'no'}, 'the VIP and the real servers are in one network'],
    [{...dr, scheduler: 'none'}, 'takes no new connections'],
    [{...dr, service: 'udp://192.168.1.200:53', method: 'tun', cure: 'clamp'}, 'clamp is for TCP'],
  ])('%o', (texts, message) => expect(found(texts)).toEqual([expect.stringMatching(`^warning .*${message}`)]))
})

test('an answer that nothing asks for is idle', () =>
  expect(resolve({...dr, gateway: '192.168.1.114', masquerade: 'no'}, flat).idle).toEqual(['masquerade', 'gateway']))

test.each([
  ['root', 'CapEff:\t000001ffffffffff', true],
  ['anybody', 'CapEff:\t0000000000000000', false],
  ['with CAP_NET_ADMIN alone', 'CapEff:\t0000000000001000', true],
  ['without /proc', '', true],
])('%s may change something: %s', (_who, status, may) => {
  const host = new FakeHost({files: {'/proc/thread-self/status': `Name:\tnode\n${status}\n`}})
  expect(observe(host, () => undefined).mayChange).toBe(may)
})

test('at boot: by systemd, and in the own namespace only', () => {
  expect(observe(bootHost(), () => undefined).systemd).toBe(true)
  expect(observe(bootHost(), () => undefined, true).systemd).toBe(false)
  expect(observe(new FakeHost(), () => undefined).systemd).toBe(false)
})
