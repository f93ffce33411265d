import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {LvsctlError} from '../../../src/domain/problem.ts'
import {runRole} from '../../../src/host/carry-out.ts'
import {describeEffect} from '../../../src/host/describe.ts'
import {FakeHost} from '../../../src/host/fake-host.ts'
import type {Effect, InterfaceAddress} from '../../../src/host/host.ts'
import {echoLines, planEffects, type RolePlan} from '../../../src/host/step.ts'

const key = 'net.ipv4.conf.all.arp_ignore'
const vip: InterfaceAddress = {interface: 'lo', address: address('192.168.1.200'), prefixLength: 32, scope: 'global'}
const note: Effect = {do: 'write-state', path: '/run/note', content: 'x'}
const quiet: Effect = {do: 'set-sysctl', key, value: '1'}
const up: Effect = {do: 'add-address', address: vip}
const announce: Effect = {do: 'announce', interface: 'eth0', address: vip.address}

/** Refuses lines that are listed, as often as they come. */
class StubbornHost extends FakeHost {
  readonly refused: string[]
  constructor(...refused: string[]) {
    super()
    this.refused = refused
  }
  override apply(effect: Effect): void {
    const line = describeEffect(effect)
    if (this.refused.includes(line))
      throw new LvsctlError({
        failure: 'permission',
        code: 'not-permitted',
        message: `${line}: not permitted`,
        hint: 'sudo',
      })
    super.apply(effect)
  }
}

/** Plans those of the effects that have not been done yet. */
const planning = (host: FakeHost, ...effects: Effect[]): (() => RolePlan) => {
  return () =>
    planEffects(
      [],
      [],
      host,
      effects.filter((effect) => effect.do === 'announce' || !host.log.includes(describeEffect(effect))),
    )
}

function failureOf(act: () => unknown): LvsctlError {
  try {
    act()
  } catch (error) {
    if (error instanceof LvsctlError) return error
    throw error
  }
  throw new Error('it went well')
}

test('each step is told before it is done, in order', () => {
  const host = new FakeHost()
  const told: string[] = []
  const plan = runRole('role', host, planning(host, note, quiet, up, announce), {
    planned: ({steps}) => told.push(`${steps.length} steps`),
    doing: ({line}) => {
      expect(host.log).not.toContain(line)
      told.push(line)
    },
  })
  expect(told).toEqual(['4 steps', ...host.log])
  expect(plan.steps).toHaveLength(4)
})

test('nobody else is in the role meanwhile', () => {
  const host = new FakeHost()
  const twice = () => runRole('role', host, planning(host))
  runRole('role', host, planning(host, up), {
    doing: () => expect(failureOf(twice)).toMatchObject({failure: 'deadline', code: 'busy'}),
  })
  expect(twice().steps).toEqual([])
})

describe('when a step fails', () => {
  test('and only our own notes were made, they go and the failure is told as it is', () => {
    const host = new StubbornHost(describeEffect(quiet))
    const before = host.toString()
    expect(failureOf(() => runRole('role', host, planning(host, note, quiet, up)))).toMatchObject({
      failure: 'permission',
      exit: 5,
      hint: 'sudo',
    })
    expect(host.toString()).toBe(before)
  })

  test('what was done before it is undone, last first, and told', () => {
    const host = new StubbornHost(describeEffect(announce))
    const before = host.toString()
    const undone: string[] = []
    const error = failureOf(() =>
      runRole('role', host, planning(host, note, quiet, up, announce), {undoing: (line) => undone.push(line)}),
    )
    expect(error).toMatchObject({failure: 'partial', exit: 7, code: 'rolled-back'})
    expect(error.message).toContain('not permitted; everything before it was rolled back')
    expect(undone).toEqual(['ip addr del 192.168.1.200/32 dev lo', `sysctl -w ${key}=0`, 'rm /run/note'])
    expect(host.toString()).toBe(before)
  })

  test('an announcement that was heard needs no undoing', () => {
    const host = new StubbornHost(describeEffect(up))
    expect(failureOf(() => runRole('role', host, planning(host, announce, up)))).toMatchObject({code: 'rolled-back'})
  })

  test('and the way back is barred, what is left is named, and what it needs stays', () => {
    const host = new StubbornHost(describeEffect(announce), 'ip addr del 192.168.1.200/32 dev lo')
    const error = failureOf(() => runRole('role', host, planning(host, note, quiet, up, announce)))
    expect(error).toMatchObject({failure: 'partial', exit: 7, code: 'left-behind'})
    expect(error.message).toContain('this could not be rolled back: ip addr add 192.168.1.200/32 dev lo')
    // An address that cannot be removed keeps its quiet ARP, and the note that knows the way.
    expect([host.sysctl(key), host.readFile('/run/note')]).toEqual(['1', 'x'])
  })

  test('with something that is no LvsctlError, it becomes one', () => {
    const host = new FakeHost()
    host.apply = () => {
      throw new Error('a bolt from the blue')
    }
    expect(failureOf(() => runRole('role', host, planning(host, quiet)))).toMatchObject({
      failure: 'unexpected',
      message: `"sysctl -w ${key}=1" failed: a bolt from the blue`,
    })
  })
})

test('what does not last is told', () => {
  const host = new FakeHost()
  const fickle = () => planEffects([], [], host, host.sysctl(key) === '1' ? [] : [quiet])
  expect(
    failureOf(() =>
      runRole('role', host, () => {
        if (host.log.length > 0) host.apply({do: 'set-sysctl', key, value: '0'})
        return fickle()
      }),
    ),
  ).toMatchObject({failure: 'partial', code: 'not-settled', message: expect.stringContaining(`sysctl -w ${key}=1`)})
})

test('echoes have their notes in one column and leave our own files out', () => {
  const {steps} = planEffects([], [], new FakeHost(), [
    note,
    quiet,
    {do: 'set-sysctl', key: 'net.ipv4.conf.all.arp_announce', value: '2'},
    up,
  ])
  expect([...echoLines(steps).values()]).toEqual([
    '[#] sysctl -w net.ipv4.conf.all.arp_ignore=1      (was 0)',
    '[#] sysctl -w net.ipv4.conf.all.arp_announce=2    (was 0)',
    '[#] ip addr add 192.168.1.200/32 dev lo',
  ])
  expect([...echoLines(steps).keys()]).toEqual(steps.slice(1))
})
