// A real server that is to last: what its set-up writes, what is there after a reboot, and that teardown finds the way back.

import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {LvsctlError} from '../../../src/domain/problem.ts'
import type {FakeHost, FakeState} from '../../../src/host/fake-host.ts'
import type {Effect, HostReader} from '../../../src/host/host.ts'
import type {RolePlan} from '../../../src/host/step.ts'
import {backendNames} from '../../../src/persist/backend-names.ts'
import {recordPath} from '../../../src/persist/record.ts'
import {persistStatus} from '../../../src/persist/status.ts'
import {observe} from '../../../src/realserver/observe.ts'
import type {SetupRequest} from '../../../src/realserver/request.ts'
import {planRealServer, setUpRealServer, tearDownRealServer} from '../../../src/realserver/run.ts'
import {realServerStatus} from '../../../src/realserver/status.ts'
import {defaultRoute, persistHost, vip4, vip6} from '../../support/persist-host.ts'
import {codes} from '../../support/problems.ts'

const persist = 'systemd'
const vips = [vip4, vip6]
const unit = '/etc/systemd/system/lvsctl-realserver.service'

const boot = (id: string): FakeState => ({sysctls: {'kernel.random.boot_id': id}})
const host = (state: FakeState = {}) => persistHost({...boot('first'), ...state})

const lines = ({steps}: RolePlan): readonly string[] =>
  steps.flatMap(({line, bookkeeping}) => (bookkeeping ? [] : [line]))

/** The machine after a reboot: its files, and what they bring about. */
function rebooted(on: FakeHost, change: FakeState = {}): FakeHost {
  const next = persistHost({...boot('second'), ...change})
  for (const [path, text] of filesOf(on)) next.apply({do: 'write-file', path, content: text})
  for (const {path, target} of persistedLinks(on)) next.apply({do: 'make-symlink', path, target})
  const {lasting} = JSON.parse(on.readFile(recordPath('realserver')) ?? '{}')
  for (const {key, value} of lasting?.sysctls ?? []) next.apply({do: 'set-sysctl', key, value})
  for (const address of lasting?.addresses ?? []) next.apply({do: 'add-address', address})
  return next
}
const recordOf = (on: HostReader) => JSON.parse(on.readFile(recordPath('realserver')) ?? '{"files": [], "links": []}')
const filesOf = (on: HostReader): readonly (readonly [string, string])[] =>
  [...recordOf(on).files, ...(on.inspect(recordPath('realserver')) ? [recordPath('realserver')] : [])].map(
    (path: string) => [path, on.readFile(path) ?? ''],
  )
const persistedLinks = (on: HostReader): readonly {readonly path: string; readonly target: string}[] =>
  recordOf(on).links

describe.each(backendNames)('%s', (backend) => {
  test('set up, looked at, booted, looked at, taken down: nothing is left', () => {
    const on = host()
    const fresh = `${persistHost(boot('second'))}`
    setUpRealServer(on, {vips, persist: backend})
    expect(lines(setUpRealServer(on, {vips, persist: backend}))).toEqual([])
    expect(persistStatus('realserver', on, vips)).toMatchObject({backend, running: true, enabled: true, problems: []})

    const next = rebooted(on)
    expect(persistStatus('realserver', next, vips)).toMatchObject({running: true, problems: []})
    expect(realServerStatus(observe(next))).toMatchObject({ok: true, vips: [{managed: 'added'}, {managed: 'added'}]})
    expect(codes(tearDownRealServer(next, {}).warnings)).toEqual([])
    expect(`${next}`).toBe(fresh)
  })

  test('taken down without a reboot: nothing is left', () => {
    const on = host()
    const before = `${on}`
    setUpRealServer(on, {vips, persist: backend})
    tearDownRealServer(on, {})
    expect(`${on}`).toBe(before)
  })
})

test('the steps: notes, files, settings, addresses; back: files, addresses, settings', () => {
  const on = host()
  const sysctlFile = '/etc/sysctl.d/99-zz-lvsctl-realserver.conf'
  const link = '/etc/systemd/system/multi-user.target.wants/lvsctl-realserver.service'
  expect(lines(setUpRealServer(on, {vips: [vip4], persist}))).toEqual([
    `install -D -m 644 /dev/stdin ${sysctlFile}`,
    `install -D -m 644 /dev/stdin ${unit}`,
    `ln -s ${unit} ${link}`,
    'systemctl daemon-reload',
    'sysctl -w net.ipv4.conf.all.arp_ignore=1',
    'sysctl -w net.ipv4.conf.all.arp_announce=2',
    `ip addr add ${vip4}/32 dev lo`,
  ])
  expect(lines(tearDownRealServer(on, {}))).toEqual([
    `rm ${link}`,
    `rm ${unit}`,
    `rm ${sysctlFile}`,
    'systemctl daemon-reload',
    `ip addr del ${vip4}/32 dev lo`,
    'sysctl -w net.ipv4.conf.all.arp_announce=0',
    'sysctl -w net.ipv4.conf.all.arp_ignore=0',
  ])
})

test('settings that were right by hand are in the files too, and stricter ones stay so', () => {
  const keys = {'net.ipv4.conf.all.arp_ignore': '2', 'net.ipv4.conf.all.arp_announce': '2'}
  const on = host({sysctls: {...boot('first').sysctls, ...keys}})
  setUpRealServer(on, {vips: [vip4], persist})
  expect(recordOf(on).lasting.sysctls).toEqual(Object.entries(keys).map(([key, value]) => ({key, value})))
})

test('a real server that runs already is made to last: only files are written', () => {
  const on = host()
  setUpRealServer(on, {vips: [vip4]})
  expect(lines(setUpRealServer(on, {vips: [vip4], persist}))).toHaveLength(4)
  expect(persistStatus('realserver', on, [vip4])).toMatchObject({vips: [vip4], running: true, problems: []})
})

test('one VIP after the other: all last; one taken down: the other lasts on', () => {
  const on = host()
  setUpRealServer(on, {vips: [vip4], persist})
  setUpRealServer(on, {vips: [vip6], persist})
  expect(persistStatus('realserver', on, vips)).toMatchObject({vips, running: true, problems: []})

  tearDownRealServer(on, {vips: [vip6]})
  expect(persistStatus('realserver', on, [vip4])).toMatchObject({vips: [vip4], running: true, problems: []})
  expect(on.readFile(unit)).not.toContain(vip6)
  const next = rebooted(on)
  expect(realServerStatus(observe(next))).toMatchObject({ok: true, vips: [{vip: vip4}]})
})

test('a VIP that is not to last is not in the files, nor missed after a reboot', () => {
  const on = host()
  setUpRealServer(on, {vips: [vip4], persist})
  setUpRealServer(on, {vips: [vip6]})
  expect(codes(persistStatus('realserver', on, vips)?.problems ?? [])).toEqual(['persist-not'])
  const next = rebooted(on)
  expect(realServerStatus(observe(next))).toMatchObject({ok: true, problems: []})
  expect(codes(setUpRealServer(next, {vips: [vip4]}).warnings)).toEqual([])
})

test('a dry run tells what would be in the files, against what is', () => {
  const on = host()
  const details = (request: Parameters<typeof planRealServer>[0]) =>
    planRealServer(request, on).steps.find(({effect}) => 'path' in effect && effect.path === unit)?.details ?? []
  const first = details({vips: [vip4], persist})
  expect(first.every((line) => line.startsWith('+'))).toBe(true)
  expect(first).toContain(`+ ExecStart=/usr/sbin/ip addr replace ${vip4}/32 dev lo`)
  setUpRealServer(on, {vips: [vip4], persist})
  const second = details({vips, persist})
  expect(second).toContain(`  ExecStart=/usr/sbin/ip addr replace ${vip4}/32 dev lo`)
  expect(second).toContain(`+ ExecStart=/usr/sbin/ip addr replace ${vip6}/128 dev lo nodad preferred_lft 0`)
  expect(second.filter((line) => line.startsWith('- '))).toHaveLength(2) // its description and its checksum
})

test('cut off after any step: set-up again completes it, teardown leaves nothing, rebooted or not', () => {
  const {steps} = planRealServer({vips, persist}, host())
  const whole = host()
  setUpRealServer(whole, {vips, persist})
  for (let dieAfter = 0; dieAfter <= steps.length; dieAfter++) {
    const cutOff = () => {
      const on = host()
      for (const {effect} of steps.slice(0, dieAfter)) on.apply(effect)
      return on
    }
    const again = cutOff()
    setUpRealServer(again, {vips, persist})
    expect(`${again}`).toBe(`${whole}`)

    const back = cutOff()
    tearDownRealServer(back, {})
    expect(`${back}`, `${dieAfter}`).toBe(`${host()}`)
  }
})

test('a teardown that is cut off after any step is completed by the next, also after a reboot', () => {
  const made = rebooted(
    (() => {
      const on = host()
      setUpRealServer(on, {vips, persist})
      return on
    })(),
  )
  const record: string[] = []
  const rehearsal = rebooted(made)
  tearDownRealServer(rehearsal, {}, {doing: ({line}) => record.push(line)})
  expect(record.length).toBeGreaterThan(6)
  for (let dieAfter = 0; dieAfter < record.length; dieAfter++) {
    const on = rebooted(made)
    let done = 0
    const apply = on.apply.bind(on)
    on.apply = (effect: Effect) => {
      if (done++ >= dieAfter) throw new PowerCut()
      apply(effect)
    }
    expect(() => tearDownRealServer(on, {}, {doing: () => undefined})).toThrow()
    on.apply = apply
    tearDownRealServer(on, {})
    expect(`${on}`, `${dieAfter}`).toBe(`${persistHost(boot('second'))}`)
  }
})

class PowerCut extends Error {}

test('where /etc cannot be written nothing is changed', () => {
  const on = host()
  const before = `${on}`
  const apply = on.apply.bind(on)
  on.apply = (effect: Effect) => {
    if ('path' in effect && effect.path.startsWith('/etc/')) throw new Error('read-only')
    apply(effect)
  }
  expect(() => setUpRealServer(on, {vips, persist})).toThrow(LvsctlError)
  expect(`${on}`).toBe(before)
  expect(on.log.filter((line) => line.startsWith('ip ') || line.startsWith('sysctl '))).toEqual([])
})

test('another network namespace of the same boot has no part in it', () => {
  const on = host()
  setUpRealServer(on, {vips: [vip4], persist})
  const other = host()
  other.namespace = () => '4026532999'
  for (const [path, text] of filesOf(on)) other.apply({do: 'write-file', path, content: text})
  expect(persistStatus('realserver', other)).toBeUndefined()
  expect(lines(tearDownRealServer(other, {}))).toEqual([])
  expect(() => setUpRealServer(other, {vips: [vip4], persist})).toThrow(/another network namespace/)
  expect(other.readFile(unit)).toBe(on.readFile(unit))
})

test('after a reboot it counts in the namespace of process 1 alone; set up in another it is told', () => {
  const elsewhere = {symlinks: {'/proc/1/ns/net': 'net:[4026531999]'}}
  const on = host()
  setUpRealServer(on, {vips: [vip4], persist})
  const next = rebooted(on, elsewhere)
  next.namespace = () => '4026532888'
  expect(persistStatus('realserver', next)).toBeUndefined()
  next.namespace = () => '4026531999'
  expect(persistStatus('realserver', next)).toBeDefined()
  const {warnings} = planRealServer({vips: [vip4], persist}, host(elsewhere))
  expect(codes(warnings)).toEqual(['persist-namespace'])
})

describe('a file that a person changed', () => {
  const sysctlFile = '/etc/sysctl.d/99-zz-lvsctl-realserver.conf'
  const other = address('192.168.1.201')
  const edit = (on: FakeHost, path: string, change: (text: string) => string) =>
    on.apply({do: 'write-file', path, content: change(on.readFile(path) ?? '')})
  const loud = (text: string) => text.replace('arp_ignore = 1', 'arp_ignore = 0')
  const emptied = (text: string) => text.replace(/^ExecStart=.*addr replace.*$/m, 'ExecStart=/bin/true')
  const kept = (path: string, change: (text: string) => string) => {
    const on = host()
    setUpRealServer(on, {vips: [vip4], persist})
    edit(on, path, change)
    return on
  }
  const problemsOf = (on: FakeHost, present = [vip4]) => persistStatus('realserver', on, present)?.problems ?? []

  test.each([
    [sysctlFile, loud, ['it has "net.ipv4.conf.all.arp_ignore = 0"', 'it lacks "net.ipv4.conf.all.arp_ignore = 1"']],
    [
      unit,
      emptied,
      ['it has "ExecStart=/bin/true"', `it lacks "ExecStart=/usr/sbin/ip addr replace ${vip4}/32 dev lo"`],
    ],
  ] as const)('%s: status says what differs; set-up leaves it and claims nothing', (path, change, differences) => {
    const on = kept(path, change)
    const theirs = on.readFile(path)
    const before = [unit, sysctlFile].map((one) => on.readFile(one))
    expect(problemsOf(on)).toMatchObject([{code: 'persist-file-changed', severity: 'error'}])
    for (const part of [path, ...differences]) expect(problemsOf(on)[0]?.message).toContain(part)

    const plan = setUpRealServer(on, {vips: [other], persist})
    expect(plan.kept).toBeUndefined()
    expect(plan.notKept).toContain(path)
    expect(plan.warnings).toMatchObject([
      {message: expect.stringContaining(`after a reboot ${other} does not come back`)},
    ])
    expect(on.addresses().some((one) => one.address === other)).toBe(true)
    expect([unit, sysctlFile].map((one) => on.readFile(one))).toEqual(before)
    expect(codes(problemsOf(on, [vip4, other]))).toEqual(['persist-file-changed', 'persist-not'])
    expect(setUpRealServer(on, {vips: [vip4]}).kept).toBeUndefined()

    // As the hint says.
    expect(plan.warnings[0]?.hint).toBe(
      `To have it written anew: rm ${path}; lvsctl realserver setup --vip ${vip4},${other} --persist=systemd`,
    )
    on.apply({do: 'remove-file', path})
    expect(setUpRealServer(on, {vips: [vip4, other], persist})).toMatchObject({kept: 'kept over a reboot by systemd'})
    expect(problemsOf(on, [vip4, other])).toEqual([])
    expect(theirs).not.toBe(on.readFile(path))
  })

  test.each([
    ['a comment', (text: string) => `${text}# mine\n`],
    ['what lvsctl does not speak of', (text: string) => `${text}Nice=5\n`],
  ])('%s takes nothing away', (_what, change) => {
    const on = kept(unit, change)
    expect(problemsOf(on)).toMatchObject([{code: 'persist-file-changed', severity: 'warning'}])
    expect(setUpRealServer(on, {vips: [vip4], persist})).toMatchObject({kept: 'kept over a reboot by systemd'})
    // But a further VIP would have to be in it.
    expect(setUpRealServer(on, {vips: [other], persist}).kept).toBeUndefined()
    expect(codes(problemsOf(on, [vip4, other]))).toContain('persist-not')
  })

  test('that a teardown left is in the way of the next set-up', () => {
    const on = kept(sysctlFile, loud)
    tearDownRealServer(on, {})
    const plan = setUpRealServer(on, {vips: [vip4], persist})
    expect(plan.notKept).toContain(sysctlFile)
    expect(on.inspect(unit)).toBeUndefined()
    expect(persistStatus('realserver', on, [vip4])).toBeUndefined()
  })

  test('of two VIPs one is torn down: it may come back, which is told and stays in status', () => {
    const on = host()
    setUpRealServer(on, {vips: [vip4, other], persist})
    edit(on, unit, (text) => `${text}# mine\n`)
    const {warnings, notKept} = tearDownRealServer(on, {vips: [other]})
    expect(notKept).toContain(unit)
    expect(warnings).toMatchObject([{message: expect.stringContaining(`after a reboot ${other} may come back`)}])
    expect(problemsOf(on).find(({code}) => code === 'persist-differs')?.message).toContain(other)
  })

  test('files that are ours and say too little: a run was cut off', () => {
    const on = host()
    setUpRealServer(on, {vips: [vip4], persist})
    const old = on.readFile(unit) as string
    setUpRealServer(on, {vips: [other], persist})
    on.apply({do: 'write-file', path: unit, content: old})
    expect(problemsOf(on, [vip4, other])).toMatchObject([{code: 'persist-file-stale', severity: 'error'}])
  })
})

describe('other methods', () => {
  const modules = {ipip: 'available', fou: 'available', dummy: 'available'} as const
  const uplink = {interface: 'eth0', address: address('10.0.0.11'), prefixLength: 24, scope: 'global'} as const
  const route = (gateway: string) => ({...defaultRoute, gateway: address(gateway)})
  const state: FakeState = {modules, addresses: [uplink], routes: [route('10.0.0.254')]}

  /** Set up and taken down, it leaves nothing but modules; what it writes is what set-up did. */
  function cycle(request: SetupRequest) {
    const on = host(state)
    const before = withoutModules(on)
    const done = setUpRealServer(on, {...request, persist})
    expect(lines(setUpRealServer(on, {...request, persist}))).toEqual([])
    expect(persistStatus('realserver', on, request.vips)?.problems).toEqual([])
    const {lasting} = recordOf(on)
    tearDownRealServer(on, {})
    expect(withoutModules(on)).toBe(before)
    return {lines: lines(done), lasting}
  }
  const withoutModules = (on: FakeHost): string =>
    `${on}`
      .split('\n')
      .filter((line) => !/^modprobe|tunl0/.test(line))
      .join('\n')

  test('tunnelling in UDP', () => {
    const {lasting} = cycle({vips: [vip4], method: 'tun', tunnel: {type: 'gue', port: 6080}, mtuCure: 'none'})
    expect(lasting).toMatchObject({
      modules: ['ipip', 'fou'],
      links: [{name: 'tunl0', up: true}],
      fouPorts: [{port: 6080, encapsulation: 'gue'}],
      addresses: [{interface: 'tunl0', address: vip4}],
      routes: [],
    })
    expect(lasting.sysctls.map(({key}: {key: string}) => key)).toContain('net.ipv4.conf.all.arp_ignore')
  })

  test('a dummy of its own', () => {
    const {lasting} = cycle({vips: [vip4], device: 'dummy0'})
    expect(lasting).toMatchObject({
      links: [{name: 'dummy0', kind: 'dummy', up: true}],
      addresses: [{interface: 'dummy0'}],
    })
  })

  test('behind NAT', () => {
    const {lasting} = cycle({vips: [], method: 'nat', gateways: [address('10.0.0.1')]})
    expect(lasting).toMatchObject({addresses: [], routes: [{gateway: '10.0.0.1', interface: 'eth0'}]})
  })

  test('behind NAT, rebooted: the way back is the route that was there', () => {
    const on = host(state)
    setUpRealServer(on, {vips: [], method: 'nat', gateways: [address('10.0.0.1')], persist})
    const next = rebooted(on, {...state, routes: [route('10.0.0.1')]})
    expect(persistStatus('realserver', next)?.problems).toEqual([])
    tearDownRealServer(next, {})
    expect(next.routes().map(({gateway}) => gateway)).toEqual(['10.0.0.254'])
    expect(next.inspect(unit)).toBeUndefined()
  })
})
