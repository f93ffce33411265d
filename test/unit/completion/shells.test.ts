// The scripts in the shells that they are for, in front of the built program: bash by its own variables, and by keys in a
// terminal; zsh and fish where they are installed, and everywhere that the scripts hold to what the program answers.

import {spawn, spawnSync} from 'node:child_process'
import {chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest'
import {shells} from '../../../src/completion/shells.ts'
import {shellFolder} from '../../support/completion.ts'

// Processes, on a machine that may have others to run.
vi.setConfig({testTimeout: 30_000})

const here = shellFolder()
afterAll(() => here.remove())

const isThere = (program: string): boolean => spawnSync(program, ['--version']).error === undefined

function sh(program: string, argv: readonly string[], env: NodeJS.ProcessEnv = here.env) {
  const {stdout, stderr, status} = spawnSync(program, argv, {cwd: here.folder, env, encoding: 'utf8'})
  return {stdout, stderr, status}
}

describe('bash', () => {
  /** As bash calls the function at a TAB behind the line; it breaks words as COMP_WORDBREAKS says. */
  const atTab = (line: string, env?: NodeJS.ProcessEnv) => {
    const pieces = line.match(/[:=]+|'[^']*'?|[^\s:=']+|(?<=\s)$/g) ?? []
    const {stdout, stderr} = sh(
      'bash',
      [
        '-c',
        `source ./lvsctl.bash; COMP_LINE=$1 COMP_POINT=\${#1}; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _lvsctl; printf '%s\\n' "\${COMPREPLY[@]}"`,
        'bash',
        line,
        ...pieces,
      ],
      env,
    )
    return {words: stdout.split('\n').filter(Boolean), stderr}
  }
  const offered = (line: string) => atTab(line).words

  beforeAll(() => writeFileSync(join(here.folder, 'lvsctl.bash'), shells.bash.script))

  test('the script has no mistakes', () => {
    expect(sh('bash', ['-n', 'lvsctl.bash'])).toEqual({stdout: '', stderr: '', status: 0})
  })

  test.each<[string, readonly string[]]>([
    ['lvsctl serv', ['server', 'service']],
    ['lvsctl service show tcp://192.168.1.200:', ['443', '8080']],
    ['lvsctl service show tcp://192.168.1.200:8', ['8080']],
    ['lvsctl service show tcp', ['tcp://192.168.1.200:443', 'tcp://192.168.1.200:8080', 'tcp://[2001:db8::1]:443']],
    ['lvsctl service show tcp:', ['//192.168.1.200:443', '//192.168.1.200:8080', '//[2001:db8::1]:443']],
    ['lvsctl service show tcp://[2001:db8::', ['1]:443']],
    ['lvsctl service show tcp://[2001:db8::1', ['1]:443']],
    ["lvsctl service show 'tcp://[2001:db8::1", ['tcp://[2001:db8::1]:443']],
    ['lvsctl server edit -t [2001:db8::1]:443 -r [', ['[2001:db8::9]:8443']],
    ['lvsctl server edit   -t  192.168.1.200:8080   -r   192.168.1.111:', ['8080']],
    ['lvsctl service add --scheduler=lb', ['lblc', 'lblcr']],
    ['lvsctl service add --scheduler=', expect.arrayContaining(['rr', 'wlc', 'none'])],
    ['lvsctl service add -t 192.168.1.20', ['192.168.1.200:']],
    ['lvsctl nonsense ', []],
    ['ipvsadm -D -t 192.168.1.200:4', ['443']],
    ['/sbin/ipvsadm --add-s', ['--add-service', '--add-server']],
  ])('%s', (line, expected) => expect(offered(line)).toEqual(expected))

  test('a program typed with its path is asked itself, if it can be run', () => {
    const own = join(here.folder, 'own')
    mkdirSync(own, {recursive: true})
    writeFileSync(join(own, 'lvsctl'), '#!/bin/sh\nprintf "words\\nmine\\n"\n')
    expect(offered(`${own}/lvsctl serv`)).toEqual(['server', 'service'])
    chmodSync(join(own, 'lvsctl'), 0o755)
    expect(offered(`${own}/lvsctl serv`)).toEqual(['mine'])
  })

  test('a function of that name is not called', () => {
    const line = `source ./lvsctl.bash; lvsctl() { echo called >&2; }; COMP_LINE='lvsctl li' COMP_POINT=9 COMP_CWORD=1
      COMP_WORDS=(lvsctl li); _lvsctl; echo "\${COMPREPLY[@]}"`
    expect(sh('bash', ['-c', line])).toEqual({stdout: 'list\n', stderr: '', status: 0})
  })

  test('nothing is said where lvsctl is not there, or fails', () => {
    const bin = join(here.folder, 'elsewhere')
    mkdirSync(bin)
    symlinkSync('/bin/bash', join(bin, 'bash'))
    const none = {...here.env, PATH: bin}
    expect(atTab('lvsctl serv', none)).toEqual({words: [], stderr: ''})
    writeFileSync(join(bin, 'lvsctl'), '#!/bin/bash\necho wrong >&2\nexit 1\n', {mode: 0o755})
    expect(atTab('lvsctl serv', none)).toEqual({words: [], stderr: ''})
    rmSync(bin, {recursive: true})
  })

  const canType = isThere('script')

  /** In a terminal: keys, and what the shell says was typed. */
  async function typed(keys: readonly string[]): Promise<string> {
    const child = spawn('script', ['-qfec', 'bash --norc --noprofile -i', '/dev/null'], {
      cwd: here.folder,
      env: here.env,
    })
    let screen = ''
    child.stdout.on('data', (data) => {
      screen += data
    })
    const until = async (pattern: RegExp) => {
      for (let waited = 0; !pattern.test(screen); waited += 20) {
        if (waited > 10_000) throw new Error(`${pattern} does not come; on the screen:\n${screen}`)
        await sleep(20)
      }
    }
    const say = (text: string) => child.stdin.write(text)
    try {
      // The shell says what it was given, in a line of its own.
      say(`source ./lvsctl.bash; lvsctl() { printf 'got'; printf ' <%s>' "$@"; echo; }; echo rea''dy\n`)
      await until(/^ready/m)
      for (const key of keys) {
        const before = screen.length
        say(key)
        // A TAB is answered before the next key, as people type.
        if (key.endsWith('\t')) {
          for (let waited = 0; waited < 5_000 && screen.length <= before + key.length - 1; waited += 20) await sleep(20)
        }
      }
      say('\n')
      await until(/^got.*$/m)
      return /^got(.*)$/m.exec(screen)?.[1]?.trim() ?? ''
    } finally {
      child.stdin.end('exit\n')
      await new Promise((resolve) => child.on('close', resolve))
    }
  }

  test.runIf(canType).each([
    [['service show tcp://[\t'], '<service> <show> <tcp://[2001:db8::1]:443>'],
    [["service show 'tcp://[\t"], '<service> <show> <tcp://[2001:db8::1]:443>'],
    [['server edit -t [2001:\t', '-r [\t'], '<server> <edit> <-t> <[2001:db8::1]:443> <-r> <[2001:db8::9]:8443>'],
    [['service show ud\t', '--js\t'], '<service> <show> <udp://192.168.1.200:53> <--json>'],
    [['service add -u 192.168.1.200\t', '80'], '<service> <add> <-u> <192.168.1.200:80>'],
    [['service add --scheduler=m\t', '-o'], '<service> <add> <--scheduler=mh> <-o>'],
    [['lab run rules\t'], '<lab> <run> <rules one.txt>'],
  ])(
    'in a terminal: %j',
    async ([first = '', ...more], expected) => {
      expect(await typed([`lvsctl ${first}`, ...more])).toBe(expected)
    },
    30_000,
  )
})

// Whoever installs these shells gets the tests too.
describe.runIf(isThere('zsh'))('zsh (where it is installed)', () => {
  test('the script has no mistakes', () => {
    writeFileSync(join(here.folder, '_lvsctl'), shells.zsh.script)
    expect(sh('zsh', ['-n', '_lvsctl'])).toEqual({stdout: '', stderr: '', status: 0})
  })
})

describe.runIf(isThere('fish'))('fish (where it is installed)', () => {
  const offered = (line: string) => {
    writeFileSync(join(here.folder, 'lvsctl.fish'), shells.fish.script)
    const {stdout} = sh('fish', ['--no-config', '-c', `source ./lvsctl.fish; complete -C ${JSON.stringify(line)}`])
    return stdout.trimEnd().split('\n')
  }
  test.each([
    [
      'lvsctl serv',
      ['server\tReal servers behind a virtual service', 'service\tVirtual services: what clients connect to'],
    ],
    ['lvsctl service show u', ['udp://192.168.1.200:53\trr, one-packet, 0 servers']],
  ])('%s', (line, expected) => expect(offered(line)).toEqual(expected))
})

describe.each(Object.entries(shells))('the script for %s', (name, {script}) => {
  test('asks the program in its own words, whatever that says on standard error', () => {
    expect(script).toMatch(new RegExp(`command "?\\$program"? complete ${name} `))
    expect(script).toContain('2>/dev/null')
  })

  test('knows every kind of answer', () => {
    for (const kind of ['files*', 'open']) expect(script).toContain(kind)
  })

  test('is of plain characters, and ends in a newline', () => {
    expect(script).toMatch(/^[\t\n -~]+\n$/)
  })
})
