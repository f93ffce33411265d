// What operators are told for each errno, and that nothing the contract says is refused goes unexplained.

import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import type {Failure} from '../../../src/domain/problem.ts'
import {server} from '../../../src/domain/server.ts'
import {type ServiceKey, service} from '../../../src/domain/service.ts'
import {explain, explainLookup, explainRead} from '../../../src/ipvs/errors.ts'
import {NetlinkError} from '../../../src/netlink/errors.ts'
import type {Operation} from '../../../src/plan/operation.ts'
import {refused} from '../../contract/ipvs.ts'

const web: ServiceKey = {kind: 'address', protocol: 'tcp', address: address('192.0.2.10'), port: 80}
const web6: ServiceKey = {kind: 'address', protocol: 'udp', address: address('2001:db8::1'), port: 53}
const mark6: ServiceKey = {kind: 'fwmark', mark: 7, family: 'ipv6'}
const rs = {address: address('10.0.0.7'), port: 80}

const addService: Operation = {do: 'add-service', service: service(web)}
const addServer: Operation = {do: 'add-server', service: web, server: server(rs)}
const edit = (settings: Parameters<typeof server>[1]): Operation => ({
  do: 'edit-server',
  service: web,
  server: server(rs, settings),
})
const daemon = {role: 'master', interface: 'eth9', syncId: 0} as const

const rows: readonly (readonly [Operation, errno: string, Failure, message: RegExp, hint?: RegExp])[] = [
  [
    addService,
    'EEXIST',
    'exists',
    /^service tcp:\/\/192\.0\.2\.10:80 already exists$/,
    /service edit -t 192\.0\.2\.10:80/,
  ],
  [
    {do: 'add-service', service: service(web, {scheduler: 'twos'})},
    'ENOENT',
    'unsupported',
    /^this kernel has no scheduler "twos"$/,
    /modprobe ip_vs_twos$/,
  ],
  [
    {do: 'edit-service', service: service(web, {engine: 'sip'})},
    'ENOENT',
    'unsupported',
    /no scheduler "wlc", or no persistence engine "sip"/,
    /modprobe ip_vs_wlc ; modprobe ip_vs_pe_sip$/,
  ],
  [
    {do: 'edit-service', service: service(web, {scheduler: 'none', engine: 'sipp'})},
    'ENOENT',
    'unsupported',
    /^this kernel has no persistence engine "sipp"$/,
  ],
  [{do: 'add-service', service: service(web6)}, 'EINVAL', 'usage', /udp:\/\/\[2001:db8::1\]:53/, /prefix length/],
  [{do: 'edit-service', service: service(mark6)}, 'ESRCH', 'missing', /^no service fwmark6:\/\/7$/, /-f 7 -6$/],
  [{do: 'delete-service', service: web6}, 'ESRCH', 'missing', /^no service udp/, /service add -u \[2001:db8::1\]:53$/],
  [{do: 'zero', service: web}, 'ESRCH', 'missing', /^no service tcp/],
  [addServer, 'ESRCH', 'missing', /^no service tcp:\/\/192\.0\.2\.10:80$/, /lvsctl list/],
  [
    addServer,
    'EEXIST',
    'exists',
    /^server 10\.0\.0\.7:80 already exists in tcp:/,
    /server edit -t 192\.0\.2\.10:80 -r 10/,
  ],
  [edit({}), 'ENOENT', 'missing', /^no server 10\.0\.0\.7:80 in tcp:\/\/192\.0\.2\.10:80$/, /service show -t/],
  [{do: 'delete-server', service: web, server: rs}, 'ENOENT', 'missing', /^no server 10\.0\.0\.7:80 in tcp:/],
  [edit({weight: -3}), 'ERANGE', 'usage', /^weight -3 of server 10\.0\.0\.7:80/, /2147483647/],
  [edit({upperThreshold: 1, lowerThreshold: 2}), 'ERANGE', 'usage', /lower threshold 2 .* upper threshold 1$/],
  [addServer, 'EINVAL', 'usage', /refuses server 10\.0\.0\.7:80/, /broadcast address.*ip link set lo up/],
  [
    {do: 'add-server', service: web, server: server({...rs, address: address('2001:db8::7')})},
    'EINVAL',
    'usage',
    /\[2001:db8::7\]:80/,
    /must be tunneled to, and no sync daemon may run.*link-local/,
  ],
  [edit({upperThreshold: 2 ** 31}), 'EINVAL', 'usage', /refuses/, /thresholds up to 2147483647/],
  [edit({tunnel: {type: 'gue', port: 0, checksum: 'none'}}), 'EINVAL', 'usage', /refuses/, /gue tunnel needs a port/],
  [{do: 'set-timeouts', timeouts: {tcp: 2 ** 31}}, 'EINVAL', 'usage', /2147483648/, /2147483 s at 1000/],
  [{do: 'start-daemon', daemon}, 'EEXIST', 'exists', /^a master sync daemon already runs$/, /sync stop master/],
  [{do: 'start-daemon', daemon}, 'ENODEV', 'missing', /^no interface eth9/, /ip link/],
  [{do: 'start-daemon', daemon}, 'EINVAL', 'usage', /master sync daemon/, /another family/],
  [
    {do: 'start-daemon', daemon: {...daemon, group: address('10.0.0.1')}},
    'EINVAL',
    'usage',
    /master sync daemon/,
    /^10\.0\.0\.1 must be a multicast address/,
  ],
  [{do: 'start-daemon', daemon}, 'EADDRNOTAVAIL', 'unexpected', /cannot use eth9/, /must be up/],
  [{do: 'stop-daemon', role: 'backup'}, 'ESRCH', 'missing', /^no backup sync daemon runs$/],
  [addService, 'EPERM', 'permission', /^not permitted:.*CAP_NET_ADMIN in the initial user namespace/, /sudo/],
  [{do: 'flush'}, 'EPERM', 'permission', /CAP_NET_ADMIN/],
  [{do: 'add-service', service: service(web6)}, 'EAFNOSUPPORT', 'unsupported', /IPv6/],
  [addService, 'ENOPROTOOPT', 'unsupported', /unloading/],
  [addService, 'ENOMEM', 'unexpected', /memory/],
  [{do: 'flush'}, 'EOPNOTSUPP', 'unsupported', /does not know/],
  [{do: 'flush'}, 'ETIMEDOUT', 'deadline', /unknown/, /lvsctl list/],
  [{do: 'flush'}, 'EIO', 'unexpected', /^flush: the kernel answered EIO$/],
]

for (const [operation, errno, failure, message, hint] of rows)
  test(`${operation.do}, ${errno}: ${message.source}`, () => {
    const error = explain(operation, errno)
    expect(error.failure).toBe(failure)
    expect(error.message).toMatch(message)
    if (hint) expect(error.hint).toMatch(hint)
  })

describe('everything the contract refuses has a meaning of its own', () => {
  test.each(refused)('%s', (_name, _before, operation, errno) => {
    const error = explain(operation, errno)
    expect(['exists', 'missing', 'usage', 'unsupported']).toContain(error.failure)
    expect(error.code).not.toBe('kernel-refused')
    expect(error.message).not.toMatch(/undefined|NaN|\[object/)
  })
})

describe('before any operation', () => {
  test('no family: no IPVS', () => {
    expect(explainLookup(new NetlinkError('CTRL GETFAMILY', 'ENOENT'))).toMatchObject({
      failure: 'unsupported',
      exit: 6,
      code: 'ipvs-unavailable',
      hint: expect.stringMatching(/modprobe ip_vs.*lvsctl lab/),
    })
  })
  test('no netlink', () => {
    expect(explainLookup(new NetlinkError('socket', 'EPROTONOSUPPORT')).failure).toBe('unsupported')
  })
  test('otherwise as for reading', () => {
    for (const explained of [explainLookup, explainRead]) {
      expect(explained(new NetlinkError('IPVS GET_INFO', 'EPERM')).failure).toBe('permission')
      expect(explained(new NetlinkError('socket', 'EMFILE')).message).toBe('socket: the kernel answered EMFILE')
    }
  })
})

test('the cause is kept', () => {
  const cause = new NetlinkError('IPVS FLUSH', 'EPERM')
  expect(explain({do: 'flush'}, 'EPERM', cause).cause).toBe(cause)
})
