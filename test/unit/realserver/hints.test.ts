// What a status tells to type does what it says: pasted, it brings back what was set up, in the way in which it was.

import {describe, expect, test} from 'vitest'
import type {Address} from '../../../src/domain/address.ts'
import {LvsctlError} from '../../../src/domain/problem.ts'
import type {FakeHost, FakeState} from '../../../src/host/fake-host.ts'
import type {Route} from '../../../src/host/host.ts'
import {observe} from '../../../src/realserver/observe.ts'
import {modulesFor} from '../../../src/realserver/place.ts'
import {parseSetup, type SetupWords} from '../../../src/realserver/request.ts'
import {planSetup} from '../../../src/realserver/setup.ts'
import {realServerStatus} from '../../../src/realserver/status.ts'
import {a, arp, b, carryOut, codesOf, hostWith, onLo} from './bench.ts'

const loaded = {dummy: 'loaded', ipip: 'loaded', ip_gre: 'loaded', ip6_tunnel: 'loaded', fou: 'loaded'} as const
const lan: Route = {
  family: 'ipv4',
  destination: '192.168.1.0' as Address,
  prefixLength: 24,
  interface: 'eth0',
  table: 254,
  type: 'unicast',
  scope: 'link',
  protocol: 'kernel',
}
const booted = (id: string, files: Readonly<Record<string, string>> = {}): FakeHost =>
  hostWith({modules: loaded, routes: [lan], sysctls: {'kernel.random.boot_id': id}, files})

/** As a command line would have it. */
function wordsOf(line: string): SetupWords {
  const words = line.replace(/^lvsctl realserver setup /, '').split(' ')
  expect(words.length % 2).toBe(0)
  const pairs: [string, string][] = []
  for (let at = 0; at < words.length; at += 2)
    pairs.push([(words[at] as string).replace('--', ''), words[at + 1] as string])
  const {vip, gateway, ...rest} = Object.fromEntries(pairs)
  return {...rest, ...(vip && {vip: [vip]}), ...(gateway && {gateway: [gateway]})}
}
function type(host: FakeHost, line: string) {
  const request = parseSetup(wordsOf(line))
  const plan = planSetup(request, observe(host, modulesFor(request)))
  carryOut(host, plan)
  return plan
}
const problemsOf = (host: FakeHost) => {
  const {vips, problems} = realServerStatus(observe(host))
  return [...vips.flatMap((one) => one.problems), ...problems]
}
const hintOf = (host: FakeHost, code: string): readonly string[] => {
  const found = problemsOf(host).find((one) => one.code === code)
  return found?.hint?.split('; ') ?? expect.unreachable(`${code}: ${JSON.stringify(problemsOf(host))}`)
}
const removeVip = (host: FakeHost, vip: Address): void => {
  for (const one of host.addresses().filter(({address}) => address === vip))
    host.apply({do: 'remove-address', address: one})
}

const ways = [
  `--vip ${a}`,
  `--vip ${a} --interface dummy0`,
  `--vip ${a} --arp-scope eth0`,
  `--vip ${a} --method tun --mtu-cure clamp`,
  `--vip ${a} --method tun --mtu-cure none --interface lo`,
  `--vip ${a} --method tun --tun-type gue --tun-port 6080 --mtu-cure director`,
  `--vip ${a} --method tun --tun-type gre --mtu-cure none --arp-scope eth0`,
]

describe.each(ways)('%s', (way) => {
  const line = `lvsctl realserver setup ${way}`

  test('the VIP went', () => {
    const host = booted('first')
    type(host, line)
    const before = `${host}`
    removeVip(host, a)
    const [hint = ''] = hintOf(host, 'vip-missing')
    expect(wordsOf(hint)).toEqual(wordsOf(line))
    type(host, hint)
    expect(`${host}`).toBe(before)
    expect(problemsOf(host)).toEqual([])
  })

  test('a reboot took it all', () => {
    const old = booted('first')
    type(old, line)
    const {path} = observe(old).recorded
    const host = booted('second', {[path]: old.readFile(path) as string})
    expect(realServerStatus(observe(host))).toMatchObject({ok: false, vips: [{vip: a, present: false, ok: false}]})
    for (const hint of hintOf(host, 'reboot-lost')) type(host, hint)
    const fresh = booted('second')
    type(fresh, line)
    expect(`${host}`).toBe(`${fresh}`)
  })
})

test('a second tunnelled VIP has the cure of the first', () => {
  const host = booted('first')
  type(host, `lvsctl realserver setup --vip ${a} --method tun --mtu-cure clamp`)
  type(host, `lvsctl realserver setup --vip ${b} --method tun`)
  removeVip(host, b)
  expect(hintOf(host, 'vip-missing')).toEqual([`lvsctl realserver setup --vip ${b} --method tun --mtu-cure clamp`])
})

test('behind NAT: a reboot, and another default route', () => {
  const line = 'lvsctl realserver setup --method nat --gateway 192.168.1.2'
  const old = booted('first')
  type(old, line)
  const {path} = observe(old).recorded
  const host = booted('second', {[path]: old.readFile(path) as string})
  expect(realServerStatus(observe(host))).toMatchObject({ok: false, gateways: [{gateway: '192.168.1.2', ok: false}]})
  expect(hintOf(host, 'reboot-lost')).toEqual([line])
  type(host, line)
  const [route] = host.routes().filter(({gateway}) => gateway !== undefined)
  const theirs = {...(route as Route), gateway: '192.168.1.9' as Address}
  host.apply({do: 'replace-route', route: theirs, was: route as Route})
  expect(hintOf(host, 'gateway-changed')).toEqual([line])
})

test('a dummy that went, and a route that lost its cure', () => {
  const host = booted('first')
  const [dummy = '', tun = ''] = [`--vip ${a} --interface dummy0`, `--vip ${b} --method tun --mtu-cure clamp`].map(
    (words) => `lvsctl realserver setup ${words}`,
  )
  type(host, dummy)
  type(host, tun)
  const clamped = host.routes().find(({destination}) => destination === lan.destination) as Route
  host.apply({do: 'replace-route', route: lan, was: clamped})
  expect(hintOf(host, 'route-changed')).toEqual([tun])
  host.apply({do: 'remove-link', link: {name: 'dummy0', kind: 'dummy'}})
  expect(hintOf(host, 'link-gone')).toEqual([dummy])
})

test('all of it gone, by hand: that is no host without the role', () => {
  const host = booted('first')
  type(host, `lvsctl realserver setup --vip 2001:db8::200`)
  removeVip(host, '2001:db8::200' as Address)
  expect(realServerStatus(observe(host))).toMatchObject({
    ok: false,
    vips: [{vip: '2001:db8::200', problems: [{code: 'vip-missing'}]}],
  })
})

test('what is here again after a reboot, by whatever means, is not lost', () => {
  const old = booted('first')
  type(old, `lvsctl realserver setup --vip ${a}`)
  const {path} = observe(old).recorded
  const host = booted('second', {[path]: old.readFile(path) as string})
  host.apply({do: 'set-sysctl', key: arp('all', 'arp_ignore'), value: '1'})
  host.apply({do: 'set-sysctl', key: arp('all', 'arp_announce'), value: '2'})
  host.apply({do: 'add-address', address: onLo(a)})
  expect(realServerStatus(observe(host))).toMatchObject({ok: true, vips: [{managed: 'no', ok: true}], problems: []})
})

test('without notes: at least where it is', () => {
  const state: FakeState = {
    modules: loaded,
    links: [{name: 'eth0'}, {name: 'dummy0', kind: 'dummy', noArp: true}],
    addresses: [{...onLo(a), interface: 'dummy0'}],
  }
  expect(hintOf(hostWith(state), 'arp-loud')).toEqual([`lvsctl realserver setup --vip ${a} --interface dummy0`])
})

describe('another way than the one it was set up in', () => {
  const tun = `lvsctl realserver setup --vip ${a} --method tun --mtu-cure clamp`
  test.each([
    ['the VIP went, and direct routing is asked for', `--vip ${a}`, true],
    ['the VIP is there, and direct routing is asked for', `--vip ${a}`, false],
    ['on the same device, as if it were direct routing', `--vip ${a} --interface tunl0`, false],
    ['another kind of tunnel', `--vip ${a} --method tun --tun-type gre --mtu-cure clamp`, true],
  ])('%s: refused, and nothing is changed', (_what, words, goes) => {
    const host = booted('first')
    type(host, tun)
    if (goes) removeVip(host, a)
    try {
      type(host, `lvsctl realserver setup ${words}`)
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof LvsctlError)) throw error
      expect(error.exit).toBe(2)
      expect(error.problems).toMatchObject([{code: 'vip-set-up-otherwise', hint: expect.stringContaining(tun)}])
    }
  })

  test('after a reboot it is told', () => {
    const old = booted('first')
    type(old, tun)
    const {path} = observe(old).recorded
    const host = booted('second', {[path]: old.readFile(path) as string})
    const plan = type(host, `lvsctl realserver setup --vip ${a}`)
    expect(codesOf(plan)).toEqual(['vip-was-otherwise'])
    expect(plan.warnings[0]?.hint).toContain(tun)
  })

  test('another UDP port: the first stays open, and that is told', () => {
    const host = booted('first')
    const gue = (port: number) =>
      `lvsctl realserver setup --vip ${a} --method tun --tun-type gue --tun-port ${port} --mtu-cure none`
    type(host, gue(6080))
    expect(codesOf(type(host, gue(6081)))).toEqual(['tunnel-otherwise'])
  })
})
