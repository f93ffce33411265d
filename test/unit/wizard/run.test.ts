// From answers to the end, with commands that are noted instead of run.

import {describe, expect, test} from 'vitest'
import type {Texts} from '../../../src/wizard/answers.ts'
import {Interrupted} from '../../../src/wizard/dialogue.ts'
import type {Facts} from '../../../src/wizard/facts.ts'
import type {OwnCommands} from '../../../src/wizard/own-commands.ts'
import type {Reached} from '../../../src/wizard/reach.ts'
import {type Request, runWizard} from '../../../src/wizard/run.ts'
import {flat, personSaying, type Scripted} from '../../support/wizard.ts'

const dr: Texts = {service: '192.168.1.200:80', servers: '192.168.1.111', method: 'dr', role: 'director'}
const rest = ['', '', '', '']

interface Trial {
  readonly request?: Partial<Request>
  readonly person?: Scripted
  /** What a command ends with, by its first two words; 0 without. */
  readonly exits?: Readonly<Record<string, number>>
  /** What it answers when it is checked. */
  readonly refuses?: Readonly<Record<string, string>>
  /** Whether the service answers, one after the other. */
  readonly serves?: readonly boolean[]
  /** What is answered to a check that finds nothing wrong. */
  readonly answers?: Readonly<Record<string, object>>
  readonly facts?: Facts
  /** What trying a server finds. */
  readonly reached?: Reached
}

async function wizard(
  given: Texts,
  {
    request = {},
    person,
    exits = {},
    refuses = {},
    serves = [],
    answers = {},
    facts = flat,
    reached = 'open',
  }: Trial = {},
) {
  const served = [...serves]
  const ran: string[] = []
  const asked: string[] = []
  const printed: string[] = []
  const warned: string[] = []
  const tried: string[] = []
  let held = 0
  const name = (command: readonly string[]) => command.slice(0, 2).join(' ')
  const commands: OwnCommands = {
    run: async (command) => {
      ran.push(command.join(' '))
      return {exit: exits[name(command)] ?? 0, said: ''}
    },
    ask: async (command) => {
      asked.push(command.join(' '))
      const message = command.includes('--dry-run') ? refuses[name(command)] : undefined
      if (message === undefined) return {exit: 0, said: '', answer: JSON.stringify(answers[name(command)] ?? {})}
      const code = /already/.test(message) ? `${command[0]}-exists` : 'refused'
      const so = /as asked/.test(message) ? '-as-asked' : ''
      const error = {code: `${code}${so}`, exit: 4, message, hint: null, problems: []}
      return {exit: 4, said: '', answer: JSON.stringify({error})}
    },
    interrupted: false,
    hold: () => {
      held++
    },
    release: () => {
      held--
    },
  }
  const outcome = await runWizard(
    {given, dryRun: false, yes: false, netns: undefined, ...request},
    {
      facts,
      person,
      commands,
      reach: async ({address, port}) => {
        tried.push(`${address}:${port}`)
        return reached
      },
      verify: async () => {
        const ok = served.shift() ?? true
        return {ok, line: ok ? 'it serves' : 'no answer'}
      },
      print: (line) => {
        printed.push(line)
      },
      note: () => {},
      warn: (problems) => {
        warned.push(...problems.map(({message}) => message))
      },
    },
  ).catch((error: unknown) => ({error: error as Error & {code?: string; exit?: number; problems?: readonly unknown[]}}))
  expect(held).toBe(0)
  return {
    ran,
    asked,
    printed: printed.join('\n'),
    warned,
    tried,
    ...(outcome as {error?: Error & {code?: string; exit?: number}}),
    outcome,
  }
}

const steps = [
  'director setup --vip 192.168.1.200 --dev eth0',
  'service add -t 192.168.1.200:80 -s wlc',
  'server add -t 192.168.1.200:80 -r 192.168.1.111 -g -w 1',
]

describe('nobody can be asked', () => {
  test('with all answers and --yes it is done, after everything was checked', async () => {
    const {ran, asked, printed, outcome} = await wizard(dr, {request: {yes: true}})
    expect(ran).toEqual(steps)
    expect(asked).toEqual([`${steps[0]} --dry-run --json`, `${steps[1]} --dry-run --json`, 'director status'])
    expect(printed).toContain('✓ it serves')
    expect(outcome).toMatchObject({shape: {changed: true, dryRun: false, served: true, answers: {device: 'eth0'}}})
  })

  test('without --yes nothing is done', async () => {
    const {ran, error} = await wizard(dr)
    expect(error).toMatchObject({code: 'consent-missing', exit: 2})
    expect(ran).toEqual([])
  })

  test('what is missing is told, all of it', async () => {
    const {ran, error} = await wizard({service: '192.168.1.200:80'}, {request: {yes: true}})
    expect(error).toMatchObject({code: 'answers-missing', exit: 2})
    expect(error?.message).toContain('--server, --method, --role')
    expect(ran).toEqual([])
  })

  test('what is wrong is told, all of it', async () => {
    const {error} = await wizard({...dr, scheduler: 'wrrr', device: 'eth9'}, {request: {yes: true}})
    expect(error).toMatchObject({exit: 2, problems: [{code: 'scheduler-unknown'}, {code: 'interface-unknown'}]})
  })

  test('a dry run checks, shows the plan and does nothing', async () => {
    const {ran, asked, printed, outcome} = await wizard(dr, {request: {dryRun: true}})
    expect([ran, asked.length]).toEqual([[], 2])
    expect(printed).toContain('nothing was changed (dry run)')
    expect(outcome).toMatchObject({shape: {changed: false, dryRun: true}})
  })

  test('what a command has against it ends it before anything is done', async () => {
    const {ran, error} = await wizard(dr, {request: {yes: true}, refuses: {'service add': 'it exists already'}})
    expect(error).toMatchObject({
      exit: 4,
      message: 'lvsctl service add -t 192.168.1.200:80 -s wlc: it exists already',
    })
    expect(ran).toEqual([])
  })

  test('answers that nothing asks for are told', async () =>
    expect((await wizard({...dr, gateway: '192.168.1.114'}, {request: {yes: true}})).warned).toEqual([
      '--gateway is not used: nothing asks for it with these answers',
    ]))

  test('in a namespace every command is about that', async () => {
    const {ran, asked} = await wizard(dr, {request: {yes: true, netns: 'blue'}})
    for (const line of [...ran, ...asked]) expect(line).toMatch(/ --netns blue$/)
  })

  test('another host: nothing is done, and no yes is needed', async () => {
    const {ran, printed, outcome} = await wizard({...dr, role: 'other'})
    expect(ran).toEqual([])
    expect(printed).toContain('nothing is to be done on this host')
    expect(printed).toContain('on the director:')
    expect(outcome).toMatchObject({shape: {changed: false}})
  })
})

describe('a person', () => {
  test('says yes', async () => expect((await wizard(dr, {person: personSaying(...rest, 'yes')})).ran).toEqual(steps))

  test('says no', async () => {
    const {ran, error} = await wizard(dr, {person: personSaying(...rest, 'no')})
    expect(error).toMatchObject({code: 'declined', exit: 2})
    expect(ran).toEqual([])
  })

  test('Enter is no yes', async () =>
    expect((await wizard(dr, {person: personSaying(...rest, '')})).error).toMatchObject({code: 'declined'}))

  test('goes back from the plan, and sees another', async () => {
    const person = personSaying(...rest, '<', '/root/rules', 'y')
    const {ran} = await wizard(dr, {person})
    expect(ran).toEqual([...steps, 'save /root/rules'])
  })

  test('is asked to go back from what cannot be done', async () => {
    const refuses = {'service add': 'it exists already'}
    const person = personSaying(...rest, '<', '', '')
    const {ran, error} = await wizard(dr, {person, refuses})
    expect(person.heard.filter((line) => line.startsWith('✗'))).toEqual(
      Array(2).fill('✗ lvsctl service add -t 192.168.1.200:80 -s wlc: it exists already'),
    )
    expect(error).toMatchObject({exit: 4})
    expect(ran).toEqual([])
  })

  test('is asked for the other hosts while the service does not answer', async () => {
    const {printed, outcome} = await wizard(dr, {
      person: personSaying(...rest, 'yes', '', 'y', 'yes'),
      serves: [false, false, true],
    })
    expect(printed.match(/^[!✓] (no answer|it serves)$/gm)).toEqual(['! no answer', '! no answer', '✓ it serves'])
    expect(outcome).toMatchObject({shape: {changed: true, served: true}})
  })

  test.each([['no'], ['<'], []])('leaves it so (%s)', async (...answers) => {
    const {ran, outcome} = await wizard(dr, {person: personSaying(...rest, 'yes', ...answers), serves: [false]})
    expect(ran).toEqual(steps)
    expect(outcome).toMatchObject({shape: {changed: true, served: false}})
  })

  test('is gone', async () => {
    const {ran, error} = await wizard(dr, {person: personSaying(...rest)})
    expect(error).toBeInstanceOf(Interrupted)
    expect(ran).toEqual([])
  })
})

test('a command that fails: exit 7, and what was done is taken back', async () => {
  const {ran, error} = await wizard(dr, {request: {yes: true}, exits: {'server add': 4}})
  expect(ran).toEqual([
    ...steps,
    'service delete -t 192.168.1.200:80',
    'director teardown --vip 192.168.1.200 --dev eth0',
  ])
  expect(error).toMatchObject({code: 'wizard-failed', exit: 7})
  expect(error?.message).toContain('what was done before is taken back')
})

test('the first one fails: its own exit code, nothing was changed', async () => {
  const {error} = await wizard(dr, {request: {yes: true}, exits: {'director setup': 5}})
  expect(error).toMatchObject({exit: 5})
  expect(error?.message).toContain('nothing was changed')
})

test('what could not be taken back is said', async () => {
  const {error} = await wizard(dr, {request: {yes: true}, exits: {'server add': 4, 'service delete': 1}})
  expect(error?.message).toContain('what is left: lvsctl service delete -t 192.168.1.200:80')
})

test.each([
  ['an address', {steps: [{line: 'arping'}], warnings: [{code: 'vip-present'}]}],
  ['everything', {steps: [], warnings: []}],
])('%s that was there before is not taken back', async (_what, answer) => {
  const {ran} = await wizard(dr, {
    request: {yes: true},
    exits: {'server add': 4},
    answers: {'director setup': answer},
  })
  expect(ran).toEqual([...steps, 'service delete -t 192.168.1.200:80'])
})

test('who may change nothing is told so before the first question', async () => {
  const person = personSaying()
  await wizard({}, {person, facts: {...flat, mayChange: false}})
  expect(person.heard.find((line) => line.startsWith('!'))).toContain('this is not root')
})

describe('what is there already', () => {
  const again = {'service add': 'already there as asked', 'server add': 'already there as asked'}

  test('as asked is skipped, and said', async () => {
    const {ran, printed, outcome} = await wizard(dr, {request: {yes: true}, refuses: again})
    expect(ran).toEqual([steps[0]])
    expect(printed).toContain(`there already as asked, and left alone:\n  lvsctl ${steps[1]}\n  lvsctl ${steps[2]}\n`)
    expect(outcome).toMatchObject({shape: {here: [{there: false}, {there: true}, {there: true}]}})
  })

  test('without a server: that one is added, and is all that is taken back', async () => {
    const refuses = {'service add': 'already there as asked'}
    const {ran, asked} = await wizard(dr, {request: {yes: true}, refuses, exits: {save: 1}})
    expect(ran).toEqual([steps[0], steps[2]])
    expect(asked).toContain(`${steps[2]} --dry-run --json`)
    const failing = await wizard(
      {...dr, keep: '/root/rules'},
      {request: {yes: true}, refuses, exits: {'save /root/rules': 1}},
    )
    expect(failing.ran.slice(-2)).toEqual([
      'server delete -t 192.168.1.200:80 -r 192.168.1.111',
      'director teardown --vip 192.168.1.200 --dev eth0',
    ])
  })

  test('otherwise than asked is told, all of it, and nothing is done', async () => {
    const refuses = {'service add': 'already there, rr', 'server add': 'already there, weight 3'}
    const {ran, error} = await wizard(dr, {request: {yes: true}, refuses})
    expect(error).toMatchObject({exit: 4, problems: [{code: 'service-exists'}, {code: 'server-exists'}]})
    expect(error).toMatchObject({hint: 'Nothing was changed'})
    expect(ran).toEqual([])
  })
})

describe('servers that nobody typed', () => {
  test('are tried, and those that do not answer are told', async () => {
    const {tried, warned, outcome} = await wizard(dr, {request: {yes: true}, reached: 'refused'})
    expect(tried).toEqual(['192.168.1.111:80'])
    expect(warned).toEqual(['192.168.1.111 is there, on the network of eth0, and nothing listens on port 80'])
    expect(outcome).toMatchObject({warnings: [{code: 'server-refuses'}]})
  })

  test('are tried once, before a person sees the plan', async () => {
    const person = personSaying(...rest, '<', 'no', 'no')
    const {tried} = await wizard(dr, {person, reached: 'silent'})
    expect(tried).toEqual(['192.168.1.111:80'])
    expect(person.heard.filter((line) => line.startsWith('! no answer'))).toHaveLength(1)
  })

  test('are not where no connection can be tried', async () =>
    expect((await wizard({...dr, service: 'udp://192.168.1.200:53'}, {request: {yes: true}})).tried).toEqual([]))
})
