import {describe, expect, test} from 'vitest'
import {LvsctlError} from '../../../src/domain/problem.ts'
import {execute, executeBatches, type Report, reportError, type Step} from '../../../src/plan/execute.ts'

/** A world of switches: `+a` puts a on, `-a` off; one that is already so is an error, and so is whatever is stuck. */
function switches(stuck: readonly string[] = []) {
  const on = new Set<string>()
  const log: string[] = []
  return {
    on,
    log,
    apply(operation: string) {
      const name = operation.slice(1)
      if (stuck.includes(operation) || on.has(name) === operation.startsWith('+'))
        throw new Error(`${operation} is stuck`)
      if (operation.startsWith('+')) on.add(name)
      else on.delete(name)
      log.push(operation)
    },
    execute(operations: readonly string[]) {
      return operations.map((operation) => {
        try {
          this.apply(operation)
          return {ok: true} as const
        } catch {
          return {ok: false, errno: 'EEXIST'} as const
        }
      })
    },
  }
}

const step = (operation: string): Step<string> => ({operation, inverse: [operation.replace('+', '-')]})
const steps = (text: string): Step<string>[] => text.split(' ').map(step)

describe('one by one', () => {
  test('all goes well', () => {
    const world = switches()
    expect(execute(steps('+a +b +c'), world)).toEqual({
      ok: true,
      done: ['+a', '+b', '+c'],
      failed: [],
      rolledBack: [],
      left: [],
    })
    expect(world.log).toEqual(['+a', '+b', '+c'])
  })

  test('nothing to do', () => expect(execute([], switches())).toMatchObject({ok: true, done: []}))

  test('each is announced before it is done, and each way back', () => {
    const world = switches(['+c'])
    const heard: string[] = []
    execute(steps('+a +b +c'), world, {
      applying: (operation) => heard.push(`${operation} after ${world.log.length}`),
      undoing: (inverse, operation) => heard.push(`${inverse} for ${operation} after ${world.log.length}`),
    })
    expect(heard).toEqual(['+a after 0', '+b after 1', '+c after 2', '-b for +b after 2', '-a for +a after 3'])
  })

  test('a failure takes it all back, last first', () => {
    const world = switches(['+c'])
    expect(execute(steps('+a +b +c +d'), world)).toEqual({
      ok: false,
      done: ['+a', '+b'],
      failed: [{operation: '+c', failure: new Error('+c is stuck')}],
      rolledBack: ['+b', '+a'],
      left: [],
    })
    expect(world.on.size).toBe(0)
    expect(world.log).toEqual(['+a', '+b', '-b', '-a'])
  })

  test('an inverse of several operations runs in its order', () => {
    const world = switches(['+c'])
    execute([...steps('+a'), {operation: '+b', inverse: ['+x', '-x', '-b']}, step('+c')], world)
    expect(world.log).toEqual(['+a', '+b', '+x', '-x', '-b', '-a'])
  })

  test('an inverse that fails ends the way back: the earlier keeps the later safe', () => {
    const world = switches(['+d', '-b'])
    expect(execute(steps('+a +b +c +d'), world)).toMatchObject({
      rolledBack: ['+c'],
      left: [{operation: '+b', failure: new Error('-b is stuck')}, {operation: '+a'}],
    })
    expect([...world.on]).toEqual(['a', 'b'])
  })

  test('what has no inverse stays, what needs none (an empty one) does not count, the others go back', () => {
    const world = switches(['+d'])
    const report = execute([step('+a'), {operation: '+b'}, {operation: '+c', inverse: []}, step('+d')], world)
    expect(report).toMatchObject({rolledBack: ['+c', '+a'], left: [{operation: '+b'}]})
    expect(world.log).toEqual(['+a', '+b', '+c', '-a'])
  })

  test('an echo that fails is a failure of its step, which was not done', () => {
    const world = switches()
    const report = execute(steps('+a +b'), world, {
      applying: (operation) => {
        if (operation === '+b') throw new Error('EPIPE')
      },
    })
    expect(report).toMatchObject({ok: false, done: ['+a'], rolledBack: ['+a']})
    expect(world.log).toEqual(['+a', '-a'])
  })
})

describe('in one go', () => {
  const back = (done: readonly string[]) => done.map(step)

  test('all goes well, and the way back is not even asked for', () => {
    const world = switches()
    const report = executeBatches([['+a', '+b']], world, () => {
      throw new Error('asked')
    })
    expect(report).toEqual({ok: true, done: ['+a', '+b'], failed: [], rolledBack: [], left: []})
  })

  test('what succeeded around the failure goes back', () => {
    const world = switches(['+b'])
    expect(executeBatches([['+a', '+b', '+c']], world, back)).toEqual({
      ok: false,
      done: ['+a', '+c'],
      failed: [{operation: '+b', failure: {ok: false, errno: 'EEXIST'}}],
      rolledBack: ['+c', '+a'],
      left: [],
    })
    expect(world.log).toEqual(['+a', '+c', '-c', '-a'])
  })

  test('a batch is begun only when the one before went through', () => {
    const world = switches(['+b'])
    expect(executeBatches([['+a', '+b', '+c'], ['+d']], world, back)).toMatchObject({
      done: ['+a', '+c'],
      failed: [{operation: '+b'}],
      rolledBack: ['+c', '+a'],
    })
    expect(world.log).toEqual(['+a', '+c', '-c', '-a'])
    const second = switches(['+c'])
    expect(
      executeBatches(
        [
          ['+a', '+b'],
          ['+c', '+d'],
        ],
        second,
        back,
      ),
    ).toMatchObject({
      done: ['+a', '+b', '+d'],
      rolledBack: ['+d', '+b', '+a'],
    })
    expect(executeBatches([['+a'], ['+b']], switches(), back)).toMatchObject({ok: true, done: ['+a', '+b']})
  })

  test('an inverse that fails leaves its step; the others go on', () => {
    const world = switches(['+b', '-c'])
    expect(executeBatches([['+a', '+b', '+c', '+d']], world, back)).toMatchObject({
      rolledBack: ['+d', '+a'],
      left: [{operation: '+c', failure: {ok: false, errno: 'EEXIST'}}],
    })
    expect([...world.on]).toEqual(['c'])
  })

  test('several inverses, one of which fails', () => {
    const world = switches(['+b', '-y'])
    const report = executeBatches([['+a', '+b']], world, (done) =>
      done.map((operation) => ({operation, inverse: ['-a', '-y', '+x']})),
    )
    expect(report).toMatchObject({rolledBack: [], left: [{operation: '+a', failure: {ok: false}}]})
    expect(world.log).toEqual(['+a', '-a', '+x'])
  })

  test('without an inverse it stays', () =>
    expect(executeBatches([['+a', '+a']], switches(), (done) => done.map((operation) => ({operation})))).toMatchObject({
      done: ['+a'],
      rolledBack: [],
      left: [{operation: '+a'}],
    }))

  test('a world that breaks on the way back has undone nothing', () => {
    const world = switches()
    let calls = 0
    const broken = {
      execute(operations: readonly string[]) {
        if (calls++ > 0) throw new Error('dead socket')
        return world.execute(operations)
      },
    }
    expect(executeBatches([['+a', '+a']], broken, back)).toMatchObject({
      rolledBack: [],
      left: [{operation: '+a', failure: {ok: false, cause: new Error('dead socket')}}],
    })
  })

  test('a world that breaks at once, and one that cannot count, are not our business', () => {
    const dead = {
      execute(): never {
        throw new Error('dead socket')
      },
    }
    expect(() => executeBatches([['+a']], dead, back)).toThrow('dead socket')
    expect(() => executeBatches([['+a']], {execute: () => []}, back)).toThrow('1 operations had 0 outcomes')
  })
})

describe('the error of a report', () => {
  const explain = (failure: string) =>
    new LvsctlError({failure: 'permission', code: 'not-permitted', message: failure, hint: 'Try: sudo'})
  const say = (report: Partial<Report<string, string>>) =>
    reportError({ok: false, done: [], failed: [], rolledBack: [], left: [], ...report}, (one) => `<${one}>`, explain)

  test('none when all went well', () => expect(say({ok: true, done: ['+a']})).toBeUndefined())

  test('nothing done: the failure itself', () =>
    expect(say({failed: [{operation: '+a', failure: 'no'}]})).toMatchObject({
      failure: 'permission',
      exit: 5,
      message: 'no',
      hint: 'Try: sudo',
    }))

  test('rolled back', () =>
    expect(say({done: ['+a'], failed: [{operation: '+b', failure: 'no'}], rolledBack: ['+a']})).toMatchObject({
      code: 'rolled-back',
      exit: 7,
      message: 'no; everything before it was rolled back',
      hint: 'Try: sudo',
      cause: {code: 'not-permitted'},
    }))

  test('left behind', () =>
    expect(
      say({
        done: ['+a', '+b', '+c'],
        failed: [
          {operation: '+d', failure: 'no'},
          {operation: '+e', failure: 'nor'},
        ],
        rolledBack: ['+c'],
        left: [{operation: '+b', failure: 'stuck'}, {operation: '+a'}],
      }),
    ).toMatchObject({
      code: 'left-behind',
      exit: 7,
      message: 'no (and 1 other failure); this could not be rolled back: <+b>, <+a>; 1 change rolled back',
    }))

  test('many left behind are counted', () =>
    expect(
      say({
        done: [...'abcdefg'],
        failed: [{operation: 'h', failure: 'no'}],
        left: [...'gfedcba'].map((operation) => ({operation})),
      })?.message,
    ).toBe('no; this could not be rolled back: <g>, <f>, <e>, <d>, <c>, 2 more'))
})
