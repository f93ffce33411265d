// The lab itself: what a guest does with commands, how it ends, what it leaves behind, and that its networks carry traffic.

import {type ChildProcess, spawn} from 'node:child_process'
import {createHash} from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {PassThrough} from 'node:stream'
import {text} from 'node:stream/consumers'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {bootGuest} from '../../src/lab/guest.ts'
import {projectRoot} from '../../src/lab/project.ts'
import {runScript} from '../../src/lab/run-script.ts'
import {dr, nat, topologies, topologyNames} from '../../src/lab/topologies.ts'
import {buildTopology} from '../../src/lab/topology.ts'
import {findXstateShim} from '../../src/lab/xstate-shim.ts'
import {useLab} from '../support/lab.ts'

const root = projectRoot()

/** Living processes of a guest: all of them carry its folder on their command line. Zombies are dead. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
      } catch {
        return false
      }
    })
}

function openFiles(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
}

async function eventually(what: () => boolean, patienceMs = 5000): Promise<boolean> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await sleep(20)) if (what()) return true
  return false
}

describe('commands in a guest', () => {
  const lab = useLab(undefined, {lvsctl: ['echo', 'lvsctl was called with', 'two words:']})

  test.each([0, 1, 2, 42, 127, 255])('exit code %i', async (code) => {
    expect(await lab.guest.run(`exit ${code}`)).toEqual({stdout: '', stderr: '', code})
  })

  test('a command killed by a signal', async () => {
    expect((await lab.guest.run('kill -TERM $$')).code).toBe(128 + 15)
  })

  test('a command that the shell does not know', async () => {
    const result = await lab.guest.run('no-such-command')
    expect(result.code).toBe(127)
    expect(result.stderr).toMatch(/1: no-such-command: not found/)
  })

  test('stdout and stderr come back apart, byte for byte', async () => {
    const odd = 'tab\tnul\0del\x7fcr\r\nü → 日本 🧪\x1b[1mbold\x1b[0m no newline at the end'
    const result = await lab.guest.run('cat; cat >&2 <<END\nsecond\nEND', {input: odd})
    expect(result).toEqual({stdout: odd, stderr: 'second\n', code: 0})
  })

  test('1 MB of input comes back as 1 MB of output', async () => {
    let line = 0
    const input = Array.from({length: 20_000}, () => `${++line} ${'äöü€ '.repeat(6)}`).join('\n')
    expect(Buffer.byteLength(input)).toBeGreaterThan(1_000_000)
    const sum = createHash('sha256').update(input).digest('hex')
    const result = await lab.guest.run('tee /tmp/copy; sha256sum </tmp/copy >&2; rm /tmp/copy', {input})
    expect(result.stdout === input).toBe(true)
    expect(result.stderr).toBe(`${sum}  -\n`)
  })

  test('without input a command reads nothing', async () => {
    expect(await lab.guest.run('cat; echo end')).toEqual({stdout: 'end\n', stderr: '', code: 0})
  })

  test('variables arrive as they are', async () => {
    const value = `it's "quoted" $HOME\nsecond line`
    expect((await lab.guest.run('printf %s "$ODD"', {env: {ODD: value}})).stdout).toBe(value)
  })

  test('merged output keeps its order', async () => {
    const command = 'for i in 1 2 3; do echo out $i; echo err $i >&2; done'
    expect(await lab.guest.run(command, {merge: true})).toEqual({
      stdout: 'out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n',
      stderr: '',
      code: 0,
    })
  })

  test('output is heard while the command runs', async () => {
    let heard = ''
    let heardBeforeEnd = ''
    const run = lab.guest.run('echo first; while [ ! -e /tmp/go ]; do sleep 0.05; done; echo second', {
      onStdout: (chunk) => {
        heard += chunk
      },
    })
    expect(await eventually(() => heard !== '')).toBe(true)
    heardBeforeEnd = heard
    await lab.guest.run('touch /tmp/go')
    await run
    expect([heardBeforeEnd, heard]).toEqual(['first\n', 'first\nsecond\n'])
  })

  test('two commands run at once and answer in their own order', async () => {
    const order: string[] = []
    const slow = lab.guest.run('while [ ! -e /tmp/quick-was-here ]; do sleep 0.05; done').then(() => order.push('slow'))
    await lab.guest.run('touch /tmp/quick-was-here').then(() => order.push('quick'))
    await slow
    expect(order).toEqual(['quick', 'slow'])
  })

  test('a hundred commands at once', async () => {
    const results = await Promise.all(Array.from({length: 100}, (_, n) => lab.guest.run(`echo ${n}; exit ${n}`)))
    expect(results).toEqual(results.map((_, n) => ({stdout: `${n}\n`, stderr: '', code: n})))
  })

  test('a command over its deadline is killed with all that it started', async () => {
    const run = lab.guest.run('echo before; sleep 1234 & sleep 1234', {deadlineMs: 700})
    await expect(run).rejects.toMatchObject({
      code: 'lab-job-deadline',
      exit: 8,
      message: '`echo before; sleep 1234 & sleep 1234` was killed after 0.7 s; its output:\n  before',
    })
    expect((await lab.guest.run('cat /proc/[0-9]*/cmdline | tr "\\0" " " | grep -c "sleep 123[4] "')).stdout).toBe(
      '0\n',
    )
  })

  test('a daemon outlives the command that started it', async () => {
    await lab.on(undefined, 'setsid sleep 4321 >/dev/null 2>&1 &')
    await lab.on(undefined, 'cat /proc/[0-9]*/cmdline | tr "\\0" " " | grep "sleep 432[1] "')
  })

  test('SIGINT is not ignored by what a command starts', async () => {
    expect((await lab.guest.run(`sh -c 'kill -INT $$; echo survived'`)).stdout).toBe('')
  })

  test('bash can read what a command writes as a file', async () => {
    expect((await lab.on(undefined, 'bash -c "cat <(echo written)"')).stdout).toBe('written\n')
    expect((await lab.on(undefined, 'echo heard | cat /dev/stdin >/dev/stdout')).stdout).toBe('heard\n')
  })

  test('lvsctl and on are in PATH', async () => {
    expect((await lab.lvsctl(undefined, ['service', "it's"])).stdout).toBe(
      "lvsctl was called with two words: service it's\n",
    )
    await lab.on(undefined, 'ip netns add there && on there ip -o link show lo')
  })

  test('this Node runs in the guest', async () => {
    expect((await lab.on(undefined, `${process.execPath} -p 'process.version + process.getuid()'`)).stdout).toBe(
      `${process.version}0\n`,
    )
  })

  test('an unknown host is told by its name', async () => {
    const result = await lab.guest.run('true', {host: 'nowhere'})
    expect(result.code).not.toBe(0)
    expect(result.stderr).toContain('nowhere')
  })

  test('the results folder is shared both ways', async () => {
    writeFileSync(join(lab.guest.results, 'from-host'), 'hello')
    await lab.on(undefined, `cat ${lab.guest.resultsInGuest}/from-host >${lab.guest.resultsInGuest}/from-guest`)
    expect(readFileSync(join(lab.guest.results, 'from-guest'), 'utf8')).toBe('hello')
  })

  test('the machine around it is not written to', async () => {
    const passwd = readFileSync('/etc/passwd')
    const name = `lvsctl-lab-test-${process.pid}`
    const places = ['/etc', '/tmp', '/usr', '/home', root].map((folder) => join(folder, name))
    for (const place of places) await lab.on(undefined, `echo here >${place} && cat ${place}`)
    await lab.on(undefined, 'echo mallory >>/etc/passwd && rm /etc/hostname; grep mallory /etc/passwd')
    expect(places.filter((place) => existsSync(place))).toEqual([])
    expect(readFileSync('/etc/passwd').equals(passwd)).toBe(true)
    expect(existsSync('/etc/hostname')).toBe(true)
  })

  test('a failing helper says everything', async () => {
    await expect(lab.on(undefined, 'echo one; echo two >&2; exit 3')).rejects.toThrow(
      'guest# echo one; echo two >&2; exit 3\nexit code 3, expected 0\n--- stdout\none\n--- stderr\ntwo\n',
    )
    await expect(lab.on(undefined, 'exit 3', {exits: 3})).resolves.toMatchObject({code: 3})
    await expect(lab.on(undefined, 'true', {exits: 3})).rejects.toThrow('exit code 0, expected 3')
  })
})

describe.each(topologyNames)('network %s', (name) => {
  const lab = useLab(topologies[name])

  test('every host reaches every neighbour, IPv4 and IPv6', async () => {
    const {hosts} = topologies[name]
    for (const from of hosts) {
      const segments = new Set(from.interfaces.map(({segment}) => segment))
      const neighbours = hosts.flatMap(({interfaces}) => interfaces).filter(({segment}) => segments.has(segment))
      const addresses = neighbours.flatMap((one) => one.addresses.map((address) => address.replace(/\/.*/, '')))
      expect(addresses.length).toBeGreaterThan(3)
      await lab.on(from.name, addresses.map((address) => `ping -c 1 -W 2 ${address} >&2`).join(' &&\n'))
    }
  })

  test('real servers say their names over HTTP, IPv4 and IPv6', async () => {
    const from = name === 'nat' ? 'director' : 'client'
    for (const {name: host, interfaces, http} of topologies[name].hosts.filter((one) => one.http)) {
      for (const address of interfaces.flatMap((one) => one.addresses.map((one) => one.replace(/\/.*/, '')))) {
        const url = `http://${address.includes(':') ? `[${address}]` : address}:${http}/`
        expect((await lab.on(from, `curl -sS -m 5 -g ${url}`)).stdout).toBe(`${host}\n`)
      }
    }
  })

  test('lo is up everywhere', async () => {
    for (const {name: host} of topologies[name].hosts) {
      await lab.on(host, 'ping -c 1 -W 2 127.0.0.1 && ip -o link show lo up | grep lo')
    }
    await lab.on(undefined, 'ip -o link show lo up | grep lo')
  })

  test('the kernel loads IPVS and a scheduler by itself', async () => {
    await lab.on('director', 'ipvsadm -A -t 192.168.1.200:80 -s rr')
    expect((await lab.on('director', 'cat /proc/net/ip_vs')).stdout).toContain('TCP  C0A801C8:0050 rr')
    expect((await lab.on(undefined, 'cat /proc/net/ip_vs')).stdout).not.toContain('C0A801C8')
  })

  test('one forwarding method works end to end, which is what the network is for', async () => {
    const method = {dr: '-g', nat: '-m', tun: '-i'}[name]
    const vip = '192.168.1.200'
    const servers = topologies[name].hosts.filter((one) => one.http)
    await lab.on('director', `ip addr add ${vip}/32 dev eth0 && ipvsadm -A -t ${vip}:8080 -s rr`)
    for (const {name: host, interfaces} of servers) {
      const address = interfaces[0]?.addresses[0]?.replace(/\/.*/, '')
      await lab.on('director', `ipvsadm -a -t ${vip}:8080 -r ${address}:8080 ${method}`)
      if (name === 'nat') continue
      const quiet = 'echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore; echo 2 >/proc/sys/net/ipv4/conf/all/arp_announce'
      await lab.on(host, `${quiet}; ip addr add ${vip}/32 dev ${name === 'tun' ? 'tunl0' : 'lo'}`)
    }
    const {stdout} = await lab.on('client', `curl -sS -m 5 "http://${vip}:8080/index.html?[1-10]"`)
    expect(stdout.trim().split('\n').sort()).toEqual([...Array(5).fill('rs1'), ...Array(5).fill('rs2')])
  })
})

describe('the end of a guest', () => {
  test('close leaves nothing running and nothing on the disk', async () => {
    const guest = await bootGuest()
    const folder = dirname(guest.results)
    await guest.run(
      'sleep 1000 & sleep 1000 & mkdir -p /run/lab/results/deep/er && echo x >/run/lab/results/deep/er/file',
    )
    expect(processesOf(folder).length).toBeGreaterThan(2)
    // Its memory is a file without a name: nothing of it can stay behind.
    expect(openFiles(guest.pid).filter((file) => /^\/dev\/shm\/|vm_file/.test(file))).toEqual([
      expect.stringMatching(/ \(deleted\)$/),
    ])
    const waiting = guest.run('sleep 100')
    waiting.catch(() => {})
    await guest.close()
    expect(processesOf(folder)).toEqual([])
    expect(existsSync(folder)).toBe(false)
    await expect(waiting).rejects.toMatchObject({code: 'lab-closed'})
    await expect(guest.run('true')).rejects.toMatchObject({code: 'lab-closed'})
    await guest.close()
  })

  test('the folder stays when asked to', async () => {
    const guest = await bootGuest({keep: true})
    await guest.run('echo kept >/run/lab/results/file; echo said')
    await guest.close()
    expect(readFileSync(join(guest.results, 'file'), 'utf8')).toBe('kept\n')
    expect(readFileSync(join(dirname(guest.results), 'jobs', '1', 'out'), 'utf8')).toBe('said\n')
    rmSync(dirname(guest.results), {recursive: true})
  })

  test('a guest that no longer answers is killed, and its console is shown', async () => {
    const guest = await bootGuest({graceMs: 500})
    await guest.run('echo "last words" >/dev/console')
    expect(await eventually(() => guest.console().includes('last words'))).toBe(true)
    process.kill(-guest.pid, 'SIGSTOP')
    const other = guest.run('true', {deadlineMs: 60_000})
    other.catch(() => {})
    await expect(guest.run('echo hello', {deadlineMs: 300})).rejects.toMatchObject({
      code: 'lab-hung',
      exit: 8,
      message: expect.stringMatching(/no longer answers; `echo hello` was waiting; its console:.*last words/s),
    })
    await expect(other).rejects.toMatchObject({code: 'lab-hung'})
    expect(processesOf(dirname(guest.results))).toEqual([])
    expect(existsSync(guest.results)).toBe(false)
  })

  test('a kernel that panics is reported with its console', async () => {
    const guest = await bootGuest()
    await expect(guest.run('echo c >/proc/sysrq-trigger')).rejects.toMatchObject({
      code: 'lab-ended',
      message: expect.stringMatching(/ended by itself.*Kernel panic/s),
    })
    expect(processesOf(dirname(guest.results))).toEqual([])
    expect(existsSync(guest.results)).toBe(false)
  })

  test('UML killed alone does not leave its helpers', async () => {
    const guest = await bootGuest()
    process.kill(guest.pid, 'SIGKILL')
    await guest.ended
    expect(processesOf(dirname(guest.results))).toEqual([])
    await expect(guest.run('true')).rejects.toMatchObject({code: 'lab-ended'})
  })

  test('a boot that takes too long is given up', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('lvsctl-lab-'))
    await expect(bootGuest({deadlineMs: 300})).rejects.toMatchObject({code: 'lab-boot', exit: 8})
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith('lvsctl-lab-') && !before.includes(name))
    expect(after.flatMap((name) => processesOf(name))).toEqual([])
  })

  // Only where the host's processor has more state than UML knows does the kernel refuse to go on without the library.
  test('without the preloaded library it boots, or says what is missing', async () => {
    const guest = await bootGuest({preload: null}).catch((error: unknown) => error)
    if (guest instanceof Error) {
      expect(guest).toMatchObject({code: 'lab-xstate', hint: expect.stringContaining('npm run build')})
      expect(findXstateShim()).toBeDefined()
    } else await (guest as Awaited<ReturnType<typeof bootGuest>>).close()
  })

  test('two guests at once', async () => {
    const [one, two] = await Promise.all([bootGuest({memoryMiB: 256}), bootGuest({memoryMiB: 256})])
    await Promise.all([buildTopology(one, dr), buildTopology(two, nat)])
    const addresses = await Promise.all([one, two].map((guest) => guest.run('ip -o -4 addr show eth0', {host: 'rs1'})))
    expect(addresses.map(({stdout}) => /inet (\S+)/.exec(stdout)?.[1])).toEqual(['192.168.1.111/24', '10.0.0.111/24'])
    await Promise.all([one.close(), two.close()])
  })
})

/** A process that boots a guest, keeps it busy, says its folder and waits to be ended. */
function hostProcess(): {child: ChildProcess; folder: Promise<string>; closed: Promise<unknown>} {
  const source = `
    import {bootGuest} from ${JSON.stringify(join(root, 'src/lab/guest.ts'))}
    import {dirname} from 'node:path'
    const guest = await bootGuest({memoryMiB: 256})
    guest.run('while :; do :; done').catch(() => {})
    console.log(dirname(guest.results))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {stdio: ['ignore', 'pipe', 'inherit']})
  const folder = new Promise<string>((resolve) =>
    child.stdout?.setEncoding('utf8').once('data', (line: string) => resolve(line.trim())),
  )
  const closed = new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ?? code)))
  return {child, folder, closed}
}

describe('the end of the process that booted a guest', () => {
  // Other signals and other ends: test/unit/lab/at-every-end.test.ts
  test('by Ctrl-C', async () => {
    const {child, folder, closed} = hostProcess()
    const name = await folder
    expect(processesOf(name).length).toBeGreaterThan(1)
    child.kill('SIGINT')
    expect(await closed).toBe('SIGINT')
    expect(await eventually(() => processesOf(name).length === 0)).toBe(true)
    expect(existsSync(name)).toBe(false)
  })

  test('by SIGKILL: the guest notices and powers off', async () => {
    const {child, folder, closed} = hostProcess()
    const name = await folder
    child.kill('SIGKILL')
    expect(await closed).toBe('SIGKILL')
    expect(await eventually(() => processesOf(name).length === 0, 10_000)).toBe(true)
    rmSync(name, {recursive: true}) // nobody was left to do it
  })
})

describe('an ordinary user, from a project under /tmp', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync('/tmp/lvsctl-user-')
    chmodSync(folder, 0o755)
    for (const name of ['src/lab', 'src/domain', 'package.json', 'dist/uml-xstate.so']) {
      if (existsSync(join(root, name))) cpSync(join(root, name), join(folder, name), {recursive: true})
    }
    cpSync(process.execPath, join(folder, 'node'), {dereference: true})
    writeFileSync(
      join(folder, 'as-user.ts'),
      `import {bootGuest} from './src/lab/guest.ts'
       import {buildTopology} from './src/lab/topology.ts'
       import {dr} from './src/lab/topologies.ts'
       const guest = await bootGuest({memoryMiB: 256})
       await buildTopology(guest, dr)
       const commands = [
         'test -r ${folder}/package.json && id -u',
         'ip netns exec director ipvsadm -A -t 192.168.1.200:80 -s rr && echo ipvs',
         'ip netns exec client curl -sS http://192.168.1.111:8080/',
         'touch ${folder}/x && echo written',
         '${folder}/node -p 1+1',
       ]
       const results = []
       for (const command of commands) results.push(await guest.run(command))
       await guest.close()
       console.log(JSON.stringify({uid: process.getuid(), results}))`,
    )
  })
  afterAll(() => rmSync(folder, {recursive: true}))

  test('boots, builds and uses IPVS', async () => {
    const nobody = 65534
    const child = spawn(join(folder, 'node'), [join(folder, 'as-user.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: folder,
      env: {PATH: '/usr/bin:/bin', HOME: '/nonexistent'},
      ...(process.getuid?.() === 0 ? {uid: nobody, gid: nobody} : {}),
    })
    const {uid, results} = JSON.parse(await text(child.stdout)) as {uid: number; results: {stdout: string}[]}
    expect(uid).not.toBe(0)
    expect(results).toEqual(
      ['0\n', 'ipvs\n', 'rs1\n', 'written\n', '2\n'].map((stdout) => ({stdout, stderr: '', code: 0})),
    )
    expect(existsSync(join(folder, 'x'))).toBe(false)
  })
})

describe('scripts of the user', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lvsctl-script-'))
  })
  afterAll(() => rmSync(folder, {recursive: true}))

  const run = async (name: string, source: string, args: string[] = [], base = folder) => {
    const script = join(base, name)
    writeFileSync(script, source)
    const stdout = new PassThrough()
    const stderr = new PassThrough()
    const code = await runScript({script, args, topology: dr, stdout, stderr, boot: {memoryMiB: 256}})
    stdout.end()
    stderr.end()
    return {code, stdout: await text(stdout), stderr: await text(stderr)}
  }

  test('run with the network built; output and exit code come back', async () => {
    writeFileSync(join(folder, 'library.sh'), 'greet() { echo "hello $1"; }\n')
    const source = `. "$(dirname "$0")/library.sh"
greet "$1"
on client curl -sS http://192.168.1.115:8080/
echo complaint >&2
exit 7
`
    expect(await run('tour.sh', source, ['big world'])).toEqual({
      code: 7,
      stdout: 'hello big world\nrs2\n',
      stderr: 'complaint\n',
    })
  })

  test('run by the interpreter that they name, also from a folder that the guest does not share', async () => {
    const hidden = mkdtempSync('/dev/shm/lvsctl-script-')
    try {
      const source = '#!/usr/bin/env bash\necho $BASH_VERSION'
      expect(await run('hidden.bash', source, [], hidden)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^\d/),
      })
    } finally {
      rmSync(hidden, {recursive: true})
    }
  })

  test.each([
    ['missing.sh', {exit: 3, message: expect.stringMatching(/^no script ".*missing\.sh"$/)}],
    ['.', {exit: 2, message: expect.stringMatching(/^cannot read the script .*EISDIR/)}],
  ])('%s: an error before anything boots', async (name, expected) => {
    const nowhere = new PassThrough()
    const options = {script: join(folder, name), topology: dr, stdout: nowhere, stderr: nowhere}
    await expect(runScript(options)).rejects.toMatchObject(expected)
  })
})

/** The shell on a terminal of its own, typed at like a person would: wait for what is seen, then type. */
class Terminal {
  seen = ''
  /** Of the process that shows the shell. */
  pid = 0
  device = ''
  readonly #child: ChildProcess
  readonly #closed: Promise<unknown>

  private constructor() {
    const source = `console.log('pid ' + process.pid + '.')
      import {labShell} from ${JSON.stringify(join(root, 'src/lab/shell.ts'))}
      import {dr} from ${JSON.stringify(join(root, 'src/lab/topologies.ts'))}
      const {stdin, stdout} = process
      process.exitCode = await labShell({topology: dr, stdin, stdout, boot: {memoryMiB: 256}})`
    const command = [
      'stty rows 33 cols 101',
      'echo "device $(tty)."',
      '"$NODE" --input-type=module -e "$SOURCE"',
      'echo "left with $?"',
      'stty -a',
    ].join('; ')
    this.#child = spawn('script', ['-qefc', command, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {...process.env, NODE: process.execPath, SOURCE: source, TERM: 'xterm', SHELL: '/bin/sh'},
    })
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      this.seen += chunk
    })
    this.#closed = new Promise((resolve) => this.#child.on('close', resolve))
  }

  static async open(): Promise<Terminal> {
    const terminal = new Terminal()
    await terminal.sees('lab:')
    terminal.pid = Number(/pid (\d+)\./.exec(terminal.seen)?.[1])
    terminal.device = /device (\S+)\./.exec(terminal.seen)?.[1] ?? ''
    return terminal
  }

  async sees(what: string): Promise<void> {
    if (await eventually(() => this.seen.includes(what), 20_000)) return
    throw new Error(`never saw ${JSON.stringify(what)} in:\n${this.seen}`)
  }

  /** Types and forgets what was seen before. */
  type(keys: string): void {
    this.seen = ''
    this.#child.stdin?.write(keys)
  }

  /** What was seen to the end, which must be a terminal in its usual state. */
  async left(code: number | string): Promise<string> {
    await this.sees(`left with ${code}`)
    await this.#closed
    expect(this.seen).toMatch(/ icanon .* echo /s)
    return this.seen
  }
}

const parentOf = (pid: string): number => {
  try {
    return Number(/^\d+ \(.*\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1])
  } catch {
    return -1 // ended meanwhile
  }
}

describe('the interactive shell', () => {
  test('is a terminal with job control, and leaves with the exit code of the shell', async () => {
    const terminal = await Terminal.open()
    expect(terminal.seen).toContain('rs2       eth0 192.168.1.115/24')
    terminal.type('tty; stty size; echo $TERM\r')
    await terminal.sees('/dev/tty1\r\r\n33 101\r\r\nxterm')
    await text(spawn('stty', ['-F', terminal.device, 'rows', '50', 'cols', '132']).stdout)
    await sleep(500)
    terminal.type('stty size\r')
    await terminal.sees('50 132')

    terminal.type('sleep 999\r')
    await terminal.sees('sleep 999')
    await sleep(300)
    terminal.type('\x03')
    await terminal.sees('lab:')
    terminal.type('echo "code=$?"\r')
    await terminal.sees('code=130')

    terminal.type('echo "star""ted"; sleep 998\r')
    await terminal.sees('started')
    await sleep(500)
    terminal.type('\x1a')
    await terminal.sees('Stopped')
    terminal.type('fg\r')
    await terminal.sees('sleep 998')
    await sleep(500)
    terminal.type('\x03')
    await terminal.sees('lab:')

    terminal.type('on rs1 bash\r')
    await terminal.sees('rs1:')
    terminal.type('ip -br -4 addr show eth0; exit\r')
    await terminal.sees('192.168.1.111/24')
    await terminal.sees('lab:')
    terminal.type('exit 7\r')
    await terminal.left(7)
  })

  test('leaves a sane terminal when it is killed in the middle of an editor', async () => {
    const terminal = await Terminal.open()
    terminal.type(`printf '\\033[?1049h\\033[?25l'; echo "vi""sible"\r`)
    await terminal.sees('visible')
    process.kill(terminal.pid, 'SIGTERM')
    expect(await terminal.left(128 + 15)).toContain('\x1b[?25h\x1b[?1049l')
  })

  test('Ctrl-] three times ends it, even when the guest hangs', async () => {
    const terminal = await Terminal.open()
    const [uml] = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === terminal.pid)
    process.kill(-Number(uml), 'SIGSTOP')
    terminal.type('\x1d\x1d\x1d')
    await terminal.sees('the lab was ended by Ctrl-]')
    await terminal.left(1)
    expect(existsSync(`/proc/${uml}`)).toBe(false)
  })

  test('refuses anything that is no terminal', async () => {
    const source = `import {labShell} from ${JSON.stringify(join(root, 'src/lab/shell.ts'))}
      import {dr} from ${JSON.stringify(join(root, 'src/lab/topologies.ts'))}
      const {stdin, stdout} = process
      await labShell({topology: dr, stdin, stdout}).catch((error) => console.log(error.exit, error.message))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {stdio: ['ignore', 'pipe', 'inherit']})
    expect(await text(child.stdout)).toBe('2 the lab shell needs a terminal for its input and output\n')
  })
})
