// Known inputs, one by one: what ipvsadm 1.31 answers is what the table says it is, and ours answers the same.

import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, describe, expect, test, vi} from 'vitest'
import {formatDifference} from '../support/differential/compare.ts'
import type {Shown} from '../support/differential/compare-on.ts'
import {
  addresses,
  allInputs,
  kernelChecks,
  ownChecks,
  scripts,
  stepsOf,
  surprises,
} from '../support/differential/inputs.ts'
import {buildNetwork} from '../support/differential/network.ts'
import {compareListings, formatFinding, prepare, runSequences, showEach} from '../support/differential/run.ts'
import {useLab} from '../support/lab.ts'

const opponent = (process.env.OPPONENT as 'real' | undefined) ?? 'shim'

const ourIpvsadm = join(import.meta.dirname, '../../bin/ipvsadm')

const document = readFileSync(join(import.meta.dirname, '../../docs/ipvsadm-compatibility.md'), 'utf8')

const lab = useLab()
let shown: ReadonlyMap<string, Shown>

// A machine that does more than this takes its time.
vi.setConfig({testTimeout: 600_000, hookTimeout: 600_000})

beforeAll(async () => {
  await prepare()
  await buildNetwork(lab.guest)
  shown = await showEach(
    lab.guest,
    allInputs.map((one) => ({name: one.name, sequence: stepsOf(one)})),
    opponent,
  )
})

test('each has a name of its own, and there are plenty', () => {
  expect(new Set(allInputs.map(({name}) => name)).size).toBe(allInputs.length)
  expect(allInputs.length).toBeGreaterThan(150)
})

describe.each([
  ['addresses', addresses],
  ['surprises', surprises],
  ['its own checks', ownChecks],
  ["the kernel's checks", kernelChecks],
  ['scripts', scripts],
])('%s', (_what, inputs) => {
  test.each(inputs.map((one) => [one.name, one] as const))('ipvsadm %s', (name, {code, stderr, stdout, rules}) => {
    const {real, ours: _ours, rules: found, explained, differences} = shown.get(name) as Shown
    expect({code: real.code, stderr: real.stderr}).toEqual({code, stderr})
    if (stdout !== undefined) expect(real.stdout).toBe(stdout)
    if (rules !== undefined) expect(found).toEqual(rules)
    if (explained === null) expect(differences.map(formatDifference)).toEqual([])
  })
})

describe('without root', () => {
  const nobody = 'setpriv --reuid 65534 --regid 65534 --clear-groups --'
  const both = async (words: string) => ({
    real: await lab.on('real', `${nobody} ipvsadm ${words}`, {exits: 'any'}),
    ours: await lab.on('real', `${nobody} ${ourIpvsadm} ${words}`, {exits: 'any'}),
  })

  // Node and the project may lie where only their owner looks.
  beforeAll(() =>
    lab.on(
      undefined,
      `for place in ${ourIpvsadm} ${process.execPath}; do
         while [ "$place" != / ]; do place=$(dirname "$place"); chmod o+x "$place"; done
       done
       ln -s ${process.execPath} /usr/local/sbin/node`,
    ),
  )

  test.each(['-L -n', '-A -t 192.0.2.10:80', '-C', '', '-A', '-L --timeout'])('ipvsadm %s', async (words) => {
    const {real, ours} = await both(words)
    expect(real).toEqual({
      stdout: '',
      stderr: `Can't initialize ipvs: Permission denied (you must be root)
Are you sure that IP Virtual Server is built in the kernel or as module?
`,
      code: 2,
    })
    expect(ours).toEqual(real)
  })

  test.each(['-h', '--help', '-v', '--version'])('ipvsadm %s, which ours says all the same', async (words) => {
    const {real, ours} = await both(words)
    expect(real.code).toBe(2)
    expect(ours).toEqual(await lab.on('real', `ipvsadm ${words}`))
    expect(document).toMatch(/^\| `-h` and `-v` +\|/m)
  })
})

describe('a start as shells make them', () => {
  test.each([
    'ipvsadm -Ln >&-',
    'ipvsadm -Ln | head -n 1',
    'ipvsadm -Sn | wc -l',
    'ipvsadm -R <&-',
    'ipvsadm -R </dev/null',
    'ipvsadm -R </',
    'ipvsadm -A 2>&-',
    'ipvsadm -v',
    'ipvsadm -v >&-',
    'echo "-A -t 192.0.2.12:80" | ipvsadm -R -n; ipvsadm -Sn',
    '(echo -L -n; sleep 0.2; echo -S -n) | ipvsadm -R',
    'printf "%s" "-A -t 192.0.2.13:80" | ipvsadm -R; ipvsadm -Sn',
    'printf "%b" "-A -t 192.0.2.14:80\\0 -s rr\\n-A -t 192.0.2.15:80\\n" | ipvsadm -R; ipvsadm -Sn',
    'LC_ALL=C ipvsadm -L',
    'TZ=Nowhere ipvsadm -Ln --rate',
    'cd /proc && ipvsadm -L -c',
  ])('%s', async (command) => {
    const made = '-A -t 192.0.2.10:443 -s wlc\n-a -t 192.0.2.10:443 -r 10.1.1.1:443 -m -w 2\n'
    const run = async (host: string, program: string) => {
      await lab.on(host, '/usr/sbin/ipvsadm -C; /usr/sbin/ipvsadm -R', {input: made})
      return lab.on(host, `ipvsadm() { ${program} "$@"; }\n${command}`, {exits: 'any'})
    }
    expect(await run('ours', ourIpvsadm)).toEqual(await run('real', '/usr/sbin/ipvsadm'))
  })
})

test.each(['-Ln', '-h', '-Sn'])('ipvsadm %s >/dev/full, which ours does not keep to itself', async (words) => {
  await lab.on('ours', 'ipvsadm -C; ipvsadm -A -f 7')
  expect(await lab.on('ours', `ipvsadm ${words} >/dev/full`)).toEqual({stdout: '', stderr: '', code: 0})
  expect(await lab.on('ours', `${ourIpvsadm} ${words} >/dev/full`, {exits: 1})).toEqual({
    stdout: '',
    stderr: 'ipvsadm: standard output: No space left on device\n',
    code: 1,
  })
  expect(document).toMatch(/^\| an output that cannot be written /m)
})

describe('its wrappers', () => {
  const rules = `# made by hand
-A -t 192.0.2.10:80 -s rr
-A -t 192.0.2.11:80 -s rr
`
  test.each([
    ['ipvsadm-save -n', ''],
    ['ipvsadm-save', ''],
    ['ipvsadm-save -n foo', ''],
    ['ipvsadm-save -x', ''],
    ['ipvsadm-restore', ''],
    ['ipvsadm-restore', rules],
    ['ipvsadm-restore -n', rules],
    ['ipvsadm-restore', `  # not at the start of its line\n${rules}`],
    ['ipvsadm-restore', '-A -t 192.0.2.12:80 -s rr\n-A -t x\n-A -t 192.0.2.13:80'],
  ])('%s', async (command, input) => {
    const made = '-A -t 192.0.2.10:443 -s wlc\n-a -t 192.0.2.10:443 -r 10.1.1.1:443 -m -w 2\n'
    const run = async (host: string, program: string) => {
      await lab.on(host, 'ipvsadm -C; ipvsadm -R', {input: made})
      const said = await lab.on(host, program, {input, exits: 'any'})
      return {...said, rules: (await lab.on(host, 'ipvsadm -Sn')).stdout}
    }
    const real = await run('real', command)
    expect(await run('ours', command.replace('ipvsadm', ourIpvsadm))).toEqual(real)
  })
})

describe('a large table', () => {
  /**
   * Of every kind, and with every kind of server. Addresses are less than 2³¹ apart: ipvsadm's order of others goes by
   * the order in the kernel, which is another in each namespace.
   */
  const rules = Array.from({length: 250}, (_, index) => {
    const host = `${10 + ((index * 37) % 100)}.${index % 7}.0.${index % 250}`
    const port = 1 + ((index * 131) % 65_000)
    const key = [
      `-t ${host}:${port}`,
      `-u ${host}:${port}`,
      `--sctp-service ${host}:${port}`,
      `-t [2001:db8::${index}]:${port}`,
      `-u [fd00:${index}::1]:${port}`,
      `-f ${index}`,
      `-f ${index - 1} -6`,
    ][index % 7] as string
    const settings = ['-s rr', '-s sh -b sh-port', '-p 300', '-s wrr -p 60', '-s wlc', ''][index % 6]
    const isSix = /\[|-6/.test(key)
    const servers = [
      isSix ? `-r [2001:db8:1::${index}]:8080 -m -w 7` : `-r 100.1.${index % 9}.1:8080 -m -w 0`,
      isSix ? '-r [2001:db8:1::9]:80 -g' : '-r 1.1.1.1:80 -g -w 65535 -x 10 -y 5',
      isSix ? '-r 10.1.1.2:80 -i -w 2' : '-r 2001:db8:1::12 -i --tun-type gre --tun-csum',
      isSix ? '-r 2001:db8:1::13 -i --tun-type gue --tun-port 6080' : '-r 127.0.0.1:8081 -m -w 2147483647',
    ].slice(0, index % 5)
    return [`-A ${key} ${settings}`, ...servers.map((server) => `-a ${key} ${server}`)].join('\n')
  }).join('\n')
  const listings = ['-Ln', '-L', '-Ln --nosort', '-Ln --thresholds', '-Ln --tun-info', '-LnX --stats', '-Sn', '-S']

  test('is listed as ipvsadm lists it', async () => {
    const steps = listings.map((words) => ({argv: words.split(' ')}))
    const sequence = [{argv: ['-R'], input: rules}, ...steps, {argv: ['-Ln'], process: true as const}]
    const {findings} = await runSequences(lab.guest, [{name: 'a large table', sequence}], opponent)
    expect(findings.map(formatFinding)).toEqual([])
  })
})

describe('traffic', () => {
  const columns = [
    '',
    '--stats',
    '--rate',
    '--thresholds',
    '--persistent-conn',
    '--tun-info',
    '-c',
    '-c --persistent-conn',
  ]
  const listings = columns.flatMap((column) =>
    ['-L', '-Ln', '-LX', '-LnX', '-Ln --nosort'].map((command) => `${command} ${column}`.trim().split(' ')),
  )
  const single = ['-t 192.0.2.50:80', '-t [2001:db8::50]:80', '-u 192.0.2.50:5060'].flatMap((service) =>
    ['', '--stats', '--rate -n', '--stats --exact', '--persistent-conn -n', '--thresholds'].map((column) =>
      `-L ${service} ${column}`.trim().split(' '),
    ),
  )

  test('is listed as ipvsadm lists it', async () => {
    await lab.on('ours', 'ipvsadm -C')
    const {stdout} = await lab.on('ours', startTraffic)
    expect(stdout).toBe('ready\n')
    const seen = (await lab.on('ours', 'ipvsadm -Ln --stats; ipvsadm -Lnc; ipvsadm -Lnc --persistent-conn')).stdout
    for (const shape of [
      /\d{6}K/,
      /ESTABLISHED/,
      /TIME_WAIT/,
      /ASSURED/,
      /UDP /,
      /abcdef123456@host/,
      /\[2001:db8::50\]/,
    ])
      expect(seen).toMatch(shape)
    const findings = await compareListings(lab.guest, [...listings, ...single], opponent)
    expect(findings.map(formatFinding)).toEqual([])
  })
})

const startTraffic = `${process.execPath} ${join(import.meta.dirname, '../support/differential/traffic-in-guest.ts')} >/run/traffic 2>&1 &
until [ -s /run/traffic ]; do sleep 0.2; done
cat /run/traffic`

describe('a kernel without IPVS', () => {
  const bare = useLab()
  beforeAll(() => bare.on(undefined, 'rm /lib/modules/*'))

  test.each(['-Ln', '-A -t 192.0.2.10:80', '-C', '-Sn'])('ipvsadm %s', async (words) => {
    const real = await bare.on(undefined, `ipvsadm ${words}`, {exits: 'any'})
    expect(real.code).toBe(2)
    expect(real.stderr).toMatch(
      /\nCan't initialize ipvs: Protocol not available\nAre you sure that IP Virtual Server is/,
    )
    expect(await bare.on(undefined, `${ourIpvsadm} ${words}`, {exits: 'any'})).toEqual(real)
  })
})
