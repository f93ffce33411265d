// The wizard's command: options and files, what a person is shown, how it ends. What it decides is tested in its room.

import {expect, test} from 'vitest'
import {lvsctl, machine} from '../../support/run-command.ts'
import {hostWith} from '../../support/wizard.ts'

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
