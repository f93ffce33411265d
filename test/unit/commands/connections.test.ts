import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {exampleTable} from '../../support/example-table.ts'
import {failure, lvsctl, type Machine, machine} from '../../support/run-command.ts'

const root = join(import.meta.dirname, '../../..')
const here = await exampleTable()
const connections = (options = '', on: Machine = here) => lvsctl(`connections list ${options}`, on)
const json = async (options = '', on: Machine = here) => JSON.parse((await connections(`${options} --json`, on)).stdout)
const clients = async (options: string): Promise<readonly string[]> => {
  const {stdout, stderr, exit} = await connections(options)
  expect({stderr, exit}).toEqual({stderr: '', exit: 0})
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t')[1] as string)
}

describe('a listing', () => {
  test('in a pipe: an entry a line', async () => {
    const {stdout, stderr, exit} = await connections()
    expect({stderr, exit}).toEqual({stderr: '', exit: 0})
    expect(stdout.split('\n').map((line) => line.split('\t'))).toEqual([
      [
        'connection',
        '192.168.1.10:39440',
        'tcp://192.168.1.200:8080',
        '192.168.1.111:8080',
        'ESTABLISHED',
        '894',
        '-',
        '-',
        '-',
      ],
      [
        'connection',
        '192.168.1.10:39442',
        'tcp://192.168.1.200:8080',
        '192.168.1.115:8080',
        'TIME_WAIT',
        '113',
        '-',
        '-',
        '-',
      ],
      [
        'connection',
        '192.0.2.77:50001',
        'tcp://192.168.1.200:8080',
        '192.168.1.111:8080',
        'SYN_RECV',
        '58',
        '-',
        '-',
        '-',
      ],
      ['template', '192.168.1.0:0', 'tcp://192.168.1.200:443', '192.168.1.111:443', 'ASSURED', '293', '-', '-', '-'],
      [
        'template',
        '192.0.2.2:0',
        'udp://192.168.1.200:5060',
        '192.168.1.111:5060',
        'ASSURED',
        '54',
        '-',
        'sip',
        'abcdef123456@host.example',
      ],
      ['template', '192.0.2.2:0', 'fwmark://7', '10.0.0.7:0', 'NONE', '7261', '-', '-', '-'],
      [
        'connection',
        '[2001:db8::2]:43218',
        'tcp://[2001:db8::1]:443',
        '[2001:db8::9]:8443',
        'ESTABLISHED',
        '180061',
        '-',
        '-',
        '-',
      ],
      ['connection', '[2001:db8::2]:43220', 'tcp://[2001:db8::1]:443', '10.9.0.7:443', 'FIN_WAIT', '12', '-', '-', '-'],
      [''],
    ])
  })

  test('on a terminal: in columns, with what there is to say', async () => {
    const {stdout} = await connections('', {...here, env: {LVSCTL_FORCE_TTY: '120', NO_COLOR: '1'}})
    expect(`\n${stdout}`).toBe(`
client               service                   server              state            expires
192.168.1.10:39440   tcp://192.168.1.200:8080  192.168.1.111:8080  ESTABLISHED        14:54
192.168.1.10:39442   tcp://192.168.1.200:8080  192.168.1.115:8080  TIME_WAIT          01:53
192.0.2.77:50001     tcp://192.168.1.200:8080  192.168.1.111:8080  SYN_RECV           00:58
192.168.1.0:0        tcp://192.168.1.200:443   192.168.1.111:443   ASSURED            04:53  template
192.0.2.2:0          udp://192.168.1.200:5060  192.168.1.111:5060  ASSURED            00:54  template, sip abcdef123456@host.example
192.0.2.2:0          fwmark://7                10.0.0.7:0          NONE             2:01:01  template
[2001:db8::2]:43218  tcp://[2001:db8::1]:443   [2001:db8::9]:8443  ESTABLISHED  2d 02:01:01
[2001:db8::2]:43220  tcp://[2001:db8::1]:443   10.9.0.7:443        FIN_WAIT           00:12

5 connections, 3 templates
`)
  })

  test('says of how many it is a part, or that it does not know', async () => {
    const terminal = {...here, env: {LVSCTL_FORCE_TTY: '120', NO_COLOR: '1'}}
    expect((await connections('-r 192.168.1.115', terminal)).stdout).toMatch(/\n\n1 connection \(of 8 entries\)\n$/)
    expect((await connections('-r 192.168.1.99', terminal)).stdout).toBe('no connections (of 8 entries)\n')
    expect((await connections('--top 2', terminal)).stdout).toMatch(/\n\nthe first 2 entries; there may be more\n$/)
  })

  test('as JSON', async () => {
    const {entries, ...rest} = await json()
    expect(rest).toEqual({
      countBy: null,
      counts: null,
      connections: 5,
      templates: 3,
      different: null,
      read: 8,
      complete: true,
      problems: [],
    })
    expect(entries).toHaveLength(8)
    expect(entries[4]).toEqual({
      kind: 'template',
      client: {address: '192.0.2.2', port: 0},
      service: 'udp://192.168.1.200:5060',
      server: {address: '192.168.1.111', port: 5060},
      state: 'ASSURED',
      expires: 54,
      origin: null,
      engine: {name: 'sip', data: 'abcdef123456@host.example'},
    })
  })

  test('of nothing', async () => {
    const on = machine({files: {'/proc/thread-self/net/ip_vs_conn': ''}})
    expect(await connections('', on)).toEqual({stdout: '', stderr: '', exit: 0})
    expect(await json('', on)).toMatchObject({entries: [], connections: 0, templates: 0, read: 0, complete: true})
    expect(await json('--count-by client', on)).toMatchObject({entries: null, counts: [], different: 0})
  })
})

describe('filters', () => {
  test.each<[string, readonly string[]]>([
    ['-t 192.168.1.200:8080 --state established', ['192.168.1.10:39440']],
    ['tcp://[2001:db8::1]:443', ['[2001:db8::2]:43218', '[2001:db8::2]:43220']],
    ['-r 192.168.1.115', ['192.168.1.10:39442']],
    ['-r 10.9.0.7:443', ['[2001:db8::2]:43220']],
    ['-r 10.9.0.7:http', []],
    ['--client 192.0.2.0/24 --no-templates', ['192.0.2.77:50001']],
    ['--client 2001:db8::2', ['[2001:db8::2]:43218', '[2001:db8::2]:43220']],
    ['--templates --client 192.168.1.0', ['192.168.1.0:0']],
    ['--state syn_recv --state FIN_WAIT', ['192.0.2.77:50001', '[2001:db8::2]:43220']],
    ['--state SYN_RECV tcp://192.168.1.200:8080', ['192.0.2.77:50001']],
    ['--sync', ['192.168.1.10:39442']],
    ['--origin', ['192.168.1.10:39440', '192.168.1.10:39442']],
    ['--top 1', ['192.168.1.10:39440']],
  ])('%s', async (options, expected) => expect(await clients(options)).toEqual(expected))

  test('by mark: the templates, and a word about the rest', async () => {
    const {stdout, stderr} = await connections('-f 7')
    expect(stdout).toMatch(/^template\t192\.0\.2\.2:0\tfwmark:\/\/7\t[^\n]*\n$/)
    expect(stderr).toBe(
      'connections of a firewall mark show the address they came to: only templates are found by mark\n',
    )
  })

  test('the origin is told', async () => {
    const {entries} = await json('--origin')
    expect(entries.map(({origin}: {origin: string}) => origin)).toEqual(['local', 'sync'])
  })
})

describe('counts', () => {
  test.each([
    ['server', '192.168.1.111:8080\t2\t0\n10.9.0.7:443\t1\t0\n192.168.1.115:8080\t1\t0\n[2001:db8::9]:8443\t1\t0\n'],
    ['client', '192.168.1.10\t2\t0\n2001:db8::2\t2\t0\n192.0.2.77\t1\t0\n192.0.2.2\t0\t2\n192.168.1.0\t0\t1\n'],
    ['state', 'ESTABLISHED\t2\t0\nSYN_RECV\t1\t0\nFIN_WAIT\t1\t0\nTIME_WAIT\t1\t0\nASSURED\t0\t2\nNONE\t0\t1\n'],
    [
      'service',
      'tcp://192.168.1.200:8080\t3\t0\ntcp://[2001:db8::1]:443\t2\t0\ntcp://192.168.1.200:443\t0\t1\nudp://192.168.1.200:5060\t0\t1\nfwmark://7\t0\t1\n',
    ],
  ])('by %s', async (field, expected) => {
    const {stdout, stderr, exit} = await connections(`--count-by ${field}`)
    expect({stderr, exit}).toEqual({stderr: '', exit: 0})
    expect(stdout.startsWith(expected)).toBe(true)
  })

  test('the largest', async () =>
    expect((await connections('--count-by client --top 2')).stdout).toBe('192.168.1.10\t2\t0\n2001:db8::2\t2\t0\n'))

  test('on a terminal: with shares', async () => {
    const terminal = {...here, env: {LVSCTL_FORCE_TTY: '120', NO_COLOR: '1'}}
    const {stdout} = await connections('--count-by client --top 3 --no-templates', terminal)
    expect(`\n${stdout}`).toBe(`
client        connections  templates
192.168.1.10            2          0  ███▎     40 %
2001:db8::2             2          0  ███▎     40 %
192.0.2.77              1          0  █▋       20 %

5 connections (of 8 entries): 3 clients
`)
    expect((await connections('--count-by client --top 1', terminal)).stdout).toMatch(
      /\n\n5 connections, 3 templates: 5 clients, the first 1 shown\n$/,
    )
  })

  test('as JSON', async () => {
    expect(await json('--count-by server --top 1')).toEqual({
      countBy: 'server',
      entries: null,
      counts: [{server: '192.168.1.111:8080', connections: 2, templates: 0}],
      connections: 5,
      templates: 3,
      different: 7,
      read: 8,
      complete: true,
      problems: [],
    })
  })
})

describe('what is wrong is told', () => {
  test.each([
    ['--state estab', /✗ --state: no state is called estab\n {2}Did you mean ESTABLISHED\? All: NONE, ASSURED, /],
    ['--state TIMEWAIT', /Did you mean TIME_WAIT\?/],
    ['--state x', /✗ --state: no state is called x\n {2}All: NONE/],
    ['--client 192.0.2.300', /--client: /],
    ['--client 192.0.2.0/33', /--client: \/33 is too long for an IPv4 address/],
    ['--client 192.0.2.0/x', /--client: x is not a prefix length/],
    ['--client 2001:db8::/129', /--client: 129 is too high for a prefix length/],
    ['--top 0', /✗ (--top: )?0 is too low/],
    ['--top ten', /ten is not a number of lines/],
    ['--count-by servers', /"servers" is none of its values\n {2}Did you mean server\?/],
    ['--templates --no-templates', /--templates and --no-templates exclude each other/],
    ['-r 10.0.0.999', /-r: /],
    ['-t 192.0.2.1:80 tcp://192.0.2.2:80', /name two services/],
    ['-6', /no service is named/],
  ])('%s', async (options, message) => {
    const {stdout, stderr, exit} = await connections(options)
    expect({stdout, exit}).toEqual({stdout: '', exit: 2})
    expect(stderr).toMatch(message)
  })

  test('several at once', async () => {
    const {stderr} = await connections('--state what --client where --top many')
    expect(stderr.match(/✗/g)).toHaveLength(3)
  })

  test('no IPVS: exit 6', async () => {
    expect(await connections('', machine())).toMatchObject({stdout: '', exit: 6})
    expect((await connections('--json', machine())).stdout).toContain('"code": "ipvs-unavailable"')
  })

  test('LVSCTL_PROC without connections: exit 3', async () => {
    const {stderr, exit} = await connections('', machine({env: {LVSCTL_PROC: '/nowhere'}}))
    expect(exit).toBe(3)
    expect(stderr).toContain('/nowhere/net/ip_vs_conn')
  })

  test('lines that are none: once, and everything else is listed', async () => {
    const files = {
      '/proc/thread-self/net/ip_vs_conn': `Pro FromIP   FPrt\nsome\nother\nTCP C0A8010A 9A10 C0A801C8 1F90 C0A8016F 1F90 CLOSE 3\n`,
    }
    const {stdout, stderr, exit} = await connections('', machine({files}))
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^connection\t192\.168\.1\.10:39440\t[^\n]*\n$/)
    expect(stderr).toBe('! /proc/thread-self/net/ip_vs_conn:2: cannot read "some" (the first of 2 such lines)\n')
    expect((await json('', machine({files}))).problems).toEqual([
      expect.objectContaining({code: 'proc-line-unreadable', where: '/proc/thread-self/net/ip_vs_conn:2'}),
    ])
  })

  test('a client’s data reach no terminal as they are', async () => {
    const line = 'UDP C0000202 0000 C0A801C8 13C4 C0A8016F 13C4 ASSURED          54 sip \x1b[2Ja\tb@\u009bx\n'
    const files = {'/proc/thread-self/net/ip_vs_conn': line}
    expect((await connections('', machine({files}))).stdout).toMatch(/\tsip\t\\u\{1b\}\[2Ja\\u\{9\}b@\\u\{9b\}x\n$/)
    const {stdout} = await connections('', machine({files, env: {LVSCTL_FORCE_TTY: '200', NO_COLOR: '1'}}))
    expect(['\x1b', '\t', '\x9b'].filter((character) => stdout.includes(character))).toEqual([])
  })
})

describe('a file that fails on the way', () => {
  const path = '/proc/thread-self/net/ip_vs_conn'
  const failing = {...here, files: {[path]: `${here.files[path]}${failure}`}}

  test('is an error, behind what was read', async () => {
    const {stdout, stderr, exit} = await connections('', failing)
    expect(exit).toBe(1)
    expect(stderr).toContain('unexpected: EIO')
    expect(stdout).toBe((await connections()).stdout)
  })

  test('leaves valid JSON', async () => {
    const {stdout, exit} = await connections('--json', failing)
    expect(exit).toBe(1)
    const {entries, error} = JSON.parse(stdout)
    expect(entries).toHaveLength(8)
    expect(error).toMatchObject({code: 'unexpected', exit: 1})
  })

  test('gives no half counts', async () => {
    const {stdout, exit} = await connections('--json --count-by client', failing)
    expect(exit).toBe(1)
    expect(Object.keys(JSON.parse(stdout))).toEqual(['error'])
  })
})

describe('a million entries', {timeout: 60_000}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'lvsctl-connections-'))
  const preload = join(folder, 'measure.cjs')

  beforeAll(() => {
    mkdirSync(join(folder, 'net'))
    writeFileSync(
      preload,
      `process.on('exit', () => {
         const fs = require('node:fs')
         fs.writeSync(2, /VmHWM:\\s*(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1] + '\\n')
       })`,
    )
    const file = openSync(join(folder, 'net', 'ip_vs_conn'), 'w')
    const digits = (value: number, width: number) => value.toString(16).toUpperCase().padStart(width, '0')
    const states = ['ESTABLISHED', 'TIME_WAIT  ', 'SYN_RECV   ', 'FIN_WAIT   ']
    for (let block = 0; block < 1000; block++) {
      let text = ''
      for (let index = block * 1000; index < (block + 1) * 1000; index++)
        text += `TCP ${digits(0x0a00_0000 + index, 8)} ${digits(1024 + (index % 50_000), 4)} C0A801C8 ${digits(80 + (index % 5), 4)} 0A0101${digits(index % 40, 2)} 0050 ${states[index % 4]}     ${100 + (index % 800)}\n`
      writeSync(file, text)
    }
  }, 60_000)
  afterAll(() => rmSync(folder, {recursive: true}))

  function measure(options: string): {stdout: string; megabytes: number} {
    const command = `'${process.execPath}' --require '${preload}' '${join(root, 'bin/lvsctl')}' connections list ${options}`
    const output = execFileSync('sh', ['-c', `{ ${command} | tail -n 3; } 2>&1`], {
      env: {...process.env, LVSCTL_PROC: folder},
      encoding: 'utf8',
    })
    const lines = output.trimEnd().split('\n')
    const kilobytes = lines.find((line) => /^\d+$/.test(line)) as string
    return {stdout: lines.filter((line) => line !== kilobytes).join('\n'), megabytes: Number(kilobytes) / 1024}
  }

  test.each([
    ['server', '10.1.1.39:80\t25000\t0', 120],
    ['state', 'TIME_WAIT\t250000\t0', 120],
    ['service', 'tcp://192.168.1.200:84\t200000\t0', 120],
    // As many keys as entries: 40 bytes for each.
    ['client --top 3', '10.0.0.2\t1\t0', 160],
  ])('are counted by %s in bounded memory', (field, last, most) => {
    const {stdout, megabytes} = measure(`--count-by ${field}`)
    expect(stdout.split('\n').at(-1)).toBe(last)
    expect(megabytes).toBeGreaterThan(20)
    expect(megabytes).toBeLessThan(most)
  })

  test('are listed in bounded memory', () => {
    const {stdout, megabytes} = measure('')
    expect(stdout.split('\n').at(-1)).toMatch(/^connection\t10\.15\.66\.63:/)
    expect(megabytes).toBeLessThan(120)
  })

  test('are written as JSON in bounded memory', () => {
    const {stdout, megabytes} = measure('--json')
    expect(stdout).toContain('"problems": []\n}')
    expect(megabytes).toBeLessThan(120)
  })

  test('whoever wants the first only waits for no other', () => {
    const {stdout} = measure('--top 1')
    expect(stdout).toBe('connection\t10.0.0.0:1024\ttcp://192.168.1.200:80\t10.1.1.0:80\tESTABLISHED\t100\t-\t-\t-')
  })
})
