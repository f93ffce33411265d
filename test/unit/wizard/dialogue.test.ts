// The conversation with a person whose answers are known: what is asked, in which order, and how it goes back.

import {describe, expect, test} from 'vitest'
import type {Texts} from '../../../src/wizard/answers.ts'
import {begun, converse, Interrupted} from '../../../src/wizard/dialogue.ts'
import {questions} from '../../../src/wizard/questions.ts'
import {wrap} from '../../../src/wizard/wrap.ts'
import {flat, personSaying, twoArms} from '../../support/wizard.ts'

async function talk(answers: readonly string[], {given = {}, facts = flat}: {given?: Texts; facts?: typeof flat} = {}) {
  const person = personSaying(...answers)
  const tried: string[] = []
  const tryServer = async ({address, port}: {address: string; port: number}) => {
    tried.push(`${address}:${port}`)
  }
  const {texts} = await converse(begun(given), {person, facts, tryServer})
  return {texts, tried, heard: person.heard, asked: person.heard.filter((line) => line.startsWith('? '))}
}

const whole = ['192.168.1.200:80', '192.168.1.111', '192.168.1.115 2', '', 'dr', 'rr', 'no', 'director', 'eth0', 'no']

test("in an operator's order", async () => {
  const {texts, asked, tried} = await talk(whole)
  expect(asked.map((line) => line.slice(2, 30))).toEqual([
    'What do clients connect to? ',
    'Real server? ADDRESS[:PORT] ',
    'Another real server? Enter: ',
    'Another real server? Enter: ',
    'How do packets get to the re',
    'Which server gets the next c',
    'Does a client stay with its ',
    'What is this host? director,',
    'On which interface do client',
    'Is it to be there after a re',
  ])
  expect(texts).toMatchObject({servers: '192.168.1.111, 192.168.1.115 2', method: 'dr', device: 'eth0'})
  expect(tried).toEqual(['192.168.1.111:80', '192.168.1.115:80'])
})

test('Enter takes what is proposed', async () =>
  expect(
    (await talk(['192.168.1.200:80', '10.0.0.111', '', '', '', '', '', '', '', '', ''], {facts: twoArms})).texts,
  ).toEqual({
    service: '192.168.1.200:80',
    servers: '10.0.0.111',
    method: 'nat',
    scheduler: 'wlc',
    persistence: 'no',
    role: 'director',
    device: 'eth0',
    masquerade: 'no',
    gateway: '10.0.0.1',
    keep: 'no',
  }))

test('what was given is not asked for', async () => {
  const given = {service: '192.168.1.200:80', servers: '192.168.1.111', method: 'dr', role: 'other', persistence: 'no'}
  expect((await talk(['wlc'], {given})).asked).toEqual(['? Which server gets the next client? A scheduler (wlc)'])
})

test('Enter alone is no answer where nothing is proposed', async () => {
  const {heard, asked} = await talk(['', ...whole])
  expect(heard).toContain('  an answer is needed; ? explains')
  expect(asked).toHaveLength(whole.length + 1)
})

test('a wrong answer is asked for again, with what is wrong', async () => {
  const {texts, heard} = await talk(['192.168.1.300:80', ...whole])
  expect(heard).toContain('✗ 192.168.1.300 is not an IPv4 address: 300 is above 255')
  expect(texts.service).toBe('192.168.1.200:80')
})

test('a list of servers at once', async () => {
  const {texts, tried} = await talk(['192.168.1.200:80', '192.168.1.111, 192.168.1.115', ...whole.slice(3)])
  expect(texts.servers).toBe('192.168.1.111, 192.168.1.115')
  expect(tried).toHaveLength(2)
})

test('a given answer that does not go with a later one is asked for', async () => {
  const given = {service: '192.168.1.200:80', method: 'dr'}
  const {texts, heard} = await talk(['192.168.1.111:8080', '', 'nat', ...whole.slice(5), '', ''], {given})
  expect(heard).toContain('✗ gatewaying cannot change the port: the service is on 80, the server would be on 8080')
  expect(texts.method).toBe('nat')
})

describe('back', () => {
  test('to the question before, with what was answered', async () => {
    const {texts, asked} = await talk([...whole.slice(0, 6), '<', 'wrr', ...whole.slice(6)])
    expect(asked).toContain('? Which server gets the next client? A scheduler (rr)')
    expect(texts.scheduler).toBe('wrr')
  })

  test('among the servers: without the last one', async () => {
    const {texts, heard} = await talk([...whole.slice(0, 3), '<', '192.168.1.116', ...whole.slice(3)])
    expect(heard).toContain('  without 192.168.1.115 2')
    expect(texts.servers).toBe('192.168.1.111, 192.168.1.116')
  })

  test('to the servers, which Enter keeps', async () => {
    const {texts, asked} = await talk([...whole.slice(0, 4), 'back', '', '', ...whole.slice(4)])
    expect(asked).toContain('? Real server? ADDRESS[:PORT] [WEIGHT] (192.168.1.111, 192.168.1.115 2)')
    expect(texts.servers).toBe('192.168.1.111, 192.168.1.115 2')
  })

  test('not before the first', async () =>
    expect((await talk(['<', ...whole])).heard).toContain('  this is the first question'))

  test('another role, and its questions are others', async () =>
    expect((await talk([...whole.slice(0, 8), '<', 'other'])).texts).not.toHaveProperty('device'))
})

test('? explains every question', async () => {
  const {heard} = await talk(whole.flatMap((answer) => ['?', answer]))
  const asked = ['service', 'servers', 'method', 'scheduler', 'persistence', 'role', 'device', 'keep'] as const
  for (const key of asked)
    for (const line of wrap(questions[key].explains.map((one) => `  ${one}`))) expect(heard).toContain(line)
})

test('nothing that is said is wider than a terminal', async () => {
  const {heard} = await talk(['?', ...whole.flatMap((answer) => ['?', answer])])
  expect(Math.max(...heard.filter((line) => line.startsWith('  ')).map((line) => line.length))).toBeLessThanOrEqual(79)
})

test('Ctrl-C ends it', async () => expect(talk(whole.slice(0, 3))).rejects.toThrow(Interrupted))
