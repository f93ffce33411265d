// realserver script: what is printed, and what is refused before anything is.

import {expect, test} from 'vitest'
import {lvsctl} from '../../support/run-command.ts'

test('the script alone goes to stdout, and says how it was made', async () => {
  const {stdout, stderr, exit} = await lvsctl('realserver script --vip 192.168.1.200 --vip 2001:db8::200')
  expect({stderr, exit}).toEqual({stderr: '', exit: 0})
  expect(stdout).toMatch(/^#!\/bin\/sh\n/)
  expect(stdout).toContain('\n#   lvsctl realserver script --vip 192.168.1.200,2001:db8::200\n')
})

test('--json has the request and the script', async () => {
  const {stdout} = await lvsctl('realserver script --method nat --gateway 10.0.0.1 --json')
  expect(JSON.parse(stdout)).toMatchObject({
    method: 'nat',
    gateways: ['10.0.0.1'],
    script: expect.stringContaining('\n  plan_gateway 4 10.0.0.1\n'),
  })
})

test.each([
  ['no VIP', '', 'vip-missing'],
  ['what set-up refuses', '--method nat --vip 192.168.1.200 --gateway 10.0.0.1', 'vip-unexpected'],
  ['a word that a shell would run', "--vip 192.168.1.200 --interface '$(reboot)'", 'interface-name'],
  ['a name that is too long', '--vip 192.168.1.200 --arp-scope abcdefghijklmnop', 'interface-name'],
])('%s is refused, and nothing is printed', async (_what, options, code) => {
  const {stdout, exit} = await lvsctl(`realserver script ${options} --json`)
  expect({code: JSON.parse(stdout).error.code, exit}).toEqual({code, exit: 2})
})
