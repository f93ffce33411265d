// The manners of the commands, on a real table: an edit changes what is given and nothing else, an add changes nothing that
// is there, --netns is as good as being there, and --json has the keys it promises.

import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {dr} from '../../src/lab/topologies.ts'
import {exampleCommands} from '../support/example-table.ts'
import {savedRules, wholeTable} from '../support/ipvsadm.ts'
import {useLab} from '../support/lab.ts'

const lab = useLab(dr)

const onDirector = (command: string, exits = 0) => lab.on('director', command, {exits})

describe('an edit changes what is given', () => {
  const made = `-A -t 192.0.2.1:80 -s sh -p 300 -M 255.255.255.0 -b sh-fallback,sh-port
-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 3 -x 900 -y 600
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -i -w 1 -x 50 --tun-type gue --tun-port 6080 --tun-csum
-a -t 192.0.2.1:80 -r 10.0.0.3:80 -g -w 0
-A -u 192.0.2.1:5060 -s mh -p 60 --pe sip -b mh-port
-A -u [2001:db8::1]:53 -s wrr -o
-A -f 7 -6 -s rr -p 60 -M 64
`
  beforeEach(() => lab.on('director', 'ipvsadm -C; ipvsadm -R', {input: made}))

  /** The one line of `-Sn` or `--thresholds` that is different then, as a pattern and what takes its place. */
  test.each([
    ['service edit -t 192.0.2.1:80 -p 100', '-p 300', '-p 100'],
    ['service edit -t 192.0.2.1:80 -M 255.255.0.0', '-M 255.255.255.0', '-M 255.255.0.0'],
    ['service edit -t 192.0.2.1:80 --no-netmask', ' -M 255.255.255.0', ''],
    ['service edit -t 192.0.2.1:80 -b sh-port', '-b sh-fallback,sh-port', '-b sh-port'],
    ['service edit -t 192.0.2.1:80 -b none', ' -b sh-fallback,sh-port', ''],
    ['service edit -u 192.0.2.1:5060 -p 90', '-p 60 --pe sip', '-p 90 --pe sip'],
    ['service edit -u 192.0.2.1:5060 --no-pe', ' --pe sip', ''],
    ['service edit -u [2001:db8::1]:53 -s rr', '-s wrr -o', '-s rr -o'],
    ['service edit -u [2001:db8::1]:53 --no-ops', '-s wrr -o', '-s wrr'],
    ['service edit -f 7 -6 -s wlc', '-6 -s rr', '-6 -s wlc'],
    ['server edit -t 192.0.2.1:80 -r 10.0.0.1:8080 -w 5', '-m -w 3', '-m -w 5'],
    ['server edit -t 192.0.2.1:80 -r 10.0.0.2 -w 5', '-i -w 1', '-i -w 5'],
    ['server edit -t 192.0.2.1:80 -r 10.0.0.2 --tun-port 7000', '6080', '7000'],
    ['server edit -t 192.0.2.1:80 -r 10.0.0.2 --tun-remcsum', '--tun-csum', '--tun-remcsum'],
    ['server edit -t 192.0.2.1:80 -r 10.0.0.2 -m', '-i -w 1 --tun-type gue --tun-port 6080 --tun-csum', '-m -w 1'],
    ['server edit tcp://192.0.2.1:80 10.0.0.3:80 -w 1', '-g -w 0', '-g -w 1'],
    ['server edit -t 192.0.2.1:80 -r 10.0.0.3 -i', '-g -w 0', '-i -w 0 --tun-type ipip'],
  ])('%s', async (command, from, to) => {
    const before = await savedRules(lab, 'director')
    const thresholds = (await onDirector('ipvsadm -Ln --thresholds | grep -e "->"')).stdout
    await onDirector(`lvsctl ${command}`)
    const expected = before.map((line) => line.replace(from, to))
    expect(expected.filter((line, index) => line !== before[index])).toHaveLength(1)
    expect(await savedRules(lab, 'director')).toEqual(expected)
    expect((await onDirector('ipvsadm -Ln --thresholds | grep -e "->"')).stdout).toBe(thresholds)
  })

  test('two at once: neither is lost', async () => {
    const edit = 'lvsctl server edit -t 192.0.2.1:80 -r 10.0.0.1:8080'
    for (const round of [1, 2, 3]) {
      await onDirector(`${edit} -w 1${round} & ${edit} -x 100${round} & ${edit} -y 70${round} & wait`)
      expect((await savedRules(lab, 'director')).join()).toContain(`-r 10.0.0.1:8080 -m -w 1${round}`)
      expect((await onDirector('ipvsadm -Ln --thresholds')).stdout).toMatch(
        new RegExp(`10\\.0\\.0\\.1:8080 +100${round} +70${round} `),
      )
    }
  })

  test.each([
    ['-x 1000', '900        600', '1000       600'],
    ['-y 1', '900        600', '900        1  '],
    ['-x 0 -y 0', '900        600', '0          0  '],
  ])('server edit %s', async (options, from, to) => {
    const before = await wholeTable(lab, 'director')
    await onDirector(`lvsctl server edit -t 192.0.2.1:80 -r 10.0.0.1:8080 ${options}`)
    expect(await wholeTable(lab, 'director')).toEqual(before.map((line) => line.replace(from, to)))
    expect(before.join('\n')).toContain(from)
  })

  test('what is so already is left as it is', async () => {
    const before = await wholeTable(lab, 'director')
    expect((await onDirector('lvsctl server edit -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 3 -x 900')).stdout).toBe(
      'left 10.0.0.1:8080 in tcp://192.0.2.1:80 as it is\n',
    )
    expect(await wholeTable(lab, 'director')).toEqual(before)
  })

  test('counters and connections survive an edit', async () => {
    await onDirector('ip addr add 10.8.8.8/32 dev lo')
    await onDirector('ipvsadm -A -u 10.8.8.8:9 -s rr; ipvsadm -a -u 10.8.8.8:9 -r 192.168.1.111 -m')
    await onDirector("bash -c 'for datagram in 1 2 3; do echo >/dev/udp/10.8.8.8/9; done'; sleep 2.5")
    const counted = (await onDirector('ipvsadm -Ln --stats -u 10.8.8.8:9')).stdout
    expect(counted).toMatch(/UDP {2}10\.8\.8\.8:9 +3 /)
    await onDirector('lvsctl service edit -u 10.8.8.8:9 -s wlc; lvsctl server edit -u 10.8.8.8:9 -r 192.168.1.111 -w 7')
    expect((await onDirector('ipvsadm -Ln --stats -u 10.8.8.8:9')).stdout).toBe(counted)
    await onDirector('ip addr del 10.8.8.8/32 dev lo')
  })
})

describe('an add of what exists changes nothing', () => {
  beforeAll(() =>
    lab.on('director', 'ipvsadm -C; ipvsadm -R', {
      input: `-A -t 192.0.2.1:80 -s sh -p 300 -b sh-port
-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 3 -x 900
-A -f 7 -6 -s rr
`,
    }),
  )

  test.each([
    ['service add -t 192.0.2.1:80', 'scheduler sh → wlc', 'lvsctl service edit -t 192.0.2.1:80 -s wlc'],
    ['service add -t 192.0.2.1:80 -s sh -p 300 -b sh-port', 'It is set as asked', ''],
    ['service add fwmark6://7 -s wlc', 'scheduler rr → wlc', 'lvsctl service edit -f 7 -6 -s wlc'],
    ['server add -t 192.0.2.1:80 -r 10.0.0.1:8080 -m', 'weight 3 → 1', 'lvsctl server edit -t 192.0.2.1:80'],
  ])('%s: exit 4', async (command, difference, line) => {
    const before = await wholeTable(lab, 'director')
    const {stdout, stderr} = await onDirector(`lvsctl ${command}`, 4)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^✗ \S+ already exists/)
    expect(stderr).toContain(difference)
    expect(stderr).toContain(line)
    expect(await wholeTable(lab, 'director')).toEqual(before)
  })

  test('the line that is offered makes it so', async () => {
    const {stderr} = await onDirector('lvsctl service add -t 192.0.2.1:80 -s mh -b mh-fallback -p 100 -M 255.0.0.0', 4)
    const line = /^ *To change it: (lvsctl .*)$/m.exec(stderr)?.[1]
    expect(line).toBeDefined()
    await onDirector(line as string)
    expect((await savedRules(lab, 'director'))[0]).toBe('-A -t 192.0.2.1:80 -s mh -p 100 -M 255.0.0.0 -b mh-fallback')
  })
})

describe('--netns is as good as being there', () => {
  beforeAll(() => onDirector('ipvsadm -C'))

  const outside = (command: string, exits = 0) => lab.on(undefined, command, {exits})

  test('changes go there and nowhere else', async () => {
    await outside('lvsctl service add -t 192.0.2.1:80 -s rr --netns director')
    await outside('lvsctl server add -t 192.0.2.1:80 -r 10.0.0.1 --netns=director -m')
    expect(await savedRules(lab, 'director')).toEqual([
      '-A -t 192.0.2.1:80 -s rr',
      '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1',
    ])
    expect((await outside('ipvsadm -Sn')).stdout).toBe('')
  })

  test.each([
    'list',
    'list --json',
    'list --stats',
    'service list',
    'service show -t 192.0.2.1:80',
    'server list -t 192.0.2.1:80 --json',
    'director status --json',
  ])('%s', async (command) => {
    const inside = await lab.on('director', `lvsctl ${command}`, {exits: 'any'})
    const there = await outside(`lvsctl ${command} --netns director`, inside.code)
    // A line to paste leads to the same place.
    for (const line of there.stdout.match(/lvsctl \w+ setup [^"\n]*/g) ?? [])
      expect(line).toContain(' --netns director')
    expect({...there, stdout: there.stdout.replaceAll(' --netns director', '')}).toEqual(inside)
    expect(inside.stdout).toContain('192.0.2.1')
  })

  test('by path, and by a process that is in it', async () => {
    const inside = await onDirector('lvsctl list')
    expect(await outside('lvsctl list --netns /run/netns/director')).toEqual(inside)
    const {stdout} = await outside(
      'ip netns exec director sleep 60 & sleep 0.2; lvsctl list --netns $!; kill $! 2>/dev/null',
    )
    expect(stdout).toBe(inside.stdout)
  })

  test('the roles of a host: settings, addresses and the state file are those of the namespace', async () => {
    const quiet = 'cat /proc/sys/net/ipv4/conf/all/arp_ignore /proc/sys/net/ipv4/conf/all/arp_announce | xargs'
    await outside('lvsctl realserver setup --vip 192.168.1.200 --netns rs1')
    expect((await outside(quiet)).stdout).toBe('0 0\n')
    expect((await lab.on('rs1', quiet)).stdout).toBe('1 2\n')
    expect((await lab.on('rs1', 'ip -o addr show dev lo')).stdout).toContain('192.168.1.200/32')
    const status = await lab.on('rs1', 'lvsctl realserver status')
    expect(await outside('lvsctl realserver status --netns rs1')).toEqual(status)
    expect(status.stdout).toContain('set up by lvsctl')
    expect((await lab.on('rs1', 'lvsctl realserver teardown')).stdout).toContain('ARP settings are as they were found')
    expect((await lab.on('rs1', quiet)).stdout).toBe('0 0\n')
    expect((await outside('lvsctl realserver status --netns rs1')).stdout).toMatch(/^no VIP is set up here/)
  })

  test('an unknown one: exit 3 and the nearest', async () => {
    expect(await outside('lvsctl list --netns directr', 3)).toEqual({
      stdout: '',
      stderr: `✗ no network namespace "directr" (/run/netns/directr)
  Did you mean director? There are: client, director, rs1, rs2
`,
      code: 3,
    })
    await outside('lvsctl service add -t 192.0.2.9:80 --netns 999999', 3)
    expect((await outside('lvsctl list --netns /etc/passwd', 2)).stderr).toContain('/etc/passwd is not a network')
    expect((await outside('ipvsadm -Sn')).stdout).toBe('')
  })
})

describe('--json is what the golden files promise', () => {
  const golden = (name: string) => {
    const [first = '', ...rest] = readFileSync(join(import.meta.dirname, `../golden/cli/${name}.txt`), 'utf8').split(
      '\n',
    )
    return {command: first.replace(/^\$ /, ''), json: JSON.parse(rest.join('\n'))}
  }

  /** Figures of the traffic that the golden files have and this kernel has not: zero. */
  const withoutFigures = (json: unknown): unknown =>
    JSON.parse(JSON.stringify(json), (key, value) =>
      (key === 'statistics' || key === 'connections') && value !== null
        ? Object.fromEntries(Object.entries(value).map(([name, count]) => [name, count === null ? null : 0]))
        : value,
    )

  test.each(['list-json', 'service-list-json', 'service-show-json', 'server-list-json', 'list-user-json'])(
    '%s',
    async (name) => {
      await onDirector(
        `[ -e /run/example ] || { set -e; ipvsadm -C; ${exampleCommands.map((one) => `lvsctl ${one}`).join('; ')}; touch /run/example; }`,
      )
      const {command, json} = golden(name)
      const asUser = name.includes('user') ? 'setpriv --bounding-set -all --inh-caps -all ' : ''
      const {stdout, stderr} = await onDirector(`${asUser}${command}`)
      expect(stderr).toBe('')
      expect(withoutFigures(JSON.parse(stdout))).toEqual(withoutFigures(json))
    },
  )

  test.each([
    'service-add-json',
    'service-edit-json',
    'service-delete-json',
    'service-zero-json',
    'server-add-json',
    'server-edit-json',
    'server-delete-json',
  ])('%s', async (name) => {
    await onDirector('ipvsadm -C; ipvsadm -A -t 192.0.2.1:80; ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.7')
    const {command, json} = golden(name)
    const {stdout, stderr} = await onDirector(command)
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual(json)
  })

  test('an error', async () => {
    const before = await wholeTable(lab, 'director')
    const {stdout, stderr} = await onDirector('lvsctl service delete -t 192.0.2.7:80 --json', 3)
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'service-missing',
        exit: 3,
        message: 'no service tcp://192.0.2.7:80',
        hint: expect.stringMatching(/All: lvsctl list|The table is empty/),
        problems: expect.any(Array),
      },
    })
    expect(await wholeTable(lab, 'director')).toEqual(before)
  })
})

test('help and version need neither root nor IPVS', async () => {
  const {stdout} = await lab.on('client', `setpriv --bounding-set -all --inh-caps -all lvsctl --version`)
  expect(stdout).toMatch(/^lvsctl\/\d/)
  for (const topic of ['', 'service', 'service add', 'realserver setup'])
    expect((await lab.on('client', `lvsctl ${topic} --help`)).stdout).toContain('USAGE')
  expect((await lab.on('client', 'lvsctl help server edit')).stdout).toContain('$ lvsctl server edit')
})
