// Our ipvsadm beside ipvsadm 1.31 on one kernel: every listing of one table, every way to start it, every row of
// docs/ipvsadm-compatibility.md that a kernel can show.

import {dirname, join} from 'node:path'
import {beforeAll, describe, expect, test} from 'vitest'
import {shellQuote, shellWords} from '../../src/lab/shell-quote.ts'
import {useLab} from '../support/lab.ts'

const bin = join(import.meta.dirname, '../../bin')
const ours = shellWords([process.execPath, join(bin, 'ipvsadm')])

const lab = useLab()

interface Said {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

async function say(command: string, input?: string): Promise<Said> {
  const {stdout, stderr, code} = await lab.on(undefined, command, {exits: 'any', ...(input !== undefined && {input})})
  return {stdout, stderr, code}
}

const real = (args: string, input?: string): Promise<Said> => say(`ipvsadm ${args}`, input)
const shim = (args: string, input?: string): Promise<Said> => say(`${ours} ${args}`, input)

/** What both say, when they say the same. Figures and clocks move between the two: another look, then. */
async function alike(args: string): Promise<Said> {
  for (let attempt = 0; ; attempt++) {
    const [before, our, after] = [stopped(await real(args)), stopped(await shim(args)), stopped(await real(args))]
    const moved = before.stdout !== after.stdout
    if (moved && attempt < 8) continue
    expect(our).toEqual(before)
    return our
  }
}

/** Without the clocks of connections, which go on from one look to the next. */
const stopped = (said: Said): Said => ({...said, stdout: said.stdout.replace(/^(\w+ +)\d\d:\d\d /gm, '$1--:-- ')})

/** What either makes of the same start, from an empty table: what it says, and the table then. */
async function fromNothing(args: string, input?: string): Promise<void> {
  const outcomes: unknown[] = []
  for (const start of [real, shim]) {
    await real('-C')
    const said = await start(args, input)
    outcomes.push({said, rules: (await real('-Sn')).stdout, thresholds: (await real('-Ln --thresholds')).stdout})
  }
  expect(outcomes[1]).toEqual(outcomes[0])
}

const hosts = `
10.1.0.2 a-very-long-real-server-name-that-goes-on-and-on.example.com
10.1.0.3 exactly-twenty-eight-chars.x
10.1.0.4 short.example
2001:db8::6 a-very-long-six-name-that-goes-on-and-on-for-more-than-sixty.example.com
2001:db8::7 six.example
`

const rules = `
-A -t 203.0.113.10:80 -s rr
-a -t 203.0.113.10:80 -r 10.1.0.2:8080 -m -w 3
-a -t 203.0.113.10:80 -r 10.1.0.3 -g -x 100 -y 50
-a -t 203.0.113.10:80 -r 10.1.0.4 -i -w 0
-a -t 203.0.113.10:80 -r 10.1.0.5 -i --tun-type gue --tun-port 6080 --tun-remcsum -w 2147483647
-a -t 203.0.113.10:80 -r 10.1.0.6 -i --tun-type gre --tun-csum -x 2147483647
-a -t 203.0.113.10:80 -r 2001:db8::6 -i
-a -t 203.0.113.10:80 -r ::5 -i
-a -t 203.0.113.10:80 -r 200.0.0.1
-A -t 10.1.0.2:443 -p 300 -M 255.255.255.0
-A -u 203.0.113.10:53 -o
-a -u 203.0.113.10:53 -r 10.1.0.4 -m
-A -u 203.0.113.10:5060 -s rr -p 60 --pe sip
-a -u 203.0.113.10:5060 -r 10.1.0.4 -m
-A -u 203.0.113.10:5672
-a -u 203.0.113.10:5672 -r 10.1.0.4 -m
-A --sctp-service 203.0.113.10:5672 -s sh -b sh-port,sh-fallback
-A --sctp-service 10.1.0.4:80 -s mh -b mh-port
-A -t [2001:db8::7]:80 -p 9 -M 64
-a -t [2001:db8::7]:80 -r [2001:db8::6]:443 -m
-a -t [2001:db8::7]:80 -r 10.1.0.2 -i
-A -t [::1.2.3.6]:443 -b flag-1,flag-2,flag-3
-A -t 10.1.0.9 -p
-a -t 10.1.0.9 -r 10.1.0.4
-A -f 7
-a -f 7 -r 10.1.0.4:80 -m
-A -f 7 -6 -p 10 -M 48 -s none
-a -f 7 -6 -r [2001:db8::7]:80 -m
-A -f 20 -p 50 -s rr
`

beforeAll(async () => {
  await lab.on(
    undefined,
    `cat >>/etc/hosts && ip address add 203.0.113.10/32 dev lo && ip address add 10.1.0.4/32 dev lo`,
    {
      input: hosts,
    },
  )
})

describe('a table with traffic', () => {
  beforeAll(async () => {
    await lab.on(undefined, 'ipvsadm -C; ipvsadm -R', {input: rules})
    // Nobody answers; the director keeps account of it all the same.
    const input = String.raw`
printf hello >/dev/udp/203.0.113.10/53
printf hello >/dev/udp/203.0.113.10/5672
printf 'REGISTER sip:a SIP/2.0\r\nCall-ID: abcdef123456@host.example\r\n\r\n' | cat >/dev/udp/203.0.113.10/5060
# The figures are brought up to date every two seconds.
sleep 5
`
    await lab.on(undefined, 'bash -s', {input})
  })

  const columns = [
    '',
    '--stats',
    '--rate',
    '--stats -X',
    '--rate --exact',
    '--thresholds',
    '--persistent-conn',
    '--tun-info',
  ]

  test.each(columns)('-Ln %s', async (option) => {
    const {stdout} = await alike(`-Ln ${option}`)
    expect(stdout.split('\n').length).toBeGreaterThan(20)
  })

  test.each(columns)('-L %s', async (option) => {
    expect((await alike(`-L ${option}`)).stdout).toContain('a-very-long-real-server-name')
  })

  test.each([
    '',
    '-l --sort',
    '-Ln --nosort',
    '-L --nosort --stats',
    '-S',
    '-Sn',
    '-Ln -t 203.0.113.10:80',
    '-L -u 203.0.113.10:5060',
    '-Ln -f 7 -6 --persistent-conn',
    '-L -t [2001:db8::7]:80 --rate',
    '-Ln -t 1.2.3.4:5',
    '-L --timeout',
    '-Lnc',
    '-Lc',
    '-Lnc --persistent-conn',
    '-Lc --persistent-conn --nosort',
  ])('ipvsadm %s', async (args) => {
    await alike(args)
  })

  test('there is something in the connection table, with persistence data', async () => {
    const {stdout} = await shim('-Lnc --persistent-conn')
    expect(stdout).toContain('203.0.113.10:5672')
    expect(stdout).toContain('abcdef123456@host.example')
  })

  test('ipvsadm-save and ipvsadm-restore', async () => {
    const wrapper = (name: string) => shellWords([process.execPath, join(bin, `ipvsadm-${name}`)])
    for (const args of ['', '-n', 'foo', '-x'])
      expect(await say(`${wrapper('save')} ${args}`)).toEqual(await say(`ipvsadm-save ${args}`))
    const input = `# saved\n${rules}-A -t 203.0.113.10:80\n`
    const outcomes: unknown[] = []
    for (const restore of ['ipvsadm-restore', wrapper('restore')])
      outcomes.push({said: await say(restore, input), rules: (await real('-Sn')).stdout})
    expect(outcomes[1]).toEqual(outcomes[0])
    expect(outcomes[0]).toMatchObject({said: {code: 255, stderr: 'Service already exists\n'}})
  })
})

describe('from an empty table', () => {
  test.each<[string, string?]>([
    ['-A -t 10.9:80 -s rr'],
    ['-A -t localhost:http -p'],
    ['-A -t 203.0.113.10:80 -r 1'],
    ['-D -t 203.0.113.10:80'],
    ['--bogus'],
    ['-R', rules],
    ['-R', `${rules}${rules}`],
    ['-R', '-A -t 10.0.0.1:80\n-A -t 10.0.0.1:80\n-A -t bad\n-A -t 10.0.0.2:80\n'],
    ['-R', '-A -t 10.0.0.1:80\n-a -t 10.0.0.1:80 -r 224.0.0.1\n-A --bogus\n-Ln\n-A -t 10.0.0.2:80'],
    ['-R', '-A -t 10.0.0.1:80 -s nosuch\r\n  ipvsadm -A -t 10.0.0.2:80\r\n# no\r\n-A -t 10.0.0.3:80\r\n'],
    ['-R', '-L -t 10.0.0.1:80\n-A -t 10.0.0.1:80\n'],
    ['-R', '-v\n-A -t 10.0.0.1:80\n'],
    ['-h'],
    ['-v'],
  ])('ipvsadm %s (%#)', async (args, input) => {
    await fromNothing(args, input)
  })
})

test('sync daemons', async () => {
  await lab.on(undefined, 'ip link add dm0 type dummy && ip link set dm0 up && ip address add 10.5.5.1/24 dev dm0')
  const group = '--mcast-interface dm0 --mcast-group ff02::81 --syncid 9 --mcast-ttl 3'
  expect(await shim(`--start-daemon master ${group}`)).toEqual({stdout: '', stderr: '', code: 0})
  await alike('-L --daemon')
  await alike('--start-daemon master --mcast-interface dm0')
  await alike('--start-daemon backup --mcast-interface nosuch')
  expect((await shim('--stop-daemon master')).code).toBe(0)
  await alike('--stop-daemon master')
})

describe('how it is started', () => {
  const nodeFirst = `PATH=${shellQuote(dirname(process.execPath))}:$PATH`

  test('as a link to lvsctl of its name', async () => {
    const place = '/run/links'
    await lab.on(
      undefined,
      `mkdir -p ${place}; for name in ipvsadm ipvsadm-save ipvsadm-restore; do ln -sf ${shellQuote(join(bin, 'lvsctl'))} ${place}/$name; done
ipvsadm -C; ipvsadm -A -t 10.1.0.4:80`,
    )
    expect(await say(`${nodeFirst} ${place}/ipvsadm -L`)).toEqual(await real('-L'))
    expect(await say(`${nodeFirst} ${place}/ipvsadm-save`)).toEqual(await real('-S'))
    const input = '-A -t 10.1.0.4:443\n'
    expect(await say(`${nodeFirst} ${place}/ipvsadm-restore`, input)).toEqual({stdout: '', stderr: '', code: 0})
    expect((await real('-Sn')).stdout).toBe('-A -t 10.1.0.4:443 -s wlc\n')
    // Whatever node the machine has.
    expect(await say(`${place}/ipvsadm -Ln -t 1.2.3.4:5`)).toEqual(await real('-Ln -t 1.2.3.4:5'))
  })

  test.each(['-Ln', '--help', '-A -t', 'foo'])('as lvsctl ipvsadm %s', async (args) => {
    expect(await say(`lvsctl ipvsadm ${args}`)).toEqual(await real(args))
  })

  test('by an ordinary user', async () => {
    const user = 'setpriv --reuid 65534 --clear-groups'
    for (const args of ['-Ln', '-A -t bad', '--bogus', ''])
      expect(await say(`${user} ${ours} ${args}`)).toEqual(await say(`${user} ipvsadm ${args}`))
    expect(await say(`${user} ipvsadm -v`)).toMatchObject({code: 2})
    expect(await say(`${user} ${ours} -v`)).toEqual(await real('-v'))
    expect(await say(`${user} ${ours} -h`)).toEqual(await real('-h'))
  })

  test('into a pipe that nobody reads', async () => {
    expect(await say(`${ours} -h | head -1; ${ours} -h >&-`)).toMatchObject({stdout: (await real('-v')).stdout})
  })
})

describe('where ipvsadm is wrong', () => {
  const rulesAfter = async (start: typeof real, ...lines: readonly string[]): Promise<string> => {
    await real('-C')
    for (const line of lines) await start(line)
    return (await start('-Sn')).stdout
  }

  test('-b , ends with a message', async () => {
    expect((await real('-A -t 10.0.0.1:80 -b ,')).code).toBe(139)
    expect(await shim('-A -t 10.0.0.1:80 -b ,')).toEqual({
      stdout: '',
      stderr: "invalid scheduler flag `,'\n",
      code: 2,
    })
  })

  test('marks are unsigned', async () => {
    const line = '-A -f 4294967295'
    expect(await rulesAfter(real, line)).toBe('-A -f -1 -s wlc\n')
    expect(await rulesAfter(shim, line)).toBe('-A -f 4294967295 -s wlc\n')
    expect((await shim('-Ln')).stdout).toContain('FWM  4294967295 wlc\n')
  })

  test('brackets keep the port', async () => {
    const lines = ['-A -t [10.0.0.1]:80 -p', '-a -t 10.0.0.1:80 -r [10.0.0.2]:81 -m']
    expect(await rulesAfter(real, ...lines)).toBe('-A -t 10.0.0.1:0 -s wlc -p 360\n')
    expect(await rulesAfter(shim, ...lines)).toBe(
      '-A -t 10.0.0.1:80 -s wlc -p 360\n-a -t 10.0.0.1:80 -r 10.0.0.2:81 -m -w 1\n',
    )
    expect((await real('-A -t [10.0.0.1:82]:83')).code).toBe(0)
    expect((await shim('-A -t [10.0.0.1:82]:83')).code).toBe(2)
  })

  test('flag 3 has a name under every scheduler', async () => {
    const line = '-A -t 10.0.0.1:80 -s sh -b flag-3'
    expect(await rulesAfter(real, line)).toBe('-A -t 10.0.0.1:80 -s sh -b \n')
    expect(await rulesAfter(shim, line)).toBe('-A -t 10.0.0.1:80 -s sh -b flag-3\n')
    expect((await shim('-Ln')).stdout).toContain('TCP  10.0.0.1:80 sh (flag-3)\n')
  })
})
