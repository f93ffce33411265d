import {describe, expect, test} from 'vitest'
import {plainTunnel} from '../../../../src/domain/forwarding.ts'
import {formatServerKey} from '../../../../src/domain/server.ts'
import {formatServiceKey} from '../../../../src/domain/service.ts'
import {formatRules} from '../../../../src/formats/rules/format.ts'
import {parseRules} from '../../../../src/formats/rules/parse.ts'

const portNames = (name: string) => ({http: 80, sip: 5060})[name]

/** The state as rules again, or the problems. */
function read(text: string): string {
  const {state, problems} = parseRules(text, {portNames})
  if (!state) return complaints(text).join('\n')
  expect(problems).toEqual([])
  return formatRules(state).text
}

/** `3:39 message` of every problem. */
const complaints = (text: string): readonly string[] =>
  parseRules(text).problems.map(({line, column, severity, message}) => {
    const mark = severity === 'error' ? '' : 'warning: '
    return `${line}:${column} ${mark}${message}`
  })

const web = '-A -t 192.0.2.1:80 -s wlc\n'
const webServer = `${web}-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1\n`

describe('every way to write the same', () => {
  test.each([
    ['-A -t 192.0.2.1:80', web],
    ['ipvsadm -A -t 192.0.2.1:80', web],
    ['sudo /sbin/ipvsadm -A -t 192.0.2.1:80\n', web],
    ['\ufeff-A -t 192.0.2.1:80\n', web],
    ['\n# the web\n   \t-A\t-t  192.0.2.1:80   # here\n\n', web],
    ['-At 192.0.2.1:80 -swlc', web],
    ['--add-service --tcp-service 192.0.2.1:80 --scheduler=wlc', web],
    ['--add-service --tcp-service=192.0.2.1:http', web],
    ['-A \\\n  -t 192.0.2.1:80 \\\n-s wlc', web],
    ['-A -t 192.0.2.1:80 \\\n -s wlc\\\n', web],
    ['-A -t 192.0.2.1:80 -- -s wlc', web],
    ['-A -t 192.0.2.1:80 -p', '-A -t 192.0.2.1:80 -s wlc -p 360\n'],
    ['-A -t 192.0.2.1:80 -p -s rr', '-A -t 192.0.2.1:80 -s rr -p 360\n'],
    ['-A -t 192.0.2.1:80 -p # default', '-A -t 192.0.2.1:80 -s wlc -p 360\n'],
    ['-A -t 192.0.2.1:80 -p300', '-A -t 192.0.2.1:80 -s wlc -p 300\n'],
    ['-A -t 192.0.2.1:80 --persistent=300', '-A -t 192.0.2.1:80 -s wlc -p 300\n'],
    ['-A -M 255.255.255.0 -t 192.0.2.1:80 -p 5', '-A -t 192.0.2.1:80 -s wlc -p 5 -M 255.255.255.0\n'],
    ['-A -u [2001:DB8:0::1]:sip -M 64 -p 5 --pe sip', '-A -u [2001:db8::1]:5060 -s wlc -p 5 -M 64 --pe sip\n'],
    ['-A -6 -f 7 -s sh -b sh-port,sh-fallback', '-A -f 7 -6 -s sh -b sh-fallback,sh-port\n'],
    ['-A --sctp-service 192.0.2.1:9 -s mh -b flag-1', '-A --sctp-service 192.0.2.1:9 -s mh -b mh-fallback\n'],
    ['-A -u 192.0.2.1:53 -os rr', '-A -u 192.0.2.1:53 -s rr -o\n'],
    [`${web}-a -t 192.0.2.1:80 -r 10.0.0.1`, webServer],
    [`${web}-at 192.0.2.1:80 -r10.0.0.1 -gw1`, webServer],
    [
      `${web}-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -x 9 -y 7 -w 0`,
      `${web}-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 0 -x 9 -y 7\n`,
    ],
    [
      `${web}-a -t 192.0.2.1:80 -r [2001:db8::2]:80 -i --tun-type gue --tun-port 6080`,
      `${web}-a -t 192.0.2.1:80 -r [2001:db8::2]:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum\n`,
    ],
    ['--set 900 0 300', '--set 900 0 300\n'],
    ['--set 900 0 300\n--set 0 120 0', '--set 900 120 300\n'],
    ['--start-daemon=backup --syncid 3', '--start-daemon backup --mcast-interface eth0 --syncid 3\n'],
    [
      '--start-daemon master --mcast-group ff02::81 --mcast-interface=#1 --mcast-ttl 9 --mcast-port 5 --sync-maxlen 99',
      '--start-daemon master --mcast-interface=#1 --syncid 0 --sync-maxlen 99 --mcast-group ff02::81 --mcast-port 5 --mcast-ttl 9\n',
    ],
    ['#sysctl  net.ipv4.vs.sync_threshold=3 50', '# sysctl net.ipv4.vs.sync_threshold = 3 50\n'],
    ['', ''],
    ['# nothing\n', ''],
    ['# sysctl -w net.ipv4.ip_forward = 1\n# sysctl net.ipv4.ip_forward = 1', ''],
  ])('%j', (text, expected) => {
    expect(read(text)).toBe(expected)
  })
})

describe('lines that act on the lines before', () => {
  test.each([
    [`${webServer}-C`, ''],
    [`${webServer}-C\n${web}`, web],
    [`${webServer}-D -t 192.0.2.1:80`, ''],
    [`${webServer}-D -t 192.0.2.1:80\n${web}`, web],
    [`${webServer}-d -t 192.0.2.1:80 -r 10.0.0.1`, web],
    [`${webServer}-E -t 192.0.2.1:80 -s rr`, webServer.replace('wlc', 'rr')],
    // All settings are replaced, not some.
    [`${web}-E -t 192.0.2.1:80 -s sh -p 5\n-E -t 192.0.2.1:80`, web],
    [`${webServer}-e -t 192.0.2.1:80 -r 10.0.0.1 -w 5`, webServer.replace('-w 1', '-w 5')],
    [`${webServer}-e -t 192.0.2.1:80 -r 10.0.0.1 -w 5\n-e -t 192.0.2.1:80 -r 10.0.0.1`, webServer],
  ])('%j', (text, expected) => expect(read(text)).toBe(expected))

  test('a service of many servers finds each of them', () => {
    const servers = Array.from({length: 200}, (_, at) => `-a -t 192.0.2.1:80 -r 10.0.0.${at}:80 -g -w 1\n`)
    const {problems} = parseRules(
      `${web}${servers.join('')}${servers[150]}-d -t 192.0.2.1:80 -r 10.0.0.3:80\n${servers[3]}`,
    )
    expect(problems.map(({line, message}) => `${line}: ${message}`)).toEqual([
      '202: 10.0.0.150:80 is in tcp://192.0.2.1:80 already, since line 152',
    ])
  })
})

test('the words of our own', () => {
  const text = [
    '-A --service protocol-50://192.0.2.1:0 -s wlc',
    '-a --service protocol-50://192.0.2.1:0 -r 10.0.0.1:7 --forwarding bypass -w 1 --tun-type type-9 --tun-flags 3',
    '',
  ].join('\n')
  const {state} = parseRules(text)
  const [{service, servers: [server] = []} = {}] = state?.configuration ?? []
  expect(service && formatServiceKey(service.key)).toBe('protocol-50://192.0.2.1:0')
  expect(server && formatServerKey(server)).toBe('10.0.0.1:7')
  expect(server).toMatchObject({forwarding: 'bypass', tunnel: {type: 'type-9', port: 0, checksum: 'flags-3'}})
  expect(state && formatRules(state).text).toBe(text)
})

test('defaults are the shared ones', () => {
  const [entry] = parseRules(webServer).state?.configuration ?? []
  expect(entry?.servers[0]?.tunnel).toBe(plainTunnel)
})

describe('what is wrong, and where', () => {
  test.each([
    // The lines of the manual page that set nothing.
    ['-L -n', ['1:1 -L is not a rule: it sets nothing']],
    ['-Ln', ['1:1 -L is not a rule: it sets nothing']],
    ['ipvsadm -S', ['1:9 -S is not a rule: it sets nothing']],
    ['--stop-daemon master', ['1:1 --stop-daemon is not a rule: it sets nothing']],
    ['ipvsadm', ['1:1 nothing but the name of the program is not a rule']],
    ['hello', ['1:1 hello is not a rule']],
    ['-t 192.0.2.1:80', ['1:1 a line without command is not a rule']],
    ['-t 192.0.2.1:80 -A', ['1:17 the command -A stands behind its options']],
    ['-A -t 192.0.2.1:80 -D', ['1:20 -D is a second command, after -A']],
    ['-AD -t 192.0.2.1:80', ['1:1 -D is a second command, after -A']],
    ['-A', ['1:1 no service is named']],
    ['-A -t', ['1:4 -t needs a value']],
    ['-A -t 192.0.2.1:80 foo', ['1:20 unexpected word foo']],
    ['-A -t 192.0.2.1:80 --bogus', ['1:20 no option --bogus']],
    ['-A -t 192.0.2.1:80 -ok', ['1:21 warning: one-packet', '1:22 no option -k']],
    ['-A -t 192.0.2.1:80 --ops=1', ['1:25 --ops takes no value']],
    ['-A -t 192.0.2.1:80 -w 3', ['1:23 -w is not an option of -A']],
    ['-A -t 192.0.2.1:80 -s rr -s wrr', ['1:26 -s is given twice']],
    ['-A -t 192.0.2.1:80 -u 192.0.2.1:80', ['1:23 -t and -u exclude each other']],
    ['-A -t 192.0.2.1:80 -n', ['1:20 -n is an option of listings, not of rules']],
    ['-A -t 192.0.2.1:80 -6', ['1:20 -6 is for firewall marks']],
    ['-A -t 192.0.2.1:80 -p 5s', ['1:23 5s has a unit']],
    ['-A -t 192.0.2.1:80 -M 24', ['1:23 24 is not an IPv4 mask']],
    ['-A -t 192.0.2.1:80 -s rr -b sh-port', ['1:29 sh-port is a flag of sh, and the scheduler is rr']],
    ['-A -t 010.0.0.1:80', ['1:7 010.0.0.1 is not an IPv4 address: 010 begins with 0']],
    ['-A -t 10.9', ['1:7 10.9 is not an IPv4 address']],
    ['-A -t www.example.com:80', ['1:7 www.example.com is a name']],
    ['-A -t 10.0.0.1:http', ['1:7 http is not a port number']],
    ['-A -f 0', ['1:7 0 is too low for a firewall mark']],
    ['-A -t 192.0.2.1:80 -s ""', ['1:20 -s needs a value', '1:23 quotes have no meaning in rules: ""']],
    [`${web}${web}`, ['2:7 tcp://192.0.2.1:80 is there already, since line 1']],
    [
      `${webServer}-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m`,
      ['3:23 10.0.0.1:80 is in tcp://192.0.2.1:80 already, since line 2'],
    ],
    ['-a -t 192.0.2.1:80 -r 10.0.0.1', ['1:7 server for a service that no line defines: tcp://192.0.2.1:80']],
    ['-a -f 7 -r 10.0.0.1:80 -w x', ['1:7 server for a service', '1:27 x is not a weight']],
    [`${web}-a -t 192.0.2.1:80`, ['2:1 no server is named']],
    [`${web}-e -t 192.0.2.1:80 -r 10.0.0.9`, ['2:23 tcp://192.0.2.1:80 has no server 10.0.0.9:80']],
    [`${web}-a -t 192.0.2.1:80 -r 10.0.0.300`, ['2:23 10.0.0.300 is not an IPv4 address']],
    [`${web}-a -t 192.0.2.1:80 -r 10.0.0.1 -wx`, ['2:34 x is not a weight']],
    [`${web}-a -t 192.0.2.1:80 -r 10.0.0.1 --weight=-1`, ['2:41 -1 is negative']],
    [`${web}-a -t 192.0.2.1:80 -r 10.0.0.1 -g -m`, ['2:35 -g and -m exclude each other']],
    ['--set 1 2', ['1:9 --set needs three timeouts, and there are 2']],
    ['--set 1 2 3 4', ['1:13 unexpected word 4']],
    ['--set 1 x 3', ['1:9 x is not a timeout']],
    ['--start-daemon', ['1:1 --start-daemon needs a value']],
    ['--start-daemon both', ['1:16 no sync daemon is called both']],
    ['--start-daemon master --mcast-group 10.0.0.1', ['1:37 10.0.0.1 is not a multicast address']],
    ['--start-daemon master\n--start-daemon master', ['2:16 the master is started already, in line 1']],
    [
      '# sysctl net.ipv4.vs.conntrack = 1\n# sysctl net.ipv4.vs.conntrack = 0',
      ['2:1 conntrack is set already, in line 1'],
    ],
    // Later lines are looked at whatever the earlier ones are.
    ['-A -t x -s wrr\n\n-A -t 1.2.3.4:80 \\\n   -p 0x5', ['1:7 x is a name', '4:7 0x5 is hexadecimal']],
  ])('%j', (text, expected) => {
    const found = complaints(text)
    expect(found.map((one, index) => one.slice(0, expected[index]?.length))).toEqual(expected)
  })

  test('suggestions', () => {
    const hints = (text: string) => parseRules(text).problems.map(({hint}) => hint)
    expect(hints('-A -t 192.0.2.1:80 --schedular rr')[0]).toBe('Did you mean --scheduler?')
    expect(hints('-A -t 192.0.2.1:80 -scheduler rr')[0]).toBeDefined()
    expect(hints(`${web}-a -t 192.0.2.1:81 -r 10.0.0.1`)).toEqual(['Nearest: tcp://192.0.2.1:80'])
  })
})

describe('what the kernel takes is restored, odd or not', () => {
  test.each([
    ['-A -t 192.0.2.1:0 -s wlc', '1:7 warning: a service without a port takes every port'],
    ['-A -t 192.0.2.1:80 -o', '1:20 warning: one-packet scheduling is for UDP'],
    ['-A -t 192.0.2.1:80 -s future', '1:23 warning: no scheduler "future"'],
    ['-A -t 192.0.2.1:80 -p 2678401', '1:23 warning: 2678401 is not a persistence timeout'],
    ['-A -t 192.0.2.1:80 -p 5 -M 255.0.255.0', '1:28 warning: 255.0.255.0 is not a netmask'],
    ['-A -t 224.0.0.1:80', '1:7 warning: 224.0.0.1 is a multicast address'],
    [`${web}-a -t 192.0.2.1:80 -r 10.0.0.1:81 -g`, '2:23 warning: gatewaying cannot change the port'],
    [`${web}-a -t 192.0.2.1:80 -r 10.0.0.1 -w 70000`, '2:35 warning: weight 70000 is fine for the kernel'],
    [`${web}-a -t 192.0.2.1:80 -r 10.0.0.1 --tun-type gre`, '2:43 warning: --tun-type is for tunneling'],
    [`${web}-a -t 192.0.2.1:80 -r 10.0.0.1 -x 2147483648`, '2:35 warning: 2147483648 is not an upper threshold'],
    ['-A -f 7 -6 -s wlc\n-a -f 7 -6 -r [fe80::1]:0 -m', '2:15 warning: fe80::1 is link-local'],
    ['--set 3000000 1 1', '1:1 warning: 3000000 is not a timeout'],
    ['--start-daemon master --syncid 1000', '1:32 warning: 1000 is not a sync id'],
  ])('%j', (text, expected) => {
    const {state} = parseRules(text)
    expect(complaints(text)).toHaveLength(1)
    expect(complaints(text)[0]).toContain(expected)
    expect(state && parseRules(formatRules(state).text).state).toEqual(state)
  })

  test.each([
    [`${web}-a -t 192.0.2.1:80 -r 224.0.0.1`, '2:23 224.0.0.1 is a multicast address'],
    [`${web}-a -t 192.0.2.1:80 -r 0.0.0.1`, '2:23 0.0.0.1 is in 0.0.0.0/8'],
    [`${web}-a -t 192.0.2.1:80 -r [2001:db8::1]:80 -m`, '2:23 2001:db8::1 is IPv6'],
    [`${web}-a -t 192.0.2.1:80 -r 10.0.0.1 -x 5 -y 6`, '2:40 the lower threshold 6 is above the upper one 5'],
    [`${web}-a -t 192.0.2.1:80 -r 10.0.0.1 -i --tun-type gue`, '2:1 gue needs the UDP port'],
    [
      `${web}-a -t 192.0.2.1:80 -r [2001:db8::1]:80 -i\n--start-daemon master`,
      '2:23 2001:db8::1 is IPv6 and the service is not',
    ],
    ['-A -t 192.0.2.1:80 -p 42949673', '1:23 42949673 is too high'],
    ['-A -t 192.0.2.1:80 -s abcdefghijklmnop', '1:23 no scheduler can be called abcdefghijklmnop'],
  ])('what it refuses is an error: %j', (text, expected) => {
    expect(complaints(text)).toHaveLength(1)
    expect(complaints(text)[0]).toContain(expected)
    expect(parseRules(text).state).toBeUndefined()
  })
})

describe('what word processors and chat programs do', () => {
  const repaired = (text: string) => parseRules(text).repaired?.text

  test.each([
    ['-A –t 192.0.2.1:80', '1:4 EN DASH (U+2013) where an option should begin: –t', '-t'],
    [
      '-A -t 192.0.2.1:80 –scheduler rr',
      '1:20 EN DASH (U+2013) where an option should begin: –scheduler',
      '--scheduler',
    ],
    [
      '-A -t 192.0.2.1:80 —scheduler=rr',
      '1:20 EM DASH (U+2014) where an option should begin: —scheduler=rr',
      '--scheduler=rr',
    ],
    ['-A -t 192.0.2.1:80 —s rr', '1:20 EM DASH (U+2014) where an option should begin: —s', '-s'],
    ['-A -t\u00a0192.0.2.1:80', '1:6 NO-BREAK SPACE (U+00A0) where a blank should be', ' '],
    [
      '-A -t 192.0.2.1：80',
      '1:16 FULLWIDTH COLON (U+FF1A) in a word that should be plain ASCII: 192.0.2.1：80',
      '192.0.2.1:80',
    ],
    ['-A -t １９２.0.2.1:80', '1:7 U+FF11 in a word that should be plain ASCII: １９２.0.2.1:80', '192.0.2.1:80'],
    [
      '-A -t 192.0.2.1:\u200b80',
      '1:17 ZERO WIDTH SPACE (U+200B) in a word that should be plain ASCII: "192.0.2.1:\\u{200B}80"',
      '192.0.2.1:80',
    ],
    [
      '-A -t “192.0.2.1:80”',
      '1:7 LEFT DOUBLE QUOTATION MARK (U+201C) in a word that should be plain ASCII: “192.0.2.1:80”',
      '192.0.2.1:80',
    ],
    ['-A -t "192.0.2.1:80"', '1:7 quotes have no meaning in rules: "192.0.2.1:80"', '192.0.2.1:80'],
    ['-A -f -1294967296', '1:7 -1294967296 is negative', '3000000000'],
    ['-A -t 192.0.2.1:80 -s sh -b', '1:26 -b needs a value', '-b flag-3'],
  ])('%j', (text, message, fix) => {
    const {problems, repaired: repair} = parseRules(text)
    expect(problems.map(({line, column, message}) => `${line}:${column} ${message}`)).toEqual([message])
    expect(problems[0]?.fix).toBe(fix)
    expect(problems[0]?.severity).toBe('error')
    expect(repair?.count).toBe(1)
    expect(parseRules(repair?.text ?? '').state).toBeDefined()
  })

  test('columns count characters, and the rest of the line is judged as it was meant', () => {
    expect(complaints('-A –t 192.0.2.1：80 —scheduler wrr -p “x”')).toEqual([
      '1:4 EN DASH (U+2013) where an option should begin: –t',
      '1:16 FULLWIDTH COLON (U+FF1A) in a word that should be plain ASCII: 192.0.2.1：80',
      '1:20 EM DASH (U+2014) where an option should begin: —scheduler',
      '1:38 LEFT DOUBLE QUOTATION MARK (U+201C) in a word that should be plain ASCII: “x”',
      '1:38 x is not a persistence timeout in seconds',
    ])
  })

  test('what stands for nothing plain is named and left', () => {
    expect(parseRules('-A -f -6 -s rr')).toMatchObject({state: undefined, problems: [{column: 7}]})
    expect(repaired('-A -f -6 -s rr')).toBeUndefined()
    const {problems, repaired: repair} = parseRules('-A -t 192.0.2.1:8о')
    expect(problems.map(({message}) => message)[0]).toContain('U+043E')
    expect(problems[0]?.fix).toBeUndefined()
    expect(repair).toBeUndefined()
  })

  test('comments may hold anything, and stay', () => {
    const text = '# “Grüße” – 你好\n-A -t 192.0.2.1:80 # café – “x”\n'
    expect(parseRules(text)).toMatchObject({problems: []})
    expect(repaired(text.replace(' -t', '\u00a0-t'))).toBe(text)
  })

  test('line ends of Windows are one warning', () => {
    const text = '# web\r\n-A -t 192.0.2.1:80\r\n\r\n-a -t 192.0.2.1:80 -r 10.0.0.1\r\n'
    const {state, problems, repaired: repair} = parseRules(text)
    expect(problems).toMatchObject([{severity: 'warning', code: 'line-end', line: 1, column: 6}])
    expect(repair).toEqual({text: text.replaceAll('\r', ''), count: 1})
    expect(state).toEqual(parseRules(text.replaceAll('\r', '')).state)
  })
})

describe('much of it takes its time and no more', () => {
  test.each([
    ['wrong words in one line', `-A -t 192.0.2.1:80 ${'x '.repeat(50_000)}`, 50_000],
    ['repeated letters', `-At 192.0.2.1:80 -${'n'.repeat(50_000)}`, 50_000],
    ['foreign blanks', `-A -t 192.0.2.1:80${'\u00a0'.repeat(50_000)}`, 50_000],
    ['a service that is there already', web.repeat(20_000), 19_999],
    ['servers of no service', '-a -f 7 -r 10.0.0.1:0\n'.repeat(20_000), 20_000],
    [
      'servers of one service',
      web + Array.from({length: 20_000}, (_, port) => `-a -t 192.0.2.1:80 -r 10.0.0.1:${port + 1} -m\n`).join(''),
      0,
    ],
  ])('%s', (_name, text, count) => expect(parseRules(text).problems.length).toBe(count))
})
