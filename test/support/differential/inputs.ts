// Inputs whose answer is known, one a row: the grammar of addresses, what surprises, the exit codes and every error text
// of ipvsadm 1.31. The texts are what ipvsadm says on Linux 6.1; the test has it say them again, and ours beside it.

import type {Step} from './step.ts'

export interface Input {
  /** Unique. */
  readonly name: string
  readonly argv: readonly string[]
  readonly input?: string
  /** The table before, as a script for `ipvsadm -R`. */
  readonly given: string
  readonly code: number
  readonly stderr: string
  /** Where it matters. */
  readonly stdout?: string
  /** What `ipvsadm -Sn` says afterwards, where it matters. */
  readonly rules?: readonly string[]
}

/** Words of a command line; `''` is an empty one, `␠` a blank inside one. */
const words = (line: string): readonly string[] =>
  line.split(' ').flatMap((word) => (word === '' ? [] : [word === "''" ? '' : word.replaceAll('␠', ' ')]))

const title = (line: string, given: string) =>
  given === '' ? line : `${line}, given ${given.trim().replaceAll('\n', '; ')}`

/** ipvsadm makes these rules of it. */
const makes = (line: string, ...rules: string[]): Input => makesOf('', line, ...rules)

const makesOf = (given: string, line: string, ...rules: string[]): Input => ({
  name: title(line, given),
  argv: words(line),
  given,
  code: 0,
  stderr: '',
  rules,
})

const refuses = (code: number, stderr: string, ...lines: string[]): readonly Input[] =>
  refusesOf('', code, stderr, ...lines)

const refusesOf = (given: string, code: number, stderr: string, ...lines: string[]): readonly Input[] =>
  lines.map((line) => ({name: title(line, given), argv: words(line), given, code, stderr: `${stderr}\n`}))

const says = (given: string, line: string, stdout: string, code = 0): Input => ({
  name: title(line, given),
  argv: words(line),
  given,
  code,
  stderr: '',
  stdout,
})

const restores = (name: string, input: string, code: number, stderr: string, ...rules: string[]): Input => ({
  name: `-R: ${name}`,
  argv: ['-R'],
  input,
  given: '',
  code,
  stderr,
  rules,
})

const titles = `Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
`
const top = `IP Virtual Server version 1.2.1 (size=4096)
${titles}`

const hint = "Try `ipvsadm -h' or 'ipvsadm --help' for more information."
const badService = 'illegal virtual server address[:port] specified'
const badServer = 'illegal real server address[:port] specified'
const zeroPort = 'Zero port specified for non-persistent service'
const invalid = 'Invalid operation.  Possibly wrong module version, address not unicast, ...'

const web = '-A -t 192.0.2.10:80 -s rr\n'
const webServer = `${web}-a -t 192.0.2.10:80 -r 10.1.1.1:80 -m -w 3\n`
const six = '-A -t [2001:db8::10]:80 -s rr\n'
const mark = '-A -f 7 -s rr\n'

/** What an address may look like. */
export const addresses: readonly Input[] = [
  makes('-A -t 10.0.0.1:80 -s rr', '-A -t 10.0.0.1:80 -s rr'),
  makes('-A -t 10.0.0.1 -s rr -p 60', '-A -t 10.0.0.1:0 -s rr -p 60'),
  makes('-A -t 10.0.0.1:0 -s rr -p 60', '-A -t 10.0.0.1:0 -s rr -p 60'),
  makes('-A -t vip-one.example.com:80 -s rr', '-A -t 192.0.2.10:80 -s rr'),
  makes('-A -t both.example.com:80 -s rr', '-A -t 10.1.1.4:80 -s rr'),
  makes('-A -t 10.0.0.1:http -s rr', '-A -t 10.0.0.1:80 -s rr'),
  makes('-A -u 10.0.0.1:domain -s rr', '-A -u 10.0.0.1:53 -s rr'),
  makes('-A -t [2001:db8::1]:80 -s rr', '-A -t [2001:db8::1]:80 -s rr'),
  makes('-A -t 2001:db8::1 -s rr -p 60', '-A -t [2001:db8::1]:0 -s rr -p 60'),
  makes('-A -t 10.0.0.1:+81 -s rr', '-A -t 10.0.0.1:81 -s rr'),
  makes('-A -t 10.0.0.1:␠82 -s rr', '-A -t 10.0.0.1:82 -s rr'),
  makes('-A -t 10.9:80 -s rr', '-A -t 10.0.0.9:80 -s rr'),
  makes('-A -t 010.9.9.7:80 -s rr', '-A -t 8.9.9.7:80 -s rr'),
  makes('-A -t 0x0a090906:80 -s rr', '-A -t 10.9.9.6:80 -s rr'),
  makes('-A -t 0.0.0.0:80 -s rr', '-A -t 0.0.0.0:80 -s rr'),
  makes('-A -t 255.255.255.255:80 -s rr', '-A -t 255.255.255.255:80 -s rr'),
  makes('-A -t 224.0.0.1:80 -s rr', '-A -t 224.0.0.1:80 -s rr'),
  makes('-A -t [fe80::1]:80 -s rr', '-A -t [fe80::1]:80 -s rr'),
  ...refuses(
    2,
    badService,
    '-A -t 10.0.0.1:80-90',
    '-A -t 10.0.0.1:80,90',
    '-A -t 10.0.0.1:0x50',
    '-A -t 10.0.0.1:70000',
    '-A -t 10.0.0.1:-1',
    '-A -t 10.0.0.1:',
    '-A -t 10.0.0.1:nosuchport',
    '-A -t 80',
    '-A -t 300.1.1.1:80',
    '-A -t unknown.example.com:80',
    '-A -t six.example.com:80',
    '-A -t [2001:db8::1] -p 60',
    '-A -t [2001:db8::zz]:80',
    "-A -t ''",
    '-A -t :80',
    '-D -t 10.0.0.1:80-90',
    '-Z -t unknown.example.com:80',
  ),
  ...refuses(
    2,
    zeroPort,
    '-A -t 10.0.0.1',
    '-A -t 10.0.0.1:0',
    '-A -u 10.0.0.1',
    '-A -t 2001:db8::1',
    '-A --sctp-service 10.0.0.1',
  ),
  ...refusesOf(
    web,
    2,
    badServer,
    '-a -t 192.0.2.10:80 -r 10.1.1.1:70000',
    '-a -t 192.0.2.10:80 -r 10.1.1.1:80-90',
    '-a -t 192.0.2.10:80 -r unknown.example.com',
    '-a -t 192.0.2.10:80 -r [2001:db8::1]',
    "-a -t 192.0.2.10:80 -r ''",
  ),
  makesOf(
    web,
    '-a -t 192.0.2.10:80 -r rs1 -m',
    '-A -t 192.0.2.10:80 -s rr',
    '-a -t 192.0.2.10:80 -r 10.1.1.1:80 -m -w 1',
  ),
  makesOf(
    web,
    '-a -t 192.0.2.10:80 -r 10.1.1.1:http-alt -m',
    '-A -t 192.0.2.10:80 -s rr',
    '-a -t 192.0.2.10:80 -r 10.1.1.1:8080 -m -w 1',
  ),
  makesOf(mark, '-a -f 7 -r 10.1.1.1', '-A -f 7 -s rr', '-a -f 7 -r 10.1.1.1:0 -g -w 1'),
]

/** What does another thing than one would think. */
export const surprises: readonly Input[] = [
  makesOf(
    '-A -t 192.0.2.10:80 -s sh -p 300 -M 255.255.255.0 -b sh-port\n',
    '-E -t 192.0.2.10:80 -p 200',
    '-A -t 192.0.2.10:80 -s wlc -p 200',
  ),
  makesOf(
    `${web}-a -t 192.0.2.10:80 -r 10.1.1.1:80 -m -w 9 -x 100 -y 50\n`,
    '-e -t 192.0.2.10:80 -r 10.1.1.1:80',
    '-A -t 192.0.2.10:80 -s rr',
    '-a -t 192.0.2.10:80 -r 10.1.1.1:80 -g -w 1',
  ),
  ...refusesOf(
    `${web}-a -t 192.0.2.10:80 -r 10.1.1.1:8080 -m\n`,
    255,
    'No such destination',
    '-e -t 192.0.2.10:80 -r 10.1.1.1:8080 -w 5',
    '-d -t 192.0.2.10:80 -r 10.1.1.1',
  ),
  makesOf(
    web,
    '-a -t 192.0.2.10:80 -r 10.1.1.9:8080 -g',
    '-A -t 192.0.2.10:80 -s rr',
    '-a -t 192.0.2.10:80 -r 10.1.1.9:80 -g -w 1',
  ),
  makesOf(
    web,
    '-a -t 192.0.2.10:80 -r 10.1.1.9:8080 -i',
    '-A -t 192.0.2.10:80 -s rr',
    '-a -t 192.0.2.10:80 -r 10.1.1.9:80 -i -w 1 --tun-type ipip',
  ),
  ...refusesOf(
    `${web}-a -t 192.0.2.10:80 -r 10.1.1.9:80 -g\n`,
    255,
    'No such destination',
    '-d -t 192.0.2.10:80 -r 10.1.1.9:8080',
  ),
  makesOf(mark, '-a -f 7 -r 10.1.1.2:8080 -g', '-A -f 7 -s rr', '-a -f 7 -r 10.1.1.2:8080 -g -w 1'),
  makesOf(
    web,
    '-a -t 192.0.2.10:80 -r 127.0.0.1 -m',
    '-A -t 192.0.2.10:80 -s rr',
    '-a -t 192.0.2.10:80 -r 127.0.0.1:80 -m -w 1',
  ),
  makes('-A -t 192.0.2.10:80 -s rr -M 255.255.255.0', '-A -t 192.0.2.10:80 -s rr'),
  makes('-A -t 192.0.2.10:80 -s rr -p 60 -M 24', '-A -t 192.0.2.10:80 -s rr -p 60 -M 0.0.0.24'),
  makes('-A -t 192.0.2.10:80 -s rr -p 60 -M 255.0.255.0', '-A -t 192.0.2.10:80 -s rr -p 60 -M 255.0.255.0'),
  makes('-A -t 192.0.2.10:80 -s rr -p 60 -M 0.0.0.0', '-A -t 192.0.2.10:80 -s rr -p 60 -M 0.0.0.0'),
  makes('-A -p 60 -M 64 -t [2001:db8::1]:80 -s rr', '-A -t [2001:db8::1]:80 -s rr -p 60'),
  makes('-A -t [2001:db8::1]:80 -s rr -p 60 -M 64', '-A -t [2001:db8::1]:80 -s rr -p 60 -M 64'),
  makes('-A -t 192.0.2.10:80 -p', '-A -t 192.0.2.10:80 -s wlc -p 360'),
  makes('-A -t 192.0.2.10:80 -p -s rr', '-A -t 192.0.2.10:80 -s rr -p 360'),
  makes('-A -t 192.0.2.10:80 -p300', '-A -t 192.0.2.10:80 -s wlc -p 300'),
  makes('-A -t 192.0.2.10:80 -p 300', '-A -t 192.0.2.10:80 -s wlc -p 300'),
  makes('-A -t 192.0.2.10:80 --persistent=300', '-A -t 192.0.2.10:80 -s wlc -p 300'),
  makes('-A -t 192.0.2.10:80 --persistent 300', '-A -t 192.0.2.10:80 -s wlc -p 300'),
  makes("-A -t 192.0.2.10:80 -s ''", '-A -t 192.0.2.10:80 -s wlc'),
  makes('-A -t 192.0.2.10:80 -s none', '-A -t 192.0.2.10:80 -s none'),
  makes('-A -t 192.0.2.10:80 -s rr --pe sip', '-A -t 192.0.2.10:80 -s rr --pe sip'),
  makes('-A -u 192.0.2.10:53 -s rr -p 100 -o', '-A -u 192.0.2.10:53 -s rr -p 100 -o'),
  makes('-A -f 7 -o', '-A -f 7 -s wlc -o'),
  makes('-A -t 192.0.2.10:80 -s sh -b flag-3', '-A -t 192.0.2.10:80 -s sh -b '),
  makes('-At 192.0.2.10:80 -srr', '-A -t 192.0.2.10:80 -s rr'),
  makes('-A -t 192.0.2.10:80 --', '-A -t 192.0.2.10:80 -s wlc'),
  makes('-A -f 7 -6 -6 -s rr', '-A -f 7 -6 -s rr'),
  makes('-A --tcp-service=192.0.2.10:80 --scheduler=rr', '-A -t 192.0.2.10:80 -s rr'),
  makesOf(
    web,
    '-a -t 192.0.2.10:80 -r 10.1.1.1 -w 65536',
    '-A -t 192.0.2.10:80 -s rr',
    '-a -t 192.0.2.10:80 -r 10.1.1.1:80 -g -w 65536',
  ),
  makesOf(
    web,
    '-a -t 192.0.2.10:80 -r 10.1.1.1:0 -m',
    '-A -t 192.0.2.10:80 -s rr',
    '-a -t 192.0.2.10:80 -r 10.1.1.1:0 -m -w 1',
  ),
  says('--set 0 33 0\n', '-L --timeout', 'Timeout (tcp tcpfin udp): 900 33 300\n'),
  says('', '-L --timeout', 'Timeout (tcp tcpfin udp): 900 120 300\n'),
  says('', '-L --daemon', ''),
  says('', '-Sn', ''),
  says('', '-L -n --syncid 5', top),
  says(
    '',
    '-Lnc',
    'IPVS connection entries\npro expire state       source             virtual            destination\n',
  ),
  says(
    webServer,
    '-L -n -t 192.0.2.10:80',
    `${titles}TCP  192.0.2.10:80 rr\n  -> 10.1.1.1:80                  Masq    3      0          0         \n`,
  ),
  says(
    webServer,
    '',
    `${top}TCP  vip-one.example.com:http rr\n  -> rs1.example.com:http         Masq    3      0          0         \n`,
  ),
  says(
    `${web}-a -t 192.0.2.10:80 -r 10.1.1.3:80 -m\n`,
    '-L',
    `${top}TCP  vip-one.example.com:http rr\n  -> a-very-long-real-server-name Masq    1      0          0         \n`,
  ),
  says(
    webServer,
    '-S',
    '-A -t vip-one.example.com:http -s rr\n-a -t vip-one.example.com:http -r rs1.example.com:http -m -w 3\n',
  ),
  says('', '-v', 'ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)\n'),
]

/** What is wrong before the kernel is asked. */
export const ownChecks: readonly Input[] = [
  ...refuses(2, "You need to supply the 'service-address' option for the 'add-service' command", '-A', '-A -s rr'),
  ...refuses(2, "You need to supply the 'service-address' option for the 'edit-service' command", '-E'),
  ...refuses(2, "You need to supply the 'service-address' option for the 'delete-service' command", '-D'),
  ...refuses(
    2,
    "You need to supply the 'service-address' option for the 'add-server' command",
    '-a',
    '-a -r 10.1.1.1:80',
  ),
  ...refuses(2, "You need to supply the 'real-server' option for the 'add-server' command", '-a -t 192.0.2.10:80'),
  ...refuses(2, "You need to supply the 'real-server' option for the 'edit-server' command", '-e -t 192.0.2.10:80'),
  ...refuses(2, "You need to supply the 'real-server' option for the 'delete-server' command", '-d -t 192.0.2.10:80'),
  ...refuses(2, "Illegal 'weight' option with the 'add-service' command", '-A -t 192.0.2.10:80 -w 1'),
  ...refuses(2, "Illegal 'numeric' option with the 'flush' command", '-C -n'),
  ...refuses(
    2,
    "multiple 'service-address' options specified",
    '-A -t 192.0.2.10:80 -t 192.0.2.10:80',
    '-A -t 192.0.2.10:80 -u 192.0.2.10:80',
    '-A -f 1 -t 192.0.2.10:80',
  ),
  ...refuses(
    2,
    "multiple 'forwarding-method' options specified",
    '-a -t 192.0.2.10:80 -r 10.1.1.1 -g -m',
    '-a -t 192.0.2.10:80 -r 10.1.1.1 -m -m',
  ),
  ...refuses(2, "invalid option `-D'", '-A -D'),
  ...refuses(255, hint, '--bogus', '-n -L', '-nL', 'foo', '-t 192.0.2.10:80 -A', '-z', "''", '--lis', '--start-daemon'),
  ...refuses(255, '--bogus: unknown option', '-L --bogus'),
  ...refuses(255, '-z: unknown option', '-L -z'),
  ...refuses(2, 'unexpected argument -t', '-A -- -t 192.0.2.10:80'),
  ...refuses(255, '-t: missing argument', '-A -t'),
  ...refuses(255, '-s: missing argument', '-A -t 192.0.2.10:80 -s'),
  ...refuses(2, 'unexpected argument foo', '-L foo', '-L -n -- foo', '-A -t 192.0.2.10:80 foo'),
  ...refuses(
    2,
    'One-Packet Scheduling is only for UDP virtual services',
    '-A -t 192.0.2.10:80 -o',
    '-A --sctp-service 192.0.2.10:80 -o',
  ),
  ...refuses(2, "invalid timeout value `0' specified", '-A -t 192.0.2.10:80 -p 0'),
  ...refuses(2, "invalid timeout value `abc' specified", '-A -t 192.0.2.10:80 -p abc', '--set 10 20 abc'),
  ...refuses(2, "invalid timeout value `2678401' specified", '-A -t 192.0.2.10:80 -p 2678401', '--set 2678401 20 30'),
  ...refuses(255, '-5: unknown option', '-A -t 192.0.2.10:80 -p -5'),
  ...refuses(255, '-1: unknown option', '--set -1 20 30'),
  ...refuses(2, '--set option requires 3 timeout values', '--set 10 20', '--set', '--set 10'),
  ...refuses(
    2,
    'illegal virtual server persistent mask specified',
    '-A -t 192.0.2.10:80 -M nonsense',
    '-A -t 192.0.2.10:80 -M 255.255.255.256',
  ),
  ...refuses(
    2,
    'illegal ipv6 netmask specified',
    '-A -t [2001:db8::1]:80 -M 0',
    '-A -t [2001:db8::1]:80 -M 129',
    '-A -t [2001:db8::1]:80 -M 255.255.255.0',
  ),
  ...['0', '-1', 'abc', '0x10', '4294967296'].flatMap((value) =>
    refuses(2, `invalid fwmark value \`${value}' specified`, `-A -f ${value}`),
  ),
  ...refuses(2, '-6 used before -f\n', '-A -6 -f 7', '-A -t 192.0.2.10:80 -6'),
  ...refusesOf(
    web,
    2,
    'illegal weight specified',
    ...['-1', 'abc', '1.5', '2147483648'].map((value) => `-a -t 192.0.2.10:80 -r 10.1.1.1 -w ${value}`),
  ),
  ...refusesOf(
    web,
    2,
    'illegal u_threshold specified',
    ...['-5', '2147483648'].map((value) => `-a -t 192.0.2.10:80 -r 10.1.1.1 -x ${value}`),
  ),
  ...refusesOf(
    web,
    2,
    'illegal l_threshold specified',
    ...['-5', '2147483648'].map((value) => `-a -t 192.0.2.10:80 -r 10.1.1.1 -y ${value}`),
  ),
  ...refusesOf(
    web + six,
    2,
    'Different address family is allowed only for tunneling servers',
    '-a -t 192.0.2.10:80 -r 2001:db8::9',
    '-a -t 192.0.2.10:80 -r 2001:db8::9 -m',
    '-a -t [2001:db8::10]:80 -r 10.1.1.1 -g',
  ),
  ...refuses(
    2,
    'Tunnel options conflict with forward method',
    '-a -t 192.0.2.10:80 -r 10.1.1.1 --tun-type gre',
    '-a -t 192.0.2.10:80 -r 10.1.1.1 -m --tun-port 6080',
    '-a -t 192.0.2.10:80 -r 10.1.1.1 -g --tun-csum',
  ),
  ...refuses(
    2,
    "You need to supply the 'tun-port' option for the 'gue' tunnel type",
    '-a -t 192.0.2.10:80 -r 10.1.1.1 -i --tun-type gue',
  ),
  ...refuses(
    2,
    "Illegal 'tun-port' option with the 'gre' tunnel type",
    '-a -t 192.0.2.10:80 -r 10.1.1.1 -i --tun-type gre --tun-port 6080',
  ),
  ...refuses(
    2,
    "Illegal 'tun-port' option with the 'ipip' tunnel type",
    '-a -t 192.0.2.10:80 -r 10.1.1.1 -i --tun-port 6080',
  ),
  ...refuses(
    2,
    "Illegal 'tun-csum' option with the 'ipip' tunnel type",
    '-a -t 192.0.2.10:80 -r 10.1.1.1 -i --tun-csum',
  ),
  ...refuses(
    2,
    "Illegal 'tun-remcsum' option with the 'gre' tunnel type",
    '-a -t 192.0.2.10:80 -r 10.1.1.1 -i --tun-type gre --tun-remcsum',
  ),
  ...refuses(
    2,
    "The option 'tun-csum' conflicts with the 'tun-nocsum' option in the 'gue' tunnel type",
    '-a -t 192.0.2.10:80 -r 10.1.1.1 -i --tun-type gue --tun-port 6080 --tun-csum --tun-nocsum',
  ),
  ...refuses(2, 'illegal tunnel type specified', '-a -t 192.0.2.10:80 -r 10.1.1.1 -i --tun-type bogus'),
  ...refuses(
    2,
    'illegal tunnel port specified',
    '-a -t 192.0.2.10:80 -r 10.1.1.1 -i --tun-type gue --tun-port 0',
    '-a -t 192.0.2.10:80 -r 10.1.1.1 -i --tun-type gue --tun-port 65536',
  ),
  ...refuses(
    2,
    "incompatible scheduler flag `sh-port'",
    '-A -t 192.0.2.10:80 -s rr -b sh-port',
    '-A -t 192.0.2.10:80 -b sh-port',
  ),
  ...refuses(2, "invalid scheduler flag `bogus'", '-A -t 192.0.2.10:80 -s sh -b bogus'),
  ...refuses(
    2,
    "The option 'service-address' conflicts with the 'connection' option in the 'list' command",
    '-L -t 192.0.2.10:80 -c',
  ),
  ...refuses(
    2,
    'options conflicts in the list command',
    '-L -c --stats',
    '-L --timeout --rate',
    '-L --daemon --thresholds',
    '-L --timeout --persistent-conn',
  ),
  ...refuses(2, 'illegal start-daemon parameter specified', '--start-daemon both'),
  ...refuses(2, 'illegal start_daemon specified', '--stop-daemon both'),
  ...refuses(
    2,
    'illegal syncid specified',
    '--start-daemon master --syncid 256',
    '--start-daemon master --syncid -1',
    '--start-daemon master --syncid abc',
  ),
  ...refuses(
    2,
    'illegal mcast-port specified',
    '--start-daemon master --mcast-port 0',
    '--start-daemon master --mcast-port 65536',
  ),
  ...refuses(
    2,
    'illegal mcast-ttl specified',
    '--start-daemon master --mcast-ttl 0',
    '--start-daemon master --mcast-ttl 256',
  ),
  ...refuses(
    2,
    'illegal sync-maxlen specified',
    '--start-daemon master --sync-maxlen 0',
    '--start-daemon master --sync-maxlen 65508',
  ),
  ...refuses(2, "invalid IPv4 mcast-group `10.0.0.1'", '--start-daemon master --mcast-group 10.0.0.1'),
  ...refuses(2, "invalid IPv6 mcast-group `2001:db8::1'", '--start-daemon master --mcast-group 2001:db8::1'),
]

/** What the kernel refuses. */
export const kernelChecks: readonly Input[] = [
  ...refusesOf(web, 255, 'Service already exists', '-A -t 192.0.2.10:80 -s wlc'),
  ...refuses(
    255,
    'Scheduler or persistence engine not found',
    '-A -t 192.0.2.10:80 -s bogus',
    '-A -t 192.0.2.10:80 --pe bogus',
  ),
  ...refusesOf(web, 255, 'Scheduler or persistence engine not found', '-E -t 192.0.2.10:80 -s bogus'),
  ...refuses(
    255,
    'No such service',
    '-E -t 192.0.2.10:80 -s rr',
    '-D -t 192.0.2.10:80',
    '-Z -t 192.0.2.10:80',
    '-D -f 7',
    '-D -t [2001:db8::10]:80',
  ),
  ...refuses(1, 'No such service', '-L -t 192.0.2.10:80', '-L -n -f 7 -6'),
  ...refuses(
    255,
    'Service not defined',
    '-a -t 192.0.2.10:80 -r 10.1.1.1',
    '-e -t 192.0.2.10:80 -r 10.1.1.1',
    '-d -t 192.0.2.10:80 -r 10.1.1.1',
  ),
  ...refusesOf(webServer, 255, 'Destination already exists', '-a -t 192.0.2.10:80 -r 10.1.1.1:80 -g'),
  ...refusesOf(
    web,
    255,
    'No such destination',
    '-e -t 192.0.2.10:80 -r 10.1.1.1 -w 2',
    '-d -t 192.0.2.10:80 -r 10.1.1.1',
  ),
  ...refusesOf(
    web,
    255,
    invalid,
    ...['0.0.0.0', '224.0.0.1', '255.255.255.255', '192.0.2.255'].map((address) => `-a -t 192.0.2.10:80 -r ${address}`),
  ),
  ...refusesOf(six, 255, invalid, '-a -t [2001:db8::10]:80 -r ff02::1', '-a -t [2001:db8::10]:80 -r fe80::99'),
  ...refusesOf(
    web,
    255,
    'Numerical result out of range',
    '-a -t 192.0.2.10:80 -r 10.1.1.1 -x 100 -y 200',
    '-a -t 192.0.2.10:80 -r 10.1.1.1 -y 10',
  ),
  ...refuses(255, 'No such device', '--start-daemon master --mcast-interface eth9'),
  ...refuses(255, 'No daemon is running', '--stop-daemon master', '--stop-daemon backup'),
]

/** Scripts. */
export const scripts: readonly Input[] = [
  restores(
    'blank lines, blanks, tabs, CRLF, the word ipvsadm, no last newline',
    '\n  -A -t 192.0.2.10:80 -s rr\r\n\t\r\nipvsadm -A -t 192.0.2.11:80\t-s rr',
    0,
    '',
    '-A -t 192.0.2.10:80 -s rr',
    '-A -t 192.0.2.11:80 -s rr',
  ),
  restores('nothing', '', 0, ''),
  restores(
    'a comment stops it',
    '-A -t 192.0.2.10:80 -s rr\n# web\n-A -t 192.0.2.11:80 -s rr\n',
    255,
    `${hint}\n`,
    '-A -t 192.0.2.10:80 -s rr',
  ),
  restores(
    'a trailing comment, too',
    '-A -t 192.0.2.10:80 -s rr # web\n-A -t 192.0.2.11:80 -s rr\n',
    2,
    'unexpected argument #\n',
  ),
  restores(
    'the kernel refuses a line: it goes on',
    '-A -t 192.0.2.10:80 -s rr\n-A -t 192.0.2.10:80 -s rr\n-A -t 192.0.2.11:80 -s rr\n',
    0,
    'Service already exists\n',
    '-A -t 192.0.2.10:80 -s rr',
    '-A -t 192.0.2.11:80 -s rr',
  ),
  restores(
    'the exit code is that of the last line',
    '-A -t 192.0.2.10:80 -s rr\n-A -t 192.0.2.10:80 -s rr\n',
    255,
    'Service already exists\n',
    '-A -t 192.0.2.10:80 -s rr',
  ),
  restores(
    'an unknown option: it goes on',
    '-A -t 192.0.2.10:80 --bogus\n-A -t 192.0.2.11:80 -s rr\n',
    0,
    '--bogus: unknown option\n',
    '-A -t 192.0.2.11:80 -s rr',
  ),
  restores(
    'a missing argument: it goes on',
    '-A -t\n-A -t 192.0.2.11:80 -s rr\n',
    0,
    '-t: missing argument\n',
    '-A -t 192.0.2.11:80 -s rr',
  ),
  restores('a bad address stops it', '-A -t 192.0.2.10:80-90\n-A -t 192.0.2.11:80 -s rr\n', 2, `${badService}\n`),
  restores(
    'a bad weight stops it',
    '-A -t 192.0.2.10:80 -s rr\n-a -t 192.0.2.10:80 -r 10.1.1.1 -w x\n-C\n',
    2,
    'illegal weight specified\n',
    '-A -t 192.0.2.10:80 -s rr',
  ),
  restores(
    'any command is a line',
    '-A -t 192.0.2.10:80 -s rr\n-E -t 192.0.2.10:80 -s wlc\n-Z\n-C\n-A -f 7 -s rr\n',
    0,
    '',
    '-A -f 7 -s rr',
  ),
  restores(
    'a saved mark above 2³¹ cannot be restored',
    '-A -f -1294967296 -s rr\n',
    2,
    "invalid fwmark value `-1294967296' specified\n",
  ),
  restores(
    'a saved flag without a name cannot be restored',
    '-A -t 192.0.2.10:80 -s sh -b \n',
    255,
    '-b: missing argument\n',
  ),
]

export const allInputs: readonly Input[] = [...addresses, ...surprises, ...ownChecks, ...kernelChecks, ...scripts]

/** The steps of an input: the table before it, and itself. */
export const stepsOf = ({argv, input, given}: Input): readonly Step[] => [
  ...(given === '' ? [] : [{argv: ['-R'], input: given}]),
  {argv, ...(input !== undefined && {input})},
]
