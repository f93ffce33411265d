// `lvsctl complete`, the program that the scripts call: the built one and the sources, in processes of their own.

import {spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {afterAll, expect, test, vi} from 'vitest'
import {shellFolder} from '../../support/completion.ts'

// Processes, on a machine that may have others to run.
vi.setConfig({testTimeout: 30_000})

const root = join(import.meta.dirname, '..', '..', '..')
const bin = join(root, 'bin', 'lvsctl')
const sources = join(root, 'src', 'entry', 'main.ts')

const here = shellFolder()
afterAll(() => here.remove())

function run(program: string, argv: readonly string[], env: NodeJS.ProcessEnv = here.env) {
  const {status, stdout, stderr} = spawnSync(process.execPath, [program, ...argv], {env, encoding: 'utf8'})
  return {status, stdout, stderr}
}

const quiet = {status: 0, stdout: '', stderr: ''}

const aLine = ['service', 'show', 'u']
const itsAnswer = 'words\nudp://192.168.1.200:53\trr, one-packet, 0 servers\n'

test.each([
  [aLine, itsAnswer],
  [['lab', 'run', ''], 'files \n'],
  // Words of the line are words, whatever they are to lvsctl itself.
  [['--version', 'service', ''], ''],
  [['service', 'show', '--json', '--help', '--', 'udp'], itsAnswer],
  [['help', 'service', 'z'], 'words\nzero\tSet the counters of a service, or of all of them, back to zero\n'],
])('%j', (words, stdout) => expect(run(bin, ['complete', 'fish', '', ...words])).toEqual({...quiet, stdout}))

test('the sources say the same', () => {
  expect(run(sources, ['complete', 'fish', '', ...aLine])).toEqual({...quiet, stdout: itsAnswer})
})

test.each([
  [[]],
  [['bash']],
  [['nonsense', '', 'service', 'show', 'x']],
  [['bash', '', 'service', 'show', '--netns', 'no-such-namespace', 'tcp']],
  [['bash', 'behind', 'service', 'show', 'tcp']],
  [['bash', '', 'constructor', '']],
  [['bash', '', '__proto__', '__proto__', '']],
])('nothing to say is said in silence: %j', (argv) => {
  const {status, stderr} = run(bin, ['complete', ...argv])
  expect({status, stderr}).toEqual({status: 0, stderr: ''})
})

test('a table that is not there is told to nobody', () => {
  expect(run(bin, ['complete', 'bash', '', 'service', 'show', 'tcp'], {...here.env, LVSCTL_PROC: '/no/such'})).toEqual(
    quiet,
  )
})
