// A command line, read: what it asks for, or what ipvsadm says to it. The texts are those of ipvsadm 1.31, which the lab
// tests hold it to; here is what each rule is.

import {describe, expect, test} from 'vitest'
import {address} from '../../../../src/domain/address.ts'
import {server} from '../../../../src/domain/server.ts'
import {type ServiceKey, service} from '../../../../src/domain/service.ts'
import {readArguments} from '../../../../src/formats/ipvsadm/arguments.ts'
import {KnownNames} from '../../../../src/formats/ipvsadm/names.ts'

const known = new KnownNames()
known.learn({kind: 'address-of', host: 'vip.example'}, '192.0.2.9')
known.learn({kind: 'port-of', service: 'http', protocol: 'tcp'}, 80)

const read = (line: string): unknown => readArguments(line.split(' '), known)
const readWords = (...words: readonly string[]): unknown => readArguments(words, known)

const tcp = (text: string, port: number): ServiceKey => ({
  kind: 'address',
  protocol: 'tcp',
  address: address(text),
  port,
})
const web = tcp('192.0.2.1', 80)
const change = (operation: object): object => ({do: 'change', operation})
const refused = (text: string): object => ({do: 'fail', text: `${text}\n`, exit: 2, ends: true})
const popt = (text: string): object => ({do: 'fail', text: `${text}\n`, exit: 255, ends: false})
const hint = {
  do: 'fail',
  text: "Try `ipvsadm -h' or 'ipvsadm --help' for more information.\n",
  exit: 255,
  ends: true,
}

describe('services', () => {
  const added = (key: ServiceKey, settings: object = {}): object =>
    change({do: 'add-service', service: service(key, settings)})

  test.each([
    ['-A -t 192.0.2.1:80', added(web)],
    ['-At192.0.2.1:http', added(web)],
    ['--add-service --tcp-service=192.0.2.1:80 --scheduler=rr', added(web, {scheduler: 'rr'})],
    ['-A -t vip.example:80', added(tcp('192.0.2.9', 80))],
    ['-A -t [vip.example]:80', added(tcp('192.0.2.9', 80))],
    ['-A -t [192.0.2.1]:80', added(web)],
    ['-A -t 10.9:80', added(tcp('10.0.0.9', 80))],
    ['-A -t 192.0.2.1 -p', added(tcp('192.0.2.1', 0), {persistence: 360})],
    ['-A -t 2001:db8::1 -p9', added(tcp('2001:db8::1', 0), {persistence: 9, netmask: '128'})],
    ['-A -t [2001:DB8::1]:80 -M 64', added(tcp('2001:db8::1', 80), {netmask: '64'})],
    ['-A -M 64 -t [2001:db8::1]:80', added(tcp('2001:db8::1', 80), {netmask: '128'})],
    ['-A -t 192.0.2.1:80 -M 24', added(web, {netmask: '0.0.0.24'})],
    ['-A -f 4294967295', added({kind: 'fwmark', mark: 4294967295, family: 'ipv4'})],
    ['-A -f 7 -6', added({kind: 'fwmark', mark: 7, family: 'ipv6'}, {netmask: '128'})],
    [
      '-A -b sh-port,sh-fallback -t 192.0.2.1:80 -s sh',
      added(web, {scheduler: 'sh', schedulerFlags: ['flag-1', 'flag-2']}),
    ],
    ['-A -t 192.0.2.1:80 -s abcdefghijklmnopq', added(web, {scheduler: 'abcdefghijklmno'})],
    ['-A -t 192.0.2.1:80 --pe sip', added(web, {engine: 'sip'})],
    ['-A -f 7 -o', added({kind: 'fwmark', mark: 7, family: 'ipv4'}, {onePacket: true})],
    ['-D -t 192.0.2.1', change({do: 'delete-service', service: tcp('192.0.2.1', 0)})],
    ['-Z', change({do: 'zero'})],
    ['-Z -t 192.0.2.1:80', change({do: 'zero', service: web})],
    ['-C', change({do: 'flush'})],
  ])('%s', (line, expected) => expect(read(line)).toEqual(expected))

  test.each([
    ['-A', "You need to supply the 'service-address' option for the 'add-service' command"],
    ['-A -n', "Illegal 'numeric' option with the 'add-service' command"],
    ['-A -w 1', "You need to supply the 'service-address' option for the 'add-service' command"],
    ['-A -t 192.0.2.1:80 -w 1', "Illegal 'weight' option with the 'add-service' command"],
    ['-A -t 192.0.2.1', 'Zero port specified for non-persistent service'],
    ['-A -t 192.0.2.1:80 -o', 'One-Packet Scheduling is only for UDP virtual services'],
    ['-A -t 192.0.2.1:80 -t 192.0.2.1:80', "multiple 'service-address' options specified"],
    ['-A -t 192.0.2.1:70000', 'illegal virtual server address[:port] specified'],
    ['-A -t nowhere:80', 'illegal virtual server address[:port] specified'],
    ['-A -t [2001:db8::1]', 'illegal virtual server address[:port] specified'],
    ['-A -t [192.0.2.1:81]:80', 'illegal virtual server address[:port] specified'],
    ['-A -t 80', 'illegal virtual server address[:port] specified'],
    ['-A -f 0', "invalid fwmark value `0' specified"],
    ['-A -6 -f 7', '-6 used before -f\n'],
    ['-A -p 2678401 -t 192.0.2.1:80', "invalid timeout value `2678401' specified"],
    ['-A -t 192.0.2.1:80 -M 255.255.255.256', 'illegal virtual server persistent mask specified'],
    ['-A -t [2001:db8::1]:80 -M 129', 'illegal ipv6 netmask specified'],
    ['-A -b ,', "invalid scheduler flag `,'"],
    ['-A -b sh-port', "incompatible scheduler flag `sh-port'"],
    ['-A -b bogus -s sh', "invalid scheduler flag `bogus'"],
    ['-A -t 192.0.2.1:80 foo', 'unexpected argument foo'],
    ['-A -D', "invalid option `-D'"],
    ['-CL', "invalid option `-CL'"],
    ['-C -n', "Illegal 'numeric' option with the 'flush' command"],
  ])('%s: %s', (line, text) => expect(read(line)).toEqual(refused(text)))
})

describe('servers', () => {
  const there = {address: address('10.0.0.1'), port: 80}

  test.each([
    ['-a -t 192.0.2.1:80 -r 10.0.0.1', {}],
    ['-a -t 192.0.2.1:80 -r 10.0.0.1:8080', {}],
    ['-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m', {forwarding: 'masquerading', port: 8080}],
    ['-a -r 10.0.0.1 -m -t 192.0.2.1:80', {forwarding: 'masquerading', port: 0}],
    [
      '-a -t 192.0.2.1:80 -r 10.0.0.1 -w 2147483647 -x 5 -y 3',
      {weight: 2147483647, upperThreshold: 5, lowerThreshold: 3},
    ],
    ['-a -t 192.0.2.1:80 -r 2001:db8::1 -i', {forwarding: 'tunneling', address: address('2001:db8::1')}],
    [
      '-a -t 192.0.2.1:80 -r 10.0.0.1 -i --tun-type gue --tun-port 6080 --tun-remcsum',
      {forwarding: 'tunneling', tunnel: {type: 'gue', port: 6080, checksum: 'remote'}},
    ],
  ])('%s', (line, settings) => {
    const {address: at = there.address, port = there.port, ...rest} = settings as Partial<typeof there>
    expect(read(line)).toEqual(change({do: 'add-server', service: web, server: server({address: at, port}, rest)}))
  })

  test('a mark leaves ports alone', () => {
    expect(read('-e -f 7 -r 10.0.0.1:8080')).toEqual(
      change({
        do: 'edit-server',
        service: {kind: 'fwmark', mark: 7, family: 'ipv4'},
        server: server({address: there.address, port: 8080}),
      }),
    )
  })

  test('a server is deleted under the port that was named', () => {
    expect(read('-d -t 192.0.2.1:80 -r 10.0.0.1:8080')).toEqual(
      change({do: 'delete-server', service: web, server: {...there, port: 8080}}),
    )
  })

  test.each([
    ['-a -t 192.0.2.1:80', "You need to supply the 'real-server' option for the 'add-server' command"],
    ['-a -t 192.0.2.1:80 -r 10.0.0.1 -g -m', "multiple 'forwarding-method' options specified"],
    ['-a -t 192.0.2.1:80 -r 2001:db8::1', 'Different address family is allowed only for tunneling servers'],
    ['-a -t 192.0.2.1:80 -r 10.0.0.1 --tun-csum', 'Tunnel options conflict with forward method'],
    ['-a -t 192.0.2.1:80 -r 10.0.0.1 -w 2147483648', 'illegal weight specified'],
    ['-a -t 192.0.2.1:80 -r 10.0.0.1 -w -1', 'illegal weight specified'],
    ['-a -r 10.0.0.1:http -t 192.0.2.1:80', 'illegal real server address[:port] specified'],
    [
      '-a -t 192.0.2.1:80 -r 10.0.0.1 -i --tun-type gue',
      "You need to supply the 'tun-port' option for the 'gue' tunnel type",
    ],
    ['-a -t 192.0.2.1:80 -r 10.0.0.1 -i --tun-port 5', "Illegal 'tun-port' option with the 'ipip' tunnel type"],
    [
      '-a -t 192.0.2.1:80 -r 10.0.0.1 -i --tun-type gre --tun-csum --tun-nocsum',
      "The option 'tun-csum' conflicts with the 'tun-nocsum' option in the 'gre' tunnel type",
    ],
  ])('%s: %s', (line, text) => expect(read(line)).toEqual(refused(text)))
})

describe('the rest', () => {
  const plain = {columns: 'plain', numeric: false, exact: false, sorted: true}

  test.each([
    ['-L', {do: 'list-table', options: plain}],
    ['-ln --nosort --sort --sort', {do: 'list-table', options: {...plain, numeric: true, sorted: false}}],
    ['-LnX --rate --stats', {do: 'list-table', options: {...plain, numeric: true, exact: true, columns: 'stats'}}],
    ['-L -t 192.0.2.1:80 --tun-info', {do: 'list-service', key: web, options: {...plain, columns: 'tun-info'}}],
    ['-Lnc --persistent-conn', {do: 'list-connections', numeric: true, engineData: true}],
    ['-L --timeout --tun-info', {do: 'list-timeouts'}],
    ['-L --daemon --syncid 5', {do: 'list-daemons'}],
    ['-Sn', {do: 'save', numeric: true}],
    ['-R', {do: 'restore'}],
    ['-hx foo', {do: 'help'}],
    ['-v --bogus', {do: 'version'}],
    ['--set 0 33 0', change({do: 'set-timeouts', timeouts: {tcp: 0, tcpFin: 33, udp: 0}})],
    ['1 2 3 --set', change({do: 'set-timeouts', timeouts: {tcp: 1, tcpFin: 2, udp: 3}})],
    ['--stop-daemon backup --syncid 3', change({do: 'stop-daemon', role: 'backup'})],
    ['--start-daemon master', change({do: 'start-daemon', daemon: {role: 'master', interface: 'eth0', syncId: 0}})],
    [
      '--start-daemon backup --mcast-interface dm0 --syncid 7 --sync-maxlen 9 --mcast-group ff02::81 --mcast-port 5 --mcast-ttl 6',
      change({
        do: 'start-daemon',
        daemon: {
          role: 'backup',
          interface: 'dm0',
          syncId: 7,
          maxLength: 9,
          group: address('ff02::81'),
          port: 5,
          ttl: 6,
        },
      }),
    ],
  ])('%s', (line, expected) => expect(read(line)).toEqual(expected))

  test.each([
    [
      '-L -t 192.0.2.1:80 -c',
      "The option 'service-address' conflicts with the 'connection' option in the 'list' command",
    ],
    ['-L -c --stats', 'options conflicts in the list command'],
    ['-L --timeout --persistent-conn', 'options conflicts in the list command'],
    ['--set 10 20', '--set option requires 3 timeout values'],
    ['--set 1 2 3 4', 'unexpected argument 4'],
    ['--set 1 b 3', "invalid timeout value `b' specified"],
    ['--start-daemon foo', 'illegal start-daemon parameter specified'],
    ['--stop-daemon foo', 'illegal start_daemon specified'],
    ['--start-daemon master --mcast-group 10.0.0.1', "invalid IPv4 mcast-group `10.0.0.1'"],
    ['--start-daemon master --mcast-group 2001:db8::1', "invalid IPv6 mcast-group `2001:db8::1'"],
    ['foo -C', 'unexpected argument foo'],
  ])('%s: %s', (line, text) => expect(read(line)).toEqual(refused(text)))

  test.each(['foo', '-', '--', '-- -C', '-nL', '--lis', '-t', '--start-daemon', '--set=3', '-C='])('%s', (line) =>
    expect(read(line)).toEqual(hint),
  )

  test.each([
    ['-A -t', '-t: missing argument'],
    ['-L --bogus', '--bogus: unknown option'],
    ['-LnQ', '-LnQ: unknown option'],
    ['-L --numeric=1', '--numeric=1: option does not take an argument'],
    ['--set -1 2 3', '-1: unknown option'],
  ])('%s: %s', (line, text) => expect(read(line)).toEqual(popt(text)))

  test('an empty word is a word', () => {
    expect(readWords('-C', '')).toEqual(refused('unexpected argument '))
    expect(readWords('-A', '-t', '192.0.2.1:80', '-p', '')).toEqual(refused("invalid timeout value `' specified"))
    expect(readWords('-A', '-t', '192.0.2.1:80', '-s', '', '--pe', '', '-b', '')).toEqual(
      change({do: 'add-service', service: service(web)}),
    )
  })
})

test('a name that nobody has looked up yet is asked for', () => {
  const names = new KnownNames()
  const line = ['-a', '-t', 'one.example:http', '-r', 'two.example']
  expect(readArguments(line, names)).toMatchObject({do: 'fail'})
  expect(names.takeMissing()).toEqual([{kind: 'address-of', host: 'one.example'}])
  expect(names.takeMissing()).toEqual([])
})
