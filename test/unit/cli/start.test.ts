// How the program starts, in processes of its own: from the bundle through bin/lvsctl and from source, on a Node that is
// too old, unbuilt, with a reader who goes away. What no command answers: help, versions, words that are no command.

import {spawn, spawnSync} from 'node:child_process'
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import packageJson from '../../../package.json' with {type: 'json'}

const root = join(import.meta.dirname, '..', '..', '..')
const bin = join(root, 'bin', 'lvsctl')
const table = [
  'IP Virtual Server version 1.2.1 (size=4096)',
  'Prot LocalAddress:Port Scheduler Flags',
  '  -> RemoteAddress:Port Forward Weight ActiveConn InActConn',
  'TCP  C0A801C8:1F90 wrr  ',
  `  -> C0A80173:1F90      ${'Route'.padEnd(7)} ${'1'.padEnd(6)} ${'10'.padEnd(10)} ${'3'.padEnd(10)}`,
  '',
].join('\n')

let folder = ''
/** A preload that makes a Node say that it is another. */
let pretending = ''
const env = {...process.env, NO_COLOR: '1'}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvsctl-unit-'))
  pretending = join(folder, 'pretending.cjs')
  writeFileSync(
    pretending,
    `const versions = {...process.versions, node: process.env.PRETEND}
Object.defineProperty(process, 'versions', {value: versions})
Object.defineProperty(process, 'version', {value: 'v' + versions.node})`,
  )
  mkdirSync(join(folder, 'proc', 'net'), {recursive: true})
  writeFileSync(join(folder, 'proc', 'net', 'ip_vs'), table)
  Object.assign(env, {LVSCTL_PROC: join(folder, 'proc')})
})
afterAll(() => rmSync(folder, {recursive: true}))

function run(argv: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const {status, stdout, stderr} = spawnSync(process.execPath, argv, {encoding: 'utf8', env: {...env, ...more}})
  return {status, stdout, stderr}
}

const sources = join(root, 'src', 'entry', 'main.ts')
const lvsctl = (...argv: readonly string[]) => run([bin, ...argv])

describe.each([
  ['the bundle', bin],
  ['the sources', sources],
])('%s', (_name, program) => {
  test('a command', () => {
    const stdout = 'tcp://192.168.1.200:8080\twrr\t-\t1\t10\t3\n'
    expect(run([program, 'service', 'list'])).toMatchObject({status: 0, stdout})
  })

  test('--version', () => {
    const stdout = `lvsctl/${packageJson.version} linux-${process.arch} node-${process.version}\n`
    expect(run([program, '--version'])).toEqual({status: 0, stdout, stderr: ''})
  })
})

test('help says the same from the sources and from what the build made of them', () => {
  const help = lvsctl('service', 'add', '--help')
  expect(help).toMatchObject({status: 0, stderr: '', stdout: expect.stringContaining('EXAMPLES')})
  expect(run([sources, 'service', 'add', '--help'])).toEqual(help)
})

test.each([
  [[], 'TOPICS'],
  [['--help'], 'TOPICS'],
  [['help'], 'TOPICS'],
  [['service'], 'lvsctl service COMMAND'],
  [['service', '--help'], 'lvsctl service COMMAND'],
  [['service', 'list', '--help'], 'lvsctl service list ['],
  [['service', 'list', '-h'], 'lvsctl service list ['],
  [['help', 'service', 'list'], 'lvsctl service list ['],
])('help: %j', (argv, part) => {
  const {status, stdout, stderr} = lvsctl(...argv)
  expect({status, stderr}).toEqual({status: 0, stderr: ''})
  expect(stdout).toContain(part)
  expect(stdout).not.toContain('undefined')
})

test.each([
  ['servce', 'no command "servce"', 'Did you mean lvsctl service?'],
  ['service lst', 'no command "service lst"', 'Did you mean lvsctl service list? All: lvsctl service --help'],
  ['service lst --help', 'no command "service lst"', 'Did you mean lvsctl service list?'],
  ['srvice list', 'no command "srvice list"', 'Did you mean lvsctl service list?'],
  ['teardown', 'no command "teardown"', 'lvsctl director teardown or lvsctl realserver teardown'],
  ['xyzzy', 'no command "xyzzy"', 'All: lvsctl --help'],
  ['-t 192.0.2.10:80', 'a command comes first', 'All: lvsctl --help'],
  ['service -t 192.0.2.10:80', 'needs a verb before -t: add, delete', 'All: lvsctl service --help'],
  ['service list --sorted', 'service list has no option --sorted', '--sort'],
])('wrong words: %s', (line, message, hint) => {
  const {status, stdout, stderr} = lvsctl(...line.split(' '))
  expect({status, stdout}).toEqual({status: 2, stdout: ''})
  expect(stderr).toContain(`✗ `)
  expect(stderr).toContain(message)
  expect(stderr).toContain(hint)
})

test('wrong words for a program', () => {
  const {status, stdout, stderr} = lvsctl('servce', '--json')
  expect({status, stderr}).toEqual({status: 2, stderr: ''})
  expect(JSON.parse(stdout)).toMatchObject({error: {code: 'command-unknown', exit: 2}})
})

test.each(['list', 'service list --help', '--version'])('%s: a reader who goes away is no error', async (line) => {
  const child = spawn(process.execPath, [bin, ...line.split(' ')], {env, stdio: ['ignore', 'pipe', 'pipe']})
  child.stdout.destroy()
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const status = await new Promise((resolve) => child.on('close', resolve))
  expect({status, stderr}).toEqual({status: 0, stderr: ''})
})

test('a full disk is no fault of ours', () => {
  const {status, stderr} = spawnSync('sh', ['-c', `'${process.execPath}' '${bin}' list > /dev/full`], {
    env,
    encoding: 'utf8',
  })
  expect({status, stderr}).toEqual({
    status: 1,
    stderr: '✗ no space left to write to\n  What was written is not whole. How full it is: df -h\n',
  })
})

test.skipIf(process.getuid?.() === 0)('a file of somebody else is no fault of ours', () => {
  const closed = join(folder, 'closed')
  mkdirSync(join(closed, 'net'), {recursive: true})
  for (const file of ['ip_vs', 'ip_vs_conn']) {
    writeFileSync(join(closed, 'net', file), '', {mode: 0})
    const {status, stderr} = run([bin, ...(file === 'ip_vs' ? ['list'] : ['connections', 'list'])], {
      LVSCTL_PROC: closed,
    })
    expect({status, stderr}).toEqual({
      status: 5,
      stderr: `✗ not permitted: ${join(closed, 'net', file)} is for others\n  Try: sudo lvsctl …\n`,
    })
  }
})

test('a fault where nobody waits for it: one line, exit 1', () => {
  const preload = join(folder, 'fault.cjs')
  writeFileSync(preload, `setTimeout(() => { throw new Error('out of the blue') }, 20); setTimeout(() => {}, 5000)`)
  const {status, stderr} = run(['-r', preload, bin, '--version'])
  expect(status).toBe(1)
  expect(stderr).toMatch(/^✗ unexpected: out of the blue\n {2}.*--verbose.*\n$/)
})

describe('on an old Node', () => {
  /** bin/lvsctl somewhere else, with or without what lies beside it here. */
  function elsewhere(name: string, ...beside: readonly string[]): string {
    const project = join(folder, name)
    mkdirSync(join(project, 'bin'), {recursive: true})
    for (const file of ['lvsctl', 'package.json']) copyFileSync(join(root, 'bin', file), join(project, 'bin', file))
    writeFileSync(join(project, 'package.json'), '{"type": "module"}')
    for (const one of beside) symlinkSync(join(root, one), join(project, one))
    return join(project, 'bin', 'lvsctl')
  }

  test.each(['4.9.1', '18.20.4', '22.11.0'])('%s: says what it needs and what it found', (version) => {
    const program = elsewhere(`old-${version}`, 'dist')
    const {status, stdout, stderr} = run(['-r', pretending, program, '--version'], {PRETEND: version})
    expect({status, stdout}).toEqual({status: 1, stdout: ''})
    expect(stderr).toBe(`lvsctl needs Node.js 22.12 or newer; this is v${version} (${process.execPath})\n`)
  })

  test.each(['22.12.0', '22.20.1', '24.0.0', '30.1.0'])('%s is new enough', (version) => {
    const program = elsewhere(`new-${version}`, 'dist')
    const {status, stdout} = run(['-r', pretending, program, '--version'], {PRETEND: version})
    expect({status, stdout}).toEqual({status: 0, stdout: expect.stringContaining(`node-v${version}`)})
  })

  test('goes on with the pinned one where it lies beside', () => {
    const {status, stdout} = run(['-r', pretending, bin, '--version'], {PRETEND: '20.1.0'})
    expect({status, stdout}).toEqual({status: 0, stdout: expect.stringContaining(`node-${process.version}`)})
    expect(run(['-r', pretending, bin, 'servce'], {PRETEND: '20.1.0'}).status).toBe(2)
  })

  test('a signal comes to the pinned one, and its end is ours', async () => {
    const project = join(folder, 'signalled')
    const program = elsewhere('signalled')
    mkdirSync(join(project, 'node_modules', 'node', 'bin'), {recursive: true})
    const pinned = join(project, 'node_modules', 'node', 'bin', 'node')
    writeFileSync(pinned, '#!/bin/sh\necho started\nexec sleep 20\n', {mode: 0o755})
    const child = spawn(process.execPath, ['-r', pretending, program], {env: {...env, PRETEND: '20.1.0'}})
    child.stdout.once('data', () => child.kill('SIGTERM'))
    const [code, signal] = await new Promise<readonly unknown[]>((resolve) =>
      child.on('close', (...end) => resolve(end)),
    )
    expect([code, signal]).toEqual([null, 'SIGTERM'])
  })

  test('a signal in the moment of the start leaves nobody behind', async () => {
    const program = elsewhere('at-once')
    const folderOfNode = join(folder, 'at-once', 'node_modules', 'node', 'bin')
    mkdirSync(folderOfNode, {recursive: true})
    writeFileSync(join(folderOfNode, 'node'), '#!/bin/sh\nexec sleep 20\n', {mode: 0o755})
    const atOnce = join(folder, 'at-once.cjs')
    writeFileSync(
      atOnce,
      `const processes = require('child_process')
const {spawn} = processes
processes.spawn = (...words) => {
  const child = spawn(...words)
  process.kill(process.pid, 'SIGTERM')
  return child
}`,
    )
    const child = spawn(process.execPath, ['-r', pretending, '-r', atOnce, program], {
      env: {...env, PRETEND: '20.1.0'},
    })
    // Until whoever has the streams is gone.
    const end = await new Promise((resolve) => child.on('close', (...end) => resolve(end)))
    expect(end).toEqual([null, 'SIGTERM'])
  })

  test.runIf(existsSync('/usr/bin/node'))("the machine's own node starts it, whatever its age", () => {
    const {status, stdout} = spawnSync('/usr/bin/node', [bin, '--version'], {encoding: 'utf8', env})
    expect({status, stdout}).toEqual({status: 0, stdout: expect.stringContaining('lvsctl/')})
  })

  test('not built: says how to', () => {
    const {status, stderr} = run([elsewhere('unbuilt'), '--version'])
    expect({status, stderr}).toEqual({
      status: 1,
      stderr: `lvsctl has not been built. Run: npm run build (in ${join(folder, 'unbuilt')})\n`,
    })
  })
})

test('a Node with options of its own runs it as well', () => {
  const {status, stdout} = run(['--no-opt', bin, 'service', 'list'])
  expect({status, stdout}).toEqual({status: 0, stdout: expect.stringContaining('tcp://192.168.1.200:8080')})
})
