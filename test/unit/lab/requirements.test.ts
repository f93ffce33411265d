import {expect, test} from 'vitest'
import {
  findCommand,
  type Machine,
  missingRequirements,
  requireLab,
  requirements,
} from '../../../src/lab/requirements.ts'

const machine = (missing: string[], rest: Partial<Machine> = {}): Machine => ({
  arch: 'x64',
  hasCommand: (name) => !missing.includes(name),
  hasUmlModules: () => true,
  ...rest,
})

const complaint = (check: () => void) => {
  try {
    check()
  } catch (error) {
    const {message, hint, exit, code} = error as {message: string; hint: string; exit: number; code: string}
    return {message, hint, exit, code}
  }
  return undefined
}

test('nothing is said where nothing is missing', () => {
  expect(complaint(() => requireLab(['lab', 'demo', 'tests'], machine([])))).toBeUndefined()
})

test.each([
  [['linux.uml'], 'the lab needs linux.uml, which is not installed here', 'apt-get install user-mode-linux'],
  [
    ['linux.uml', 'insmod', 'ip'],
    'the lab needs linux.uml, insmod, and ip, which are not installed here',
    'apt-get install user-mode-linux kmod iproute2',
  ],
])('%s missing: one sentence and the line that helps', (missing, message, hint) => {
  expect(complaint(() => requireLab(['lab'], machine(missing)))).toEqual({
    message,
    hint,
    exit: 6,
    code: 'lab-requirements',
  })
})

test('a kernel without its modules counts as missing', () => {
  expect(complaint(() => requireLab(['lab'], machine([], {hasUmlModules: () => false})))?.hint).toBe(
    'apt-get install user-mode-linux',
  )
})

test('only what the purpose needs is asked for', () => {
  const bare = machine(['curl', 'tcpdump'])
  expect(missingRequirements(['lab'], bare)).toEqual([])
  expect(missingRequirements(['lab', 'demo'], bare).map((one) => one.package)).toEqual(['curl'])
  expect(missingRequirements(['lab', 'demo', 'tests'], bare).map((one) => one.package)).toEqual(['curl', 'tcpdump'])
})

test('other processors are told so, not sent to apt', () => {
  expect(complaint(() => requireLab(['lab'], machine([], {arch: 'arm64'})))).toMatchObject({
    code: 'lab-unsupported',
    exit: 6,
    message: expect.stringContaining('arm64'),
    hint: undefined,
  })
})

test('each program is listed once, with a reason', () => {
  expect(new Set(requirements.map(({command}) => command)).size).toBe(requirements.length)
  expect(requirements.filter(({why}) => why.length < 8)).toEqual([])
})

test('programs are found along PATH and in the sbin folders', () => {
  expect(findCommand('sh', '/nowhere:/bin')).toBe('/bin/sh')
  expect(findCommand('sh', '')).toMatch(/bin\/sh$/)
  expect(findCommand('no-such-program-anywhere')).toBeUndefined()
})
