import {expect, test} from 'vitest'
import {type ConnectionFilter, compileFilter, isFiltered} from '../../../src/connections/filter.ts'
import {address} from '../../../src/domain/address.ts'
import {parseServiceKey} from '../../../src/domain/service-key.ts'
import {ConnectionReader} from '../../../src/formats/procfs/ip-vs-conn.ts'

const lines = {
  tcp: 'TCP C0000202 9A10 CB00710A 0050 0A01010B 1F90 ESTABLISHED     894',
  udp: 'UDP C0000303 9A10 CB00710A 0050 0A01010B 0050 UDP             894',
  six: 'TCP 2001:0db8:0000:0000:0000:0000:0000:0002 9A10 2001:0db8:0000:0000:0000:0000:0000:0010 0050 2001:0db8:0000:0000:0000:0000:0000:0011 0050 SYN_RECV 3',
  tunnel: 'TCP C0000202 9A11 CB00710A 0050 2001:0db8:0000:0000:0000:0000:0000:0011 0050 TIME_WAIT 3',
  template: 'TCP C0000200 0000 CB00710A 0050 0A01010B 1F90 ASSURED          54',
  ftp: 'TCP C0000202 0000 CB00710A 0000 0A01010B 0000 ASSURED          54',
  mark: 'IP  C0000202 0000 0000000B 0000 0A01010B 0000 ASSURED          46',
  mark6:
    'IP  2001:0db8:0000:0000:0000:0000:0000:0002 0000 0000:000b:0000:0000:0000:0000:0000:0000 0000 2001:0db8:0000:0000:0000:0000:0000:0011 0000 NONE 4',
  synced: 'TCP C0000404 9A10 CB00710A 0051 0A01010B 1F90 ESTABLISHED SYNC 894',
  local: 'TCP C0000404 9A11 CB00710A 0051 0A01010B 1F90 ESTABLISHED LOCAL 894',
}

function kept(filter: ConnectionFilter): readonly string[] {
  const reader = new ConnectionReader()
  const wanted = compileFilter(filter, reader.states)
  return Object.entries(lines)
    .filter(([, line]) => {
      const bytes = new TextEncoder().encode(line)
      if (!reader.read(bytes, 0, bytes.length)) throw new Error(line)
      return wanted(reader.line)
    })
    .map(([name]) => name)
}

function service(word: string) {
  const parsed = parseServiceKey(word)
  if (!parsed.ok) throw new Error(parsed.problem.message)
  return parsed.value
}

const all = Object.keys(lines)
const of = (text: string, prefix: number): ConnectionFilter => ({client: {address: address(text), prefix}})

test.each<[string, ConnectionFilter, readonly string[]]>([
  ['nothing', {}, all],
  ['a service', {service: service('tcp://203.0.113.10:80')}, ['tcp', 'tunnel', 'template']],
  ['its protocol', {service: service('udp://203.0.113.10:80')}, ['udp']],
  ['over IPv6', {service: service('tcp://[2001:db8::10]:80')}, ['six']],
  [
    'of every port',
    {service: service('tcp://203.0.113.10:0')},
    ['tcp', 'tunnel', 'template', 'ftp', 'synced', 'local'],
  ],
  ['of FTP, whose template has no port', {service: service('tcp://203.0.113.10:21')}, ['ftp']],
  ['of another port, whose template has one', {service: service('tcp://203.0.113.10:22')}, []],
  ['a mark', {service: service('fwmark://11')}, ['mark']],
  ['an IPv6 mark', {service: service('fwmark6://11')}, ['mark6']],
  ['another mark', {service: service('fwmark://12')}, []],
  ['the address that a mark looks like', {service: service('protocol-0://0.0.0.11:0')}, []],
  ['a server', {server: {address: address('10.1.1.11'), port: 8080}}, ['tcp', 'template', 'synced', 'local']],
  [
    'a server on any port',
    {server: {address: address('10.1.1.11'), port: undefined}},
    ['tcp', 'udp', 'template', 'ftp', 'mark', 'synced', 'local'],
  ],
  ['a server over IPv6', {server: {address: address('2001:db8::11'), port: undefined}}, ['six', 'tunnel', 'mark6']],
  ['a client', of('192.0.2.2', 32), ['tcp', 'tunnel', 'ftp', 'mark']],
  ['a network', of('192.0.2.77', 24), ['tcp', 'tunnel', 'template', 'ftp', 'mark']],
  ['a network of 23 bits', of('192.0.3.0', 23), ['tcp', 'udp', 'tunnel', 'template', 'ftp', 'mark']],
  ['half of IPv4', of('128.0.0.0', 1), all.filter((name) => !name.includes('6') && name !== 'six')],
  ['all of IPv4', of('0.0.0.0', 0), all.filter((name) => !name.includes('6') && name !== 'six')],
  ['all of IPv6', of('::', 0), ['six', 'mark6']],
  ['an IPv6 client', of('2001:db8::2', 128), ['six', 'mark6']],
  ['its neighbour', of('2001:db8::3', 128), []],
  ['both of them', of('2001:db8::3', 127), ['six', 'mark6']],
  ['a network across a word', of('2001:db8:0:0:1::', 65), ['six', 'mark6']],
  ['another such', of('2001:db8:0:0:8000::', 65), []],
  ['a state', {states: ['SYN_RECV']}, ['six']],
  ['states', {states: ['syn_recv', 'TIME_WAIT']}, ['six', 'tunnel']],
  ['no state', {states: []}, all],
  ['templates', {templates: 'only'}, ['template', 'ftp', 'mark', 'mark6']],
  ['no templates', {templates: 'none'}, ['tcp', 'udp', 'six', 'tunnel', 'synced', 'local']],
  ['synced', {synced: true}, ['synced']],
  ['several things', {templates: 'none', ...of('192.0.2.2', 32), states: ['TIME_WAIT']}, ['tunnel']],
  ['what cannot be', {templates: 'only', states: ['ESTABLISHED']}, []],
])('%s', (_what, filter, expected) => expect(kept(filter)).toEqual(expected))

test.each<[ConnectionFilter, boolean]>([
  [{}, false],
  [{states: [], synced: false, service: undefined}, false],
  [{states: ['UDP']}, true],
  [{synced: true}, true],
  [{templates: 'none'}, true],
])('%j is a filter: %s', (filter, expected) => expect(isFiltered(filter)).toBe(expected))
