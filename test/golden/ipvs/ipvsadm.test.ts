// What the real ipvsadm 1.31 sent and a real kernel answered (test/golden/netlink/ipvsadm-*.txt), both ways: its requests
// say to us what its command line said, and ours for the same say to the kernel what its did.

import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {type Failure, LvsctlError} from '../../../src/domain/problem.ts'
import {server} from '../../../src/domain/server.ts'
import {familyOfKey, formatServiceKey, type Protocol, type ServiceKey, service} from '../../../src/domain/service.ts'
import {commands, infoFields, ipvsWords, type MessageRecord, messageFields} from '../../../src/ipvs/attributes.ts'
import {explain} from '../../../src/ipvs/errors.ts'
import {
  decodeDaemon,
  decodeInfo,
  decodeRunningServer,
  decodeRunningService,
  decodeServiceKey,
  decodeTimeouts,
} from '../../../src/ipvs/records.ts'
import {decodeOperation, encodeOperation} from '../../../src/ipvs/requests.ts'
import {Reader} from '../../../src/netlink/bytes.ts'
import {errnoName} from '../../../src/netlink/errors.ts'
import {decodeFields, type FieldTable} from '../../../src/netlink/fields.ts'
import {controller, decodeGeneric, encodeGeneric} from '../../../src/netlink/generic.ts'
import {decodeAck, decodeMessages, type Message, messageTypes} from '../../../src/netlink/message.ts'
import type {Operation} from '../../../src/plan/operation.ts'
import {goldenNames} from '../../support/golden-netlink.ts'

const folder = join(import.meta.dirname, '../netlink')

interface Exchange {
  readonly request: Message
  /** Up to the next request: ipvsadm opens a socket for each, and numbers them all alike. */
  readonly answers: readonly Message[]
}

/** The first line of a file is the command; GET_INFO, with which every run of ipvsadm begins, is left out. */
function load(name: string): {readonly command: string; readonly exchanges: readonly Exchange[]} {
  const [command = '', ...lines] = readFileSync(join(folder, `${name}.txt`), 'utf8')
    .trimEnd()
    .split('\n')
  const exchanges: {request: Message; answers: Message[]}[] = []
  for (const line of lines) {
    const messages = decodeMessages(Uint8Array.from(Buffer.from(line.slice(2), 'hex')))
    if (line.startsWith('>')) exchanges.push(...messages.map((request) => ({request, answers: []})))
    else exchanges.at(-1)?.answers.push(...messages)
  }
  const family = familyId(exchanges.flatMap(({answers}) => answers))
  return {command, exchanges: exchanges.filter(({request}) => request.type === family)}
}

const changing = ({exchanges}: {exchanges: readonly Exchange[]}): readonly Exchange[] =>
  exchanges.filter(({request}) => request.payload[0] !== commands.GET_INFO)

const answersTo = (name: string, request: number, answer: number): readonly Message[] =>
  load(name)
    .exchanges.filter((one) => one.request.payload[0] === request)
    .flatMap(({answers}) => answers)
    .filter(({payload, type}) => type >= 16 && payload[0] === answer)

/** The controller's answer, which every file begins with. */
function familyId(answers: readonly Message[]): number | undefined {
  const found = answers.find(({type}) => type === 16)
  return found && decodeFields(controller, decodeGeneric(found.payload).attributes).id
}

const recordOf = ({payload}: Message): MessageRecord => decodeFields(messageFields, decodeGeneric(payload).attributes)

const tcp = (host: string, port: number, protocol: Protocol = 'tcp'): ServiceKey => ({
  kind: 'address',
  protocol,
  address: address(host),
  port,
})
const fwmark = (mark: number, family: 'ipv4' | 'ipv6' = 'ipv4'): ServiceKey => ({kind: 'fwmark', mark, family})
const at = (host: string, port: number) => ({address: address(host), port})

const web = tcp('192.168.1.10', 8080)
const web6 = tcp('2001:db8::201', 80)

/** Every changing command captured, and what it means. */
const changes: Readonly<Record<string, Operation>> = {
  'ipvsadm-add-tcp': {do: 'add-service', service: service(web, {scheduler: 'wrr'})},
  'ipvsadm-add-again': {do: 'add-service', service: service(web, {scheduler: 'wrr'})},
  'ipvsadm-add-udp-one-packet': {
    do: 'add-service',
    service: service(tcp('192.168.1.10', 53, 'udp'), {scheduler: 'rr', onePacket: true}),
  },
  'ipvsadm-add-sctp': {do: 'add-service', service: service(tcp('192.168.1.10', 132, 'sctp'), {scheduler: 'lc'})},
  'ipvsadm-add-fwmark': {do: 'add-service', service: service(fwmark(7))},
  'ipvsadm-add-fwmark-v6': {do: 'add-service', service: service(fwmark(8, 'ipv6'))},
  'ipvsadm-add-persistent': {
    do: 'add-service',
    service: service(tcp('192.168.1.10', 443), {persistence: 600, netmask: '255.255.255.0'}),
  },
  'ipvsadm-add-v6': {do: 'add-service', service: service(web6, {persistence: 300, netmask: '64'})},
  'ipvsadm-add-scheduler-flags': {
    do: 'add-service',
    service: service(tcp('192.168.1.10', 8081), {scheduler: 'sh', schedulerFlags: ['flag-1', 'flag-2']}),
  },
  'ipvsadm-add-engine': {
    do: 'add-service',
    service: service(tcp('192.168.1.10', 5060, 'udp'), {scheduler: 'rr', persistence: 60, engine: 'sip'}),
  },
  'ipvsadm-add-unknown-scheduler': {
    do: 'add-service',
    service: service(tcp('192.168.1.10', 8082), {scheduler: 'nonesuch'}),
  },
  'ipvsadm-edit-service': {do: 'edit-service', service: service(web)},
  'ipvsadm-add-server-gatewaying': {
    do: 'add-server',
    service: web,
    server: server(at('192.168.1.111', 8080), {weight: 3, upperThreshold: 100, lowerThreshold: 50}),
  },
  'ipvsadm-add-server-masquerading': {
    do: 'add-server',
    service: tcp('192.168.1.10', 443),
    server: server(at('192.168.1.111', 8443), {forwarding: 'masquerading'}),
  },
  'ipvsadm-add-server-ipip': {
    do: 'add-server',
    service: fwmark(7),
    server: server(at('192.168.1.112', 0), {forwarding: 'tunneling'}),
  },
  'ipvsadm-add-server-gue': {
    do: 'add-server',
    service: web,
    server: server(at('192.168.1.112', 8080), {
      forwarding: 'tunneling',
      tunnel: {type: 'gue', port: 6080, checksum: 'full'},
    }),
  },
  'ipvsadm-add-server-gre': {
    do: 'add-server',
    service: web,
    server: server(at('192.168.1.113', 8080), {
      forwarding: 'tunneling',
      tunnel: {type: 'gre', port: 0, checksum: 'none'},
    }),
  },
  'ipvsadm-add-server-v6': {do: 'add-server', service: web6, server: server(at('2001:db8:1::2', 80))},
  'ipvsadm-add-server-v6-in-v4': {
    do: 'add-server',
    service: tcp('192.168.1.10', 8081),
    server: server(at('2001:db8:1::3', 8081), {forwarding: 'tunneling'}),
  },
  'ipvsadm-edit-server': {do: 'edit-server', service: web, server: server(at('192.168.1.111', 8080), {weight: 0})},
  'ipvsadm-delete-server': {do: 'delete-server', service: web, server: at('192.168.1.113', 8080)},
  'ipvsadm-delete-server-again': {do: 'delete-server', service: web, server: at('192.168.1.113', 8080)},
  'ipvsadm-set-timeouts': {do: 'set-timeouts', timeouts: {tcp: 600, tcpFin: 60, udp: 150}},
  'ipvsadm-start-daemon': {
    do: 'start-daemon',
    daemon: {
      role: 'master',
      interface: 'eth0',
      syncId: 5,
      maxLength: 1400,
      group: address('224.0.0.90'),
      port: 8849,
      ttl: 2,
    },
  },
  'ipvsadm-start-daemon-v6': {
    do: 'start-daemon',
    daemon: {role: 'backup', interface: 'eth0', syncId: 0, group: address('ff02::5a')},
  },
  'ipvsadm-stop-daemon': {do: 'stop-daemon', role: 'master'},
  'ipvsadm-zero-one': {do: 'zero', service: web},
  'ipvsadm-zero-all': {do: 'zero'},
  'ipvsadm-delete-service': {do: 'delete-service', service: tcp('192.168.1.10', 443)},
  'ipvsadm-clear': {do: 'flush'},
}

const wholeService = ['service.scheduler', 'service.flags', 'service.timeout', 'service.netmask']

/**
 * What ipvsadm sends over and above what the command reads (ip_vs_genl_set_cmd parses "full" entries only where it
 * creates or changes them; stop_sync_thread looks at the state alone).
 */
const superfluous: Readonly<Record<string, readonly string[]>> = {
  DEL_SERVICE: wholeService,
  ZERO: wholeService,
  NEW_DEST: wholeService,
  SET_DEST: wholeService,
  DEL_DEST: [
    ...wholeService,
    ...['forwarding', 'weight', 'upperThreshold', 'lowerThreshold', 'tunnelType', 'tunnelPort', 'tunnelFlags'].map(
      (name) => `server.${name}`,
    ),
  ],
  DEL_DAEMON: ['daemon.interface', 'daemon.syncId'],
}

/**
 * Attributes by their path, as bytes. Their order inside a nest is lost, which the kernel does not care about: nla_parse
 * sorts them into a table first.
 */
function attributesOf(payload: Uint8Array): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const walk = (fields: FieldTable, input: Reader, prefix: string): void => {
    for (let at = 0; at < input.length; ) {
      const length = input.u16(at)
      const [, name, field] = fields.byType[input.u16(at + 2) & 0x3fff] ?? [0, `#${input.u16(at + 2)}`, undefined]
      const content = input.slice(at + 4, at + length)
      if (field?.table) walk(field.table, content, `${prefix}${name}.`)
      else found.set(prefix + name, Buffer.from(content.bytes).toString('hex'))
      at += (length + 3) & ~3
    }
  }
  walk(messageFields, new Reader(payload.slice(4)), '')
  return found
}

describe.each(Object.entries(changes))('%s', (name, operation) => {
  const loaded = load(name)
  const {command} = loaded
  const requests = changing(loaded).map(({request}) => request)
  const [request] = requests
  if (!request) throw new Error(`${name}: no request was captured for ${command}`)
  const number = request.payload[0] as number
  const kernelName = ipvsWords.commands.get(number)?.name as string

  test(`${command} is understood`, () => {
    expect(requests).toHaveLength(1)
    expect(decodeOperation({command: number, record: recordOf(request)})).toEqual(operation)
  })

  test(`we say the same to the kernel for it`, () => {
    const ours = encodeOperation(operation)
    expect(ipvsWords.commands.get(ours.command)?.name).toBe(kernelName)
    const payload = encodeGeneric(ours.command, messageFields, ours.record)
    expect([...payload.subarray(0, 4)]).toEqual([...request.payload.subarray(0, 4)])
    const theirs = new Map(attributesOf(request.payload))
    const left = new Set([...theirs.keys()].filter((path) => !attributesOf(payload).has(path)))
    expect([...left].filter((path) => !superfluous[kernelName]?.includes(path))).toEqual([])
    for (const path of left) theirs.delete(path)
    expect(Object.fromEntries(attributesOf(payload))).toEqual(Object.fromEntries(theirs))
  })
})

test('adding and editing a service is the same to the byte, but that ipvsadm puts the engine before the flags', () => {
  for (const [name, operation] of Object.entries(changes)) {
    if (operation.do !== 'add-service' && operation.do !== 'edit-service') continue
    if (operation.service.engine !== undefined) continue
    const {command, record} = encodeOperation(operation)
    expect(Buffer.from(encodeGeneric(command, messageFields, record)).toString('hex')).toBe(
      Buffer.from(changing(load(name))[0]?.request.payload ?? []).toString('hex'),
    )
  }
})

describe('what the kernel answered', () => {
  const refusals: readonly (readonly [name: string, errno: string, failure: Failure])[] = [
    ['ipvsadm-add-again', 'EEXIST', 'exists'],
    ['ipvsadm-add-unknown-scheduler', 'ENOENT', 'unsupported'],
    ['ipvsadm-delete-server-again', 'ENOENT', 'missing'],
  ]
  test.each(refusals)('%s: %s', (name, errno, failure) => {
    const [ack] = changing(load(name)).flatMap(({answers}) => answers)
    expect(ack?.type).toBe(messageTypes.error)
    const found = errnoName(decodeAck(ack as Message).error)
    expect(found).toBe(errno)
    const error = explain(changes[name] as Operation, found)
    expect(error).toBeInstanceOf(LvsctlError)
    expect(error.failure).toBe(failure)
  })

  test('timeouts', () => {
    const answers = answersTo('ipvsadm-list-timeouts', commands.GET_CONFIG, commands.SET_CONFIG)
    expect(answers.map((one) => decodeTimeouts(recordOf(one)))).toEqual([{tcp: 600, tcpFin: 60, udp: 150}])
  })

  test('info', () => {
    const [answer] = answersTo('ipvsadm-list-timeouts', commands.GET_INFO, commands.SET_INFO)
    const {attributes} = decodeGeneric((answer as Message).payload)
    expect(decodeInfo(decodeFields(infoFields, attributes))).toEqual({version: '1.2.1', connectionTableSize: 4096})
  })

  test('daemons', () => {
    const answers = answersTo('ipvsadm-list-daemons', commands.GET_DAEMON, commands.NEW_DAEMON)
    expect(answers.map((one) => decodeDaemon(recordOf(one).daemon ?? {}))).toEqual([
      {role: 'master', interface: 'eth0', syncId: 5, maxLength: 1400, group: '224.0.0.90', port: 8849, ttl: 2},
      {role: 'backup', interface: 'eth0', syncId: 0, maxLength: 1452, group: 'ff02::5a', port: 8848, ttl: 1},
    ])
  })

  test.each(['ipvsadm-list', 'ipvsadm-save'])('the table: %s', (name) => {
    const services = answersTo(name, commands.GET_SERVICE, commands.NEW_SERVICE).map(
      (one) => decodeRunningService(recordOf(one).service ?? {}).service,
    )
    const expected = Object.values(changes).flatMap((change) => (change.do === 'add-service' ? [change.service] : []))
    const added = new Map(expected.map((one) => [formatServiceKey(one.key), one]))
    added.set(formatServiceKey(web), service(web))
    added.delete('tcp://192.168.1.10:8082')
    expect(new Map(services.map((one) => [formatServiceKey(one.key), one]))).toEqual(added)

    const servers = load(name)
      .exchanges.filter(({request}) => request.payload[0] === commands.GET_DEST)
      .map(({request, answers}) => {
        const key = decodeServiceKey(recordOf(request).service ?? {})
        const found = answers.filter(({type, payload}) => type === request.type && payload[0] === commands.NEW_DEST)
        return [
          formatServiceKey(key),
          found.map((one) => decodeRunningServer(recordOf(one).server ?? {}, familyOfKey(key)).server),
        ] as const
      })
      .filter(([, found]) => found.length > 0)
    expect(Object.fromEntries(servers)).toEqual({
      // The newest first, as the kernel keeps them.
      [formatServiceKey(web)]: [
        server(at('192.168.1.112', 8080), {
          forwarding: 'tunneling',
          tunnel: {type: 'gue', port: 6080, checksum: 'full'},
        }),
        server(at('192.168.1.111', 8080), {weight: 0}),
      ],
      'tcp://192.168.1.10:443': [server(at('192.168.1.111', 8443), {forwarding: 'masquerading'})],
      [formatServiceKey(web6)]: [server(at('2001:db8:1::2', 80))],
      'fwmark://7': [server(at('192.168.1.112', 0), {forwarding: 'tunneling'})],
    })
  })
})

test('no capture of ipvsadm is left untested', () => {
  const reading = ['list', 'list-one', 'list-timeouts', 'list-daemons', 'save'].map((name) => `ipvsadm-${name}`)
  expect([...goldenNames('ipvsadm-')].sort()).toEqual([...Object.keys(changes), ...reading].sort())
})
