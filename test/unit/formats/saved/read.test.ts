import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {configurationOf, sortTable} from '../../../../src/domain/table.ts'
import {formatRules} from '../../../../src/formats/rules/format.ts'
import {readSaved, type SavedFormat} from '../../../../src/formats/saved/read.ts'
import {writeSaved} from '../../../../src/formats/saved/write.ts'
import {exampleTable} from '../../../support/example-table.ts'
import {lvsctl} from '../../../support/run-command.ts'

/** As rules, or what is wrong. */
async function read(text: string, format?: SavedFormat): Promise<string> {
  const {state} = await readSaved(text, {format, portNames: (name) => ({http: 80})[name]})
  return state ? formatRules(state).text : (await complaints(text, format)).join('\n')
}

async function complaints(text: string, format?: SavedFormat): Promise<readonly string[]> {
  const {problems} = await readSaved(text, {format})
  return problems.map(({line, column, severity, message}) => {
    const mark = severity === 'error' ? '' : 'warning: '
    return `${line}:${column} ${mark}${message}`
  })
}

describe('telling the formats apart', () => {
  test.each<[string, SavedFormat]>([
    ['', 'rules'],
    ['\n# only a comment\n', 'rules'],
    ['-A -t 192.0.2.1:80', 'rules'],
    ['# web\n\n  ipvsadm -A -t 192.0.2.1:80', 'rules'],
    ['sudo ipvsadm -A -t 192.0.2.1:80', 'rules'],
    ['\u2013A \u2013t 192.0.2.1:80', 'rules'],
    ['My rules\n-A -t 192.0.2.1:80', 'rules'],
    ['services: []', 'yaml'],
    ['# saved\nversion: 1\nservices: []', 'yaml'],
    ['---\nservices: []', 'yaml'],
    ['- id: tcp://192.0.2.1:80', 'yaml'],
    ['"services": []', 'yaml'],
    ['{services: []}', 'yaml'],
    ['{"services": []}', 'json'],
    ['\ufeff  {"services": []}', 'json'],
    ['[]', 'json'],
  ])('%j is %s', async (text, format) => expect(await readSaved(text)).toMatchObject({format}))

  test.each([
    ['Hello\nworld', '1:1 this is neither rules nor YAML nor JSON'],
    ['\n  # x\n  %!?', '3:3 this is neither rules nor YAML nor JSON'],
    [
      'IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags',
      '1:1 this is the listing of ipvsadm -L; ipvsadm -Sn writes rules',
    ],
    ['virtual_server 10.0.0.1 80 {\n}', '1:1 this is a configuration of keepalived'],
    ['virtual=10.0.0.1:80', '1:1 this is a configuration of ldirectord'],
  ])('%j is none', async (text, message) => {
    expect(await complaints(text)).toEqual([message])
    expect((await readSaved(text)).state).toBeUndefined()
  })

  test('what is said counts', async () => {
    expect(await complaints('{services: []}', 'json')).toEqual([
      '1:2 this is not JSON: a key in double quotes should be here',
    ])
    expect(await readSaved('{"services": []}', {format: 'yaml'})).toMatchObject({format: 'yaml', problems: []})
  })
})

describe('what a human writes', () => {
  const web = '-A -t 192.0.2.1:80 -s wlc\n'
  test.each([
    ['services: []', ''],
    ['services:\n  - id: tcp://192.0.2.1:80', web],
    ['- service: tcp://192.0.2.1:http', web],
    ['services: [{protocol: tcp, address: 192.0.2.1, port: 80}]', web],
    ['services: [{mark: 7}]', '-A -f 7 -s wlc\n'],
    ['services: [{mark: 7, family: ipv6, persistence: 60, netmask: 64}]', '-A -f 7 -6 -s wlc -p 60 -M 64\n'],
    [
      'services: [{id: "fwmark6://7", scheduler: sh, schedulerFlags: [sh-port, flag-3]}]',
      '-A -f 7 -6 -s sh -b sh-port,flag-3\n',
    ],
    [
      'services: [{id: "fwmark://7", scheduler: mh, schedulerFlags: "mh-port,mh-fallback"}]',
      '-A -f 7 -s mh -b mh-fallback,mh-port\n',
    ],
    [
      'services: [{id: "fwmark://7", onePacket: true, engine: sip, persistence: 5}]',
      '-A -f 7 -s wlc -p 5 --pe sip -o\n',
    ],
    [
      'services:\n  - id: tcp://192.0.2.1:80\n    servers: [10.0.0.1, "10.0.0.2:8080", {server: 10.0.0.3, weight: 3}]',
      `${web}-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1\n-a -t 192.0.2.1:80 -r 10.0.0.2:8080 -g -w 1\n-a -t 192.0.2.1:80 -r 10.0.0.3:80 -g -w 3\n`,
    ],
    [
      `services:
  - id: tcp://192.0.2.1:80
    servers:
      - address: 2001:db8::7
        forwarding: tunneling
        upperThreshold: 9
        lowerThreshold: 4
        tunnel: {type: gue, port: 6080, checksum: full}`,
      `${web}-a -t 192.0.2.1:80 -r [2001:db8::7]:80 -i -w 1 -x 9 -y 4 --tun-type gue --tun-port 6080 --tun-csum\n`,
    ],
    // An anchor saves typing.
    [
      'services:\n  - id: tcp://192.0.2.1:80\n    servers: &all [10.0.0.1]\n  - {id: "tcp://192.0.2.1:81", servers: *all}',
      `${web}-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1\n-A -t 192.0.2.1:81 -s wlc\n-a -t 192.0.2.1:81 -r 10.0.0.1:81 -g -w 1\n`,
    ],
    ['services: []\ntimeouts: {tcp: 900}', '--set 900 0 0\n'],
    [
      'services: []\nsyncDaemons: [{role: master, interface: eth1}]',
      '--start-daemon master --mcast-interface eth1 --syncid 0\n',
    ],
    ['services: []\nsyncDaemons: []', '# sync daemons: none\n'],
    [
      'services: []\nsysctls: {conntrack: 1, sync_threshold: 3 50}',
      '# sysctl net.ipv4.vs.conntrack = 1\n# sysctl net.ipv4.vs.sync_threshold = 3 50\n',
    ],
  ])('%j', async (text, expected) => {
    expect(await read(text)).toBe(expected)
  })
})

describe('what is wrong, and where', () => {
  const service = (rest: string) => `services:\n  - id: tcp://192.0.2.1:80\n${rest}`
  const server = (rest: string) => service(`    servers:\n      - address: 10.0.0.1\n${rest}`)

  test.each([
    ['version: 1', ['1:1 the services are missing']],
    ['services:', ['1:10 the services are missing']],
    ['version: 2\nservices: []', ['1:10 version is 2, and only 1 is known']],
    ['services: {a: 1}', ['1:11 services should be a list, and this is a mapping']],
    ['services: [7]', ['1:12 a service should be a mapping of keys to values, and this is 7']],
    ['services: []\nsevices: []', ['2:1 no key sevices']],
    ['services: []\nsource: procfs\nunknown: [engine, tunnel]', ['3:10 this listing does not know engine, tunnel']],
    ['services: []\nfiltered: true\nproblems: []', ['2:11 this listing was filtered']],
    ['services: []\nfiltered: false', []],
    ['services:\n  - scheduler: rr', ['2:5 the service is not named']],
    ['services:\n  - {address: 192.0.2.1, port: 80}', ['2:5 protocol is missing']],
    ['services:\n  - {protocol: tcp, address: 192.0.2.1}', ['2:5 port is missing']],
    ['services:\n  - {protocol: tpc, address: 192.0.2.1, port: 80}', ['2:16 tpc is not a kind of service']],
    ['services:\n  - {protocol: tcp, address: 10.9, port: 80}', ['2:30 address should be text, and this is 10.9']],
    ['services:\n  - {mark: 7, family: inet}', ['2:23 family should be ipv4 or ipv6, and this is the text "inet"']],
    ['services:\n  - {mark: 0}', ['2:12 0 is too low for a firewall mark']],
    [
      service('    port: 81\n    protocol: tcp\n    address: 192.0.2.1'),
      ['2:9 id says tcp://192.0.2.1:80, and the keys beside'],
    ],
    ['services:\n  - id: 192.0.2.1:80', ['2:9 192.0.2.1:80 does not say what kind of service it is']],
    [service('    scheduller: rr'), ['3:5 no key scheduller']],
    [service('    scheduler: 7'), ['3:16 scheduler should be text, and this is 7']],
    [service('    scheduler: wrrr'), ['3:16 warning: no scheduler "wrrr"']],
    [service('    scheduler: rr\n    schedulerFlags: [sh-port]'), ['4:21 sh-port is a flag of sh']],
    [service('    schedulerFlags: 7'), ['3:21 schedulerFlags should be a list of names, and this is 7']],
    [service('    persistence: "300"'), ['3:18 persistence should be a number, and this is the text "300"']],
    [service('    persistence: 1.5'), ['3:18 1.5 is not a whole number']],
    [service('    netmask: 24'), ['3:14 24 is not an IPv4 mask']],
    [service('    onePacket: yes please'), ['3:16 onePacket should be true or false']],
    [service('    onePacket: true'), ['3:16 warning: one-packet scheduling is for UDP']],
    [service('    servers: 10.0.0.1'), ['3:14 servers should be a list, and this is the text "10.0.0.1"']],
    [
      service('    servers: [10.0.0.300, www.example.com]'),
      ['3:15 10.0.0.300 is not an IPv4', '3:27 www.example.com is a name'],
    ],
    [
      service('    servers: [10.0.0.1, "10.0.0.1:80"]'),
      ['3:25 10.0.0.1:80 is there already, as services[0].servers[0]'],
    ],
    [`${service('')}  - id: tcp://192.0.2.1:80`, ['3:5 tcp://192.0.2.1:80 is there already, as services[0]']],
    [server('        weight: -1'), ['5:17 -1 is negative']],
    [server('        weight:'), ['5:16 weight should be a number, and this is empty']],
    [server('        weight: 70000'), ['5:17 warning: weight 70000 is fine']],
    [server('        wieght: 1'), ['5:9 no key wieght']],
    [server('        forwarding: gatewayin'), ['5:21 no forwarding method gatewayin']],
    [server('        upperThreshold: 1\n        lowerThreshold: 2'), ['6:25 the lower threshold 2 is above']],
    [server('        port: 81'), ['4:18 warning: gatewaying cannot change the port']],
    [server('        tunnel: gue'), ['5:17 tunnel should be a mapping of keys to values']],
    [server('        tunnel: {typ: gue}'), ['5:18 no key typ']],
    [server('        tunnel: {type: gru}'), ['5:24 no tunnel type gru']],
    [server('        tunnel: {checksum: half}'), ['5:28 no tunnel checksum half']],
    [service('    servers: [224.0.0.1]'), ['3:15 224.0.0.1 is a multicast address']],
    ['services: []\ntimeouts: {tcp: x}', ['2:17 tcp should be a number, and this is the text "x"']],
    ['services: []\ntimeouts: {udpp: 3}', ['2:12 no key udpp']],
    ['services: []\nsyncDaemons: [{role: boss, interface: eth0}]', ['2:22 no sync daemon is called boss']],
    ['services: []\nsyncDaemons: [{role: master}]', ['2:15 interface is missing']],
    [
      'services: []\nsysctls: {Conn-track: 1, conntrack: true}',
      ['2:11 no sysctl of net.ipv4.vs', '2:37 conntrack should be text'],
    ],
    ['services: [', ['1:12 Flow sequence']],
    ['services: []\nservices: []', ['2:1 Map keys must be unique']],
    ['services: []\n---\nservices: []', ['2:1 Source contains multiple documents']],
    ['services: !mine []', ['1:11 Unresolved tag']],
    ['services: *nobody', ['1:11 Unresolved alias']],
  ])('%j', async (text, expected) => {
    const found = await complaints(text)
    expect(found.map((one, index) => one.slice(0, expected[index]?.length))).toEqual(expected)
  })

  test('suggestions, and the place in words', async () => {
    const {problems} = await readSaved(server('        wieght: 1'))
    expect(problems).toMatchObject([{hint: 'Did you mean weight?', where: 'services[0].servers[0].wieght'}])
  })

  test.each([
    ['{"services": [{"id": "tcp://192.0.2.1:80",\n "scheduller": "rr"}]}', ['2:2 no key scheduller']],
    [
      '{"services": [{"id": "tcp://192.0.2.1:80",\n "servers": [{"address": "10.0.0.1"}, {"address": "x"}]}]}',
      ['2:51 x is a name'],
    ],
    ['{"a\\u0062": 1, "services": []}', ['1:2 no key ab']],
    ['{"services": []', ['1:16 this is not JSON: a comma or } should be here']],
    ['{"services": [] "x": 1}', ['1:17 this is not JSON: a comma or } should be here']],
    ['{"services": [1 2]}', ['1:17 this is not JSON: a comma or ] should be here']],
    ['{"services" []}', ['1:13 this is not JSON: a colon should be here']],
    ['{"services": [nul]}', ['1:15 this is not JSON: a value should be here']],
    ['{"services": []}}', ['1:17 this is not JSON: the end of the file should be here']],
    ['{"services": [],}', ['1:17 this is not JSON: a key in double quotes should be here']],
    ['[{"id": "tcp://192.0.2.1:80"}, 7]', ['1:32 a service should be']],
  ])('JSON: %j', async (text, expected) => {
    const found = await complaints(text, 'json')
    expect(found.map((one, index) => one.slice(0, expected[index]?.length))).toEqual(expected)
  })
})

describe('texts that mean harm', () => {
  test.each([
    ['deep JSON', '['.repeat(200_000), 'this is not JSON'],
    ['deep JSON that is whole', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'a service should be'],
    ['deep YAML', `services: ${'['.repeat(20_000)}`, 'it is nested too deeply'],
    [
      'YAML that multiplies',
      `a: &a [x,x,x,x,x,x,x,x]\n${[...'bcdef'].map((name, at) => `${name}: &${name} [${Array(8).fill(`*${'abcde'[at]}`)}]`).join('\n')}\nservices: *f`,
      'Excessive alias count',
    ],
    ['a prototype in JSON', '{"services": [], "__proto__": {"polluted": 1}}', 'no key __proto__'],
    ['a prototype in YAML', 'services: []\n__proto__: {polluted: 1}', 'no key __proto__'],
    [
      'a prototype of sysctls',
      '{"services": [], "sysctls": {"__proto__": "1", "constructor": "1"}}',
      'no sysctl of net.ipv4.vs is called __proto__',
    ],
    ['NUL bytes', '\0'.repeat(1000), 'this is neither'],
    ['NUL bytes in YAML', 'services: \0', 'U+0000'],
  ])('%s', async (_name, text, message) => {
    const {state, problems} = await readSaved(text)
    expect(state).toBeUndefined()
    expect(problems.map((one) => one.message).join('\n')).toContain(message)
    expect(problems.length).toBeLessThan(30)
    expect(({} as {polluted?: number}).polluted).toBeUndefined()
  })
})

describe('what word processors and chat programs do', () => {
  test('to YAML', async () => {
    const text = '# “Web”\r\nservices:\r\n  -\u00a0id: “tcp://192.0.2.1：80”\r\n'
    const {problems, repaired} = await readSaved(text)
    expect(problems.map(({line, column, severity}) => `${line}:${column} ${severity}`)).toEqual([
      '1:8 warning',
      '3:4 error',
      '3:9 error',
    ])
    expect(repaired).toEqual({text: '# “Web”\nservices:\n  - id: "tcp://192.0.2.1:80"\n', count: 3})
    expect(await read(repaired?.text ?? '')).toBe('-A -t 192.0.2.1:80 -s wlc\n')
  })

  test('to JSON', async () => {
    const {problems, repaired} = await readSaved('{“services”: [{"id": "tcp://192.0.2.1：80", "scheduler": "x"}]}')
    expect(problems.map(({column, fix}) => [column, fix])).toEqual([
      [2, '{"services":'],
      [38, '"tcp://192.0.2.1:80",'],
      [57, undefined],
    ])
    expect(repaired?.text).toBe('{"services": [{"id": "tcp://192.0.2.1:80", "scheduler": "x"}]}')
  })
})

test('what lvsctl list --json prints can be restored', async () => {
  const on = await exampleTable()
  const {stdout} = await lvsctl('list --json', on)
  const {state, problems} = await readSaved(stdout)
  expect(problems.filter(({severity}) => severity === 'error')).toEqual([])
  expect(state?.configuration).toEqual(configurationOf(sortTable(on.ipvs.table())))
})

test('the examples of docs/saved-formats.md are good', async () => {
  const manual = readFileSync(join(import.meta.dirname, '../../../../docs/saved-formats.md'), 'utf8')
  const blocks = [...manual.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(([, block = '']) => block)
  const read = await Promise.all(blocks.map((block) => readSaved(block)))
  expect(read).toMatchObject([
    {format: 'rules', problems: []},
    {format: 'yaml', problems: []},
  ])
})

test('YAML is for people', async () => {
  const {state} = await readSaved(`
-A -t 192.0.2.1:80 -s sh -p 300 -M 255.255.255.0 -b sh-port
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 0 -x 900
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -i -w 3 --tun-type gue --tun-port 6080
-A -f 7 -6 -M 64
-a -f 7 -6 -r 2001:db8::2 -m
--set 900 120 300
--start-daemon master --syncid 3
# sysctl net.ipv4.vs.conntrack = 1
# sysctl net.ipv4.vs.sync_threshold = 3 50
`)
  expect((await writeSaved(state ?? {configuration: []}, 'yaml')).text).toBe(`version: 1
services:
  - id: tcp://192.0.2.1:80
    scheduler: sh
    schedulerFlags: [sh-port]
    persistence: 300
    netmask: 255.255.255.0
    servers:
      - address: 10.0.0.1
        port: 80
        forwarding: gatewaying
        weight: 0
        upperThreshold: 900
      - address: 10.0.0.2
        port: 80
        forwarding: tunneling
        weight: 3
        tunnel:
          type: gue
          port: 6080
  - id: fwmark6://7
    scheduler: wlc
    netmask: "64"
    servers:
      - address: "2001:db8::2"
        port: 0
        forwarding: masquerading
        weight: 1
timeouts:
  tcp: 900
  tcpFin: 120
  udp: 300
syncDaemons:
  - role: master
    interface: eth0
    syncId: 3
sysctls:
  conntrack: 1
  sync_threshold: "3 50"
`)
  expect(JSON.parse((await writeSaved(state ?? {configuration: []}, 'json')).text)).toMatchObject({
    version: 1,
    services: [{id: 'tcp://192.0.2.1:80', servers: [{address: '10.0.0.1', weight: 0}, {}]}, {id: 'fwmark6://7'}],
  })
})

test('an interface with a name that is not ASCII survives YAML and JSON', async () => {
  const state = {configuration: [], daemons: [{role: 'master' as const, interface: 'büro–1', syncId: 0}]}
  for (const format of ['yaml', 'json'] as const)
    expect((await readSaved((await writeSaved(state, format)).text)).state).toEqual(state)
})
