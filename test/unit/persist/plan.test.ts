// What is written so that a role comes back at boot, what is renewed, what is left alone, and that all of it goes again.

import {describe, expect, test} from 'vitest'
import type {FakeHost} from '../../../src/host/fake-host.ts'
import type {Effect} from '../../../src/host/host.ts'
import {inverse} from '../../../src/host/inverse.ts'
import {emptyLedger} from '../../../src/host/ledger.ts'
import {isUnchanged} from '../../../src/host/signed-text.ts'
import {backendNames} from '../../../src/persist/backend-names.ts'
import {lastingOf} from '../../../src/persist/lasting.ts'
import {type PersistPlan, planForget, planPersist} from '../../../src/persist/plan.ts'
import {recordPath} from '../../../src/persist/record.ts'
import {persistStatus} from '../../../src/persist/status.ts'
import {directorEffects, persistHost, realServerEffects, vip4, vip6, wish} from '../../support/persist-host.ts'
import {codes, failure} from '../../support/problems.ts'

const carryOut = (on: FakeHost, plan: PersistPlan): void => {
  for (const effect of all(plan)) on.apply(effect)
}
const all = ({effects, last}: PersistPlan): readonly Effect[] => [...effects, ...last]

/** What they are to do, and no more: `write-file /etc/…`. */
const told = (plan: PersistPlan): readonly string[] =>
  all(plan).map((effect) => ('path' in effect ? `${effect.do} ${effect.path}` : effect.do))

const record = recordPath('realserver')
const sysctls = '/etc/sysctl.d/99-zz-lvsctl-realserver.conf'
const unit = '/etc/systemd/system/lvsctl-realserver.service'
const link = '/etc/systemd/system/multi-user.target.wants/lvsctl-realserver.service'

describe.each(backendNames)('%s', (backend) => {
  test('all files are signed, a second time nothing is to do, and nothing is left in the end', () => {
    const on = persistHost()
    const before = `${on}`
    const plan = planPersist(wish({backend}), on)
    carryOut(on, plan)
    const files = persistStatus('realserver', on)?.files ?? []
    expect(files.map(({state}) => state)).not.toContain('none')
    expect(files.length).toBeGreaterThan(1)
    for (const {path} of files) expect(isUnchanged(on.readFile(path) ?? ''), path).toBe(true)
    expect(planPersist(wish({backend}), on).effects).toEqual([])

    carryOut(on, planForget('realserver', on))
    expect(`${on}`).toBe(before)
    expect(all(planForget('realserver', on))).toEqual([])
  })

  test('cut off after any step, the same again completes it, and forgetting leaves nothing', () => {
    const {effects} = planPersist(wish({backend}), persistHost())
    for (let dieAfter = 0; dieAfter < effects.length; dieAfter++) {
      const whole = persistHost()
      carryOut(whole, planPersist(wish({backend}), whole))
      const again = persistHost()
      for (const effect of effects.slice(0, dieAfter)) again.apply(effect)
      carryOut(again, planPersist(wish({backend}), again))
      expect(`${again}`).toBe(`${whole}`)

      const forgotten = persistHost()
      const before = `${forgotten}`
      for (const effect of effects.slice(0, dieAfter)) forgotten.apply(effect)
      carryOut(forgotten, planForget('realserver', forgotten))
      expect(`${forgotten}`).toBe(before)
    }
  })

  test('forgetting that is cut off after any step is completed by the next', () => {
    const made = persistHost()
    carryOut(made, planPersist(wish({backend}), made))
    const effects = all(planForget('realserver', made))
    for (let dieAfter = 0; dieAfter < effects.length; dieAfter++) {
      const on = persistHost()
      const before = `${on}`
      carryOut(on, planPersist(wish({backend}), on))
      for (const effect of effects.slice(0, dieAfter)) on.apply(effect)
      carryOut(on, planForget('realserver', on))
      expect(`${on}`).toBe(before)
    }
  })

  test('every step is undone by its inverse', () => {
    const on = persistHost()
    const before = `${on}`
    const undo: Effect[] = []
    for (const effect of planPersist(wish({backend}), on).effects) {
      undo.unshift(...inverse(effect, on))
      on.apply(effect)
    }
    for (const effect of undo) on.apply(effect)
    expect(`${on}`).toBe(before)
  })

  test('a file of somebody else, or a symbolic link, in the way: refused before anything is written', () => {
    const paths = planPersist(wish({backend}), persistHost()).effects.flatMap((effect) =>
      effect.do === 'write-file' && effect.path !== record ? [effect.path] : [],
    )
    for (const path of paths) {
      const mine = persistHost({files: {[path]: '# mine\n'}})
      expect(failure(() => planPersist(wish({backend}), mine))).toMatchObject({
        failure: 'usage',
        code: 'persist-foreign',
      })
      const planted = persistHost({symlinks: {[path]: '/etc/shadow'}})
      expect(failure(() => planPersist(wish({backend}), planted))).toMatchObject({code: 'persist-foreign'})
    }
    expect(paths.length).toBeGreaterThan(1)
  })

  test('where it is not installed: refused', () => {
    const bare = persistHost()
    for (const path of [
      '/run/systemd/system/x',
      '/usr/lib/systemd/systemd-networkd',
      '/usr/sbin/netplan',
      '/usr/sbin/NetworkManager',
      '/usr/sbin/ifup',
    ])
      bare.apply({do: 'remove-file', path})
    expect(failure(() => planPersist(wish({backend}), bare))).toMatchObject({
      failure: 'usage',
      code: 'persist-backend-missing',
    })
  })

  test('a director: its interface belongs to somebody else, who is asked to add the address', () => {
    const on = persistHost()
    const before = `${on}`
    const director = wish({
      backend,
      role: 'director',
      vips: [vip4],
      lasting: lastingOf(directorEffects),
      ledger: emptyLedger('director', undefined),
    })
    carryOut(on, planPersist(director, on))
    expect(planPersist(director, on).effects).toEqual([])
    carryOut(on, planForget('director', on))
    expect(`${on}`).toBe(before)
  })
})

describe('the order', () => {
  test('written: the record, what keeps quiet, what brings up, what enables; removed: the reverse', () => {
    const on = persistHost()
    const plan = planPersist(wish(), on)
    expect(told(plan)).toEqual([
      `write-file ${record}`,
      `write-file ${sysctls}`,
      `write-file ${unit}`,
      `make-symlink ${link}`,
      'systemd-reload',
    ])
    carryOut(on, plan)
    expect(on.inspect(record)?.mode).toBe(0o600)
    expect(told(planForget('realserver', on))).toEqual([
      `remove-symlink ${link}`,
      `remove-file ${unit}`,
      `remove-file ${sysctls}`,
      'systemd-reload',
      `remove-file ${record}`,
    ])
  })

  test('from one backend to another: the new files first, the old ones go, cut off or not', () => {
    const netplanFile = '/etc/netplan/60-lvsctl-realserver.yaml'
    const ready = () => {
      const on = persistHost()
      carryOut(on, planPersist(wish(), on))
      return on
    }
    const on = ready()
    const plan = planPersist(wish({backend: 'netplan'}), on)
    expect(told(plan)).toEqual([
      `write-file ${record}`,
      `write-file ${netplanFile}`,
      `remove-symlink ${link}`,
      `remove-file ${unit}`,
      `write-file ${record}`,
      'systemd-reload',
    ])
    carryOut(on, plan)
    expect(planPersist(wish({backend: 'netplan'}), on).effects).toEqual([])
    for (let dieAfter = 0; dieAfter < plan.effects.length; dieAfter++) {
      const again = ready()
      for (const effect of plan.effects.slice(0, dieAfter)) again.apply(effect)
      carryOut(again, planPersist(wish({backend: 'netplan'}), again))
      expect(`${again}`).toBe(`${on}`)
    }
  })
})

describe('a file that a person changed', () => {
  const changedHost = () => {
    const on = persistHost()
    carryOut(on, planPersist(wish(), on))
    on.apply({do: 'write-file', path: unit, content: `${on.readFile(unit)}Nice=5\n`})
    return on
  }

  test('is left as it is by set-up, and told', () => {
    const on = changedHost()
    const mine = on.readFile(unit)
    const fewer = wish({vips: [vip4], lasting: lastingOf(realServerEffects.slice(0, 3))})
    const plan = planPersist(fewer, on)
    expect(codes(plan.warnings)).toEqual(['persist-file-changed'])
    carryOut(on, plan)
    expect(on.readFile(unit)).toBe(mine)
  })

  test('is kept by teardown, no longer enabled, and told', () => {
    const on = changedHost()
    const mine = on.readFile(unit)
    expect(persistStatus('realserver', on)).toMatchObject({enabled: true})
    const plan = planForget('realserver', on)
    expect(codes(plan.warnings)).toEqual(['persist-file-changed'])
    carryOut(on, plan)
    expect([on.readFile(unit), on.inspect(link), on.readFile(sysctls), on.readFile(record)]).toEqual([
      mine,
      undefined,
      undefined,
      undefined,
    ])
    expect(planForget('realserver', on)).toEqual({effects: [], last: [], warnings: []})
  })

  test('that is gone is written again by set-up, and no reason for teardown to stop', () => {
    const on = changedHost()
    on.apply({do: 'remove-file', path: unit})
    expect(told(planPersist(wish(), on))).toEqual([`write-file ${unit}`, 'systemd-reload'])
    expect(told(planForget('realserver', on))).not.toContain(`remove-file ${unit}`)
  })
})

describe('status', () => {
  const present = () => {
    const on = persistHost()
    for (const effect of realServerEffects) on.apply(effect)
    carryOut(on, planPersist(wish(), on))
    return on
  }
  const codesOf = (on: FakeHost, vips = [vip4, vip6]) => codes(persistStatus('realserver', on, vips)?.problems ?? [])

  test('nothing was made to last', () => expect(persistStatus('realserver', persistHost())).toBeUndefined())

  test('all is well', () => {
    expect(persistStatus('realserver', present(), [vip4, vip6])).toMatchObject({
      backend: 'systemd',
      vips: [vip4, vip6],
      files: [
        {path: sysctls, state: 'ours'},
        {path: unit, state: 'ours'},
      ],
      enabled: true,
      running: true,
      problems: [],
    })
  })

  test.each<readonly [string, (on: FakeHost) => void, readonly string[]]>([
    ['a file is gone', (on) => on.apply({do: 'remove-file', path: sysctls}), ['persist-file-missing']],
    [
      'the unit is disabled',
      (on) => on.apply({do: 'remove-symlink', path: link, target: unit}),
      ['persist-file-missing'],
    ],
    [
      'a file was changed',
      (on) => on.apply({do: 'write-file', path: unit, content: `${on.readFile(unit)}#\n`}),
      ['persist-file-changed'],
    ],
    [
      'a setting runs with another value',
      (on) => on.apply({do: 'set-sysctl', key: 'net.ipv4.conf.all.arp_ignore', value: '0'}),
      ['persist-differs'],
    ],
    [
      'an address is not there',
      (on) => on.apply(inverse(realServerEffects[2] as Effect, on)[0] as Effect),
      ['persist-differs'],
    ],
  ])('%s', (_what, change, expected) => {
    const on = present()
    change(on)
    expect(codesOf(on)).toEqual(expected)
  })

  test('a VIP that was set up without', () => {
    const on = persistHost()
    carryOut(on, planPersist(wish({vips: [vip4], lasting: lastingOf([])}), on))
    expect(codesOf(on)).toEqual(['persist-not'])
  })
})

describe('a record that is none', () => {
  test.each([
    ['no JSON', '{', {}],
    ['of another version', '{"version": 9}', {}],
    ["another's file", '{}', {owner: 1000}],
    ['open to others', '{}', {mode: 0o666}],
    [
      'a file outside of /etc',
      '{"version":1,"backend":"systemd","vips":[],"files":["/bin/sh"],"links":[],"lasting":{"modules":[],"links":[],"fouPorts":[],"sysctls":[],"addresses":[],"routes":[]},"ledger":{"version":2,"role":"realserver","vips":[],"sysctls":[],"present":[]},"namespace":"1"}',
      {},
    ],
  ])('%s: nothing is changed on its word', (_what, text, facts) => {
    const on = persistHost({files: {[record]: text}, facts: {[record]: facts}})
    for (const act of [() => planPersist(wish(), on), () => planForget('realserver', on)])
      expect(failure(act)).toMatchObject({code: 'persist-unreadable'})
  })

  test('a symbolic link is not followed', () => {
    const on = persistHost({symlinks: {[record]: '/tmp/theirs'}, files: {'/tmp/theirs': '{}'}})
    expect(failure(() => planForget('realserver', on))).toMatchObject({code: 'persist-unreadable'})
  })
})
