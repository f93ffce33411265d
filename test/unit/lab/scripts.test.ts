import {execFileSync} from 'node:child_process'
import {expect, test} from 'vitest'
import {agentScript, bashrc, guestCommands, initScript, jobScript} from '../../../src/lab/guest-scripts.ts'
import {interpreter} from '../../../src/lab/run-script.ts'
import {shellQuote, shellWords} from '../../../src/lab/shell-quote.ts'
import {umlArguments} from '../../../src/lab/uml.ts'

test.each<[name: string, text: string, shell: string]>([
  ['init', initScript('/tmp/lab-1'), 'sh'],
  ['agent', agentScript(), 'bash'],
  ['job', jobScript(), 'sh'],
  ['bashrc', bashrc(), 'bash'],
  ...Object.entries(guestCommands(['/opt/node', '/opt/lvsctl'])).map(([name, text]): [string, string, string] => [
    name,
    text,
    'sh',
  ]),
])('%s is a script that its shell can parse', (_, text, shell) => {
  execFileSync(shell, ['-n'], {input: text})
})

test('lvsctl in the guest is the command it was given, quoted', () => {
  expect(guestCommands(['/opt/my node', '/opt/lvsctl']).lvsctl).toBe(
    `#!/bin/sh\nexec '/opt/my node' /opt/lvsctl "$@"\n`,
  )
})

test.each([
  ['', "''"],
  ['plain-1.2/x:y', 'plain-1.2/x:y'],
  ['two words', "'two words'"],
  ["it's", "'it'\\''s'"],
  ['$HOME`id`\n', "'$HOME`id`\n'"],
])('quoting %j', (word, quoted) => {
  expect(shellQuote(word)).toBe(quoted)
  expect(execFileSync('sh', ['-c', `printf %s ${quoted}`], {encoding: 'utf8'})).toBe(word)
})

test('words keep their borders', () => {
  expect(shellWords(['lvsctl', 'service', 'add', '-t', '[2001:db8::1]:80'])).toBe(
    `lvsctl service add -t '[2001:db8::1]:80'`,
  )
})

test.each([
  ['echo hi', ['sh']],
  ['#!/bin/bash\n', ['/bin/bash']],
  ['#! /usr/bin/env  node \necho', ['/usr/bin/env', 'node']],
  ['#!/bin/sh -e -u\n', ['/bin/sh', '-e -u']],
  ['#!\necho', ['sh']],
])('interpreter of %j', (text, words) => expect(interpreter(text)).toEqual(words))

test('the terminal is attached only when asked for', () => {
  const options = {folder: {path: '/tmp/x', init: '/tmp/x/boot/init', preload: undefined}, memoryMiB: 256}
  expect(umlArguments({...options, terminal: true})).toContain('con1=fd:4')
  expect(umlArguments({...options, terminal: false}).join(' ')).not.toContain('con1')
  expect(umlArguments({...options, terminal: false})).toContain('mem=256M')
})
