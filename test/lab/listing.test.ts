// Everything that can be in a table, read: what lvsctl says of it and what ipvsadm says of it is the same, field by
// field, and so is a table that lvsctl made.

import fc from 'fast-check'
import {beforeAll, describe, expect, test} from 'vitest'
import {dr} from '../../src/lab/topologies.ts'
import {ipvsadmLine} from '../../src/plan/ipvsadm-line.ts'
import {configuredService} from '../support/arbitrary-domain.ts'
import {asListing, asSavedRules, columns, type ListedService} from '../support/as-ipvsadm.ts'
import {hostState} from '../support/host-state.ts'
import {listing, savedRules} from '../support/ipvsadm.ts'
import {useLab} from '../support/lab.ts'

const lab = useLab(dr)

/** The schedulers that this kernel has a module for. */
const inThisKernel = (scheduler: string) => scheduler !== 'twos'

/** By chance, but always the same: with this seed there is some of every kind (see below). */
const randomRules: readonly string[] = fc
  .sample(configuredService, {seed: 20_260_401, numRuns: 60})
  .filter(({service}) => inThisKernel(service.scheduler))
  .flatMap(({service, servers}) => [
    ipvsadmLine({do: 'add-service', service}),
    ...servers.map((server) => ipvsadmLine({do: 'add-server', service: service.key, server})),
  ])
  .filter((line) => line !== undefined)

/** At the edges of what there can be. */
const edges = `
  -A -t 198.51.100.7:0 -s rr -p 50
  -a -t 198.51.100.7:0 -r 10.0.0.1:0 -m -w 0
  -A -t 198.51.100.8:65535 -s mh -p 2678400 -M 128.0.0.0 -b mh-fallback,mh-port
  -a -t 198.51.100.8:65535 -r 10.0.0.1:1 -m -w 2147483647 -x 2147483647 -y 2147483647
  -A -t [2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]:65535 -s wlc -p 1 -M 1
  -A -t [::1]:80 -s none
  -A -f 1 -s rr
  -A -f 1 -6 -s rr -p 360 -M 127
  -A -f 4294967295 -s rr -o
  -a -f 4294967295 -r 10.0.0.1:80 -g -w 1
  -a -f 4294967295 -r 10.0.0.1:81 -g -w 1
  -a -f 4294967295 -r [2001:db8::7]:80 -i -w 1 --tun-type gue --tun-port 65535 --tun-remcsum`

let services: readonly ListedService[] = []

const json = async (command: string) => JSON.parse((await lab.on('director', `lvsctl ${command} --json`)).stdout)
const sorted = (lines: readonly string[]) => [...lines].sort()

beforeAll(async () => {
  await lab.on('director', 'ipvsadm -R', {input: `${randomRules.join('\n')}\n${edges}\n`})
  services = (await json('list')).services
})

describe('a table made by ipvsadm', () => {
  test('has some of everything', async () => {
    const rules = await savedRules(lab, 'director')
    const count = (pattern: RegExp) => rules.filter((line) => pattern.test(line)).length
    expect(count(/^-A/)).toBeGreaterThan(60)
    expect(count(/^-a/)).toBeGreaterThan(100)
    const kinds = [
      ...['-t \\d', '-t \\[', '-u \\d', '-u \\[', '--sctp-service \\d', '--sctp-service \\[', '-f \\d+ -s'].map(
        (key) => `-A ${key}`,
      ),
      ...['-A -f \\d+ -6', '-A .* -M \\d+\\.', '-A .* -M \\d+( |$)', '-A .* --pe sip', '-A .* -o', '-A -f -\\d'],
      ...['sh-fallback', 'sh-port', 'mh-fallback', 'mh-port', 'sh-fallback,sh-port'].map(
        (flag) => `-A .* -b .*${flag}`,
      ),
      ...['rr', 'wrr', 'lc', 'wlc', 'fo', 'lblc', 'lblcr', 'dh', 'sh', 'mh', 'sed', 'nq', 'none'].map(
        (scheduler) => `-A .* -s ${scheduler}( |$)`,
      ),
      ...['-g', '-m', '--tun-type ipip', '--tun-type gre --tun-nocsum', '--tun-type gre --tun-csum'].map(
        (method) => `-a .* ${method}`,
      ),
      ...['nocsum', 'csum', 'remcsum'].map((checksum) => `-a .* --tun-type gue --tun-port \\d+ --tun-${checksum}`),
      ...['-a -\\w \\d.* -r \\[.* -i', '-a -\\w \\[.* -r \\d.* -i', '-a .* -w 0 ?'],
    ]
    expect(kinds.filter((kind) => count(new RegExp(`^${kind}`)) === 0)).toEqual([])
  })

  test('list --json is what ipvsadm -Sn says', async () => {
    expect(sorted(asSavedRules(services))).toEqual(sorted(await savedRules(lab, 'director')))
  })

  test.each(Object.entries(columns))('list --json is what ipvsadm -Ln %s says', async (options, show) => {
    expect(sorted(asListing(services, show))).toEqual(sorted(await listing(lab, 'director', options)))
  })

  test('the pipe has the same, service by service', async () => {
    const lines = (await lab.on('director', 'lvsctl list')).stdout.trimEnd().split('\n')
    expect(lines.map((line) => line.split('\t').slice(0, 3))).toEqual(
      services.flatMap(({id, scheduler, servers}) => [
        ['service', id, scheduler],
        ...servers.map((server) => ['server', id, server.id]),
      ]),
    )
    expect(lines.map((line) => line.split('\t')).filter(([kind]) => kind === 'server')).toEqual(
      services.flatMap(({id, servers}) =>
        servers.map(({id: name, forwarding, tunnel, weight, connections: {active, inactive}}) => [
          'server',
          id,
          name,
          expect.stringMatching(
            tunnel && tunnel.type !== 'ipip' ? `^${forwarding},${tunnel.type}:?` : `^${forwarding}$`,
          ),
          `${weight}`,
          `${active}`,
          `${inactive}`,
        ]),
      ),
    )
  })

  test('service list, service show and server list have the same, too', async () => {
    const list = (await json('service list')).services
    expect(list).toEqual(
      services.map(({servers, ...service}) => ({
        ...service,
        servers: servers.length,
        connections: {active: 0, inactive: 0},
      })),
    )
    for (const service of services.filter(({servers}) => servers.length > 2).slice(0, 5)) {
      expect((await json(`service show ${service.id}`)).service).toEqual(service)
      expect((await json(`server list ${service.id}`)).servers).toEqual(service.servers)
    }
  })

  describe('filters leave what ipvsadm shows of it', () => {
    const rows = async () => (await listing(lab, 'director', '')).filter((row) => row.includes(' -> '))
    const address = '10.0.0.1'

    test.each([
      ['--forwarding DR', (row: string) => / Route \d/.test(row)],
      ['--forwarding masquerading', (row: string) => / Masq \d/.test(row)],
      ['--forwarding TUN --forwarding g', (row: string) => / (Tunnel|Route) \d/.test(row)],
      ['--quiesced', (row: string) => / 0 \d+ \d+$/.test(row)],
      [`--server ${address}`, (row: string) => row.includes(` -> ${address}:`)],
      [
        `--server ${address}:80 --server 2001:db8::7`,
        (row: string) => / -> (10\.0\.0\.1|\[2001:db8::7\]):80 /.test(row),
      ],
      ['--quiesced --forwarding m', (row: string) => / Masq 0 \d+ \d+$/.test(row)],
    ])('%s', async (options, keeps) => {
      const expected = (await rows()).filter(keeps)
      expect(expected.length).toBeGreaterThan(0)
      expect(expected.length).toBeLessThan((await rows()).length)
      const {services: left} = await json(`list ${options}`)
      expect(sorted(asListing(left, columns['']).filter((row) => row.includes(' -> ')))).toEqual(sorted(expected))
      expect(left.every((one: ListedService) => one.servers.length > 0)).toBe(true)
      const piped = (await lab.on('director', `lvsctl list ${options}`)).stdout.match(/^server\t/gm)
      expect(piped).toHaveLength(expected.length)
    })

    test('--service: this one alone, as it is in the whole', async () => {
      for (const service of services.filter((_, index) => index % 15 === 0))
        expect((await json(`list --service ${service.id}`)).services).toEqual([service])
      const {stderr} = await lab.on('director', 'lvsctl list --service tcp://203.0.113.9:1', {exits: 3})
      expect(stderr).toMatch(/^✗ no service tcp:\/\/203\.0\.113\.9:1\n/)
    })
  })

  test('--wide has what the other columns of ipvsadm have', async () => {
    const wide = (await lab.on('director', 'lvsctl list --wide')).stdout.trimEnd().split('\n')
    const numbers = wide.filter((line) => line.startsWith('server')).map((line) => line.split('\t').slice(4))
    const [thresholds, persistent] = await Promise.all(
      ['--thresholds', '--persistent-conn'].map(async (options) =>
        (await listing(lab, 'director', options))
          .filter((row) => row.includes(' -> '))
          .map((row) => row.split(' ').slice(-4)),
      ),
    )
    // weight, active, inactive, persistent, upper, lower
    expect(sorted(numbers.map((one) => [one[4], one[5], one[1], one[2]].join(' ')))).toEqual(
      sorted((thresholds as string[][]).map((row) => row.join(' '))),
    )
    expect(sorted(numbers.map((one) => [one[0], one[3], one[1], one[2]].join(' ')))).toEqual(
      sorted((persistent as string[][]).map((row) => row.join(' '))),
    )
  })

  test.each([80, 120])('nothing is wider than %d columns', async (width) => {
    for (const options of ['list', 'list --wide', 'list --rate', 'service list']) {
      const {stdout} = await lab.on('director', `NO_COLOR=1 LVSCTL_FORCE_TTY=${width} lvsctl ${options}`)
      const lines = stdout.split('\n')
      expect(lines.length).toBeGreaterThan(60)
      expect(lines.filter((line) => line.length > width)).toEqual([])
    }
  })

  test.each([
    ['weight', ({servers}: ListedService) => servers.reduce((sum, {weight}) => sum + weight, 0)],
    ['servers', ({servers}: ListedService) => servers.length],
  ] as const)('the largest first: --sort %s', async (field, sizeOf) => {
    const listed = (await lab.on('director', `lvsctl service list --sort ${field} | cut -f1`)).stdout
    // What is equal stays in the order of names.
    const bySize = [...services].sort((left, right) => sizeOf(right) - sizeOf(left))
    expect(bySize).not.toEqual(services)
    expect(listed.trimEnd().split('\n')).toEqual(bySize.map(({id}) => id))
  })
})

describe('without root', () => {
  const nobody = 'setpriv --reuid 65534 --regid 65534 --clear-groups --'

  // The project may lie where only its owner looks; the copy of the file system that the guest works on can be opened.
  beforeAll(() =>
    lab.on(
      undefined,
      `for place in "$(sed -n 's/^exec \\(\\S*\\) .*/\\1/p' /usr/local/sbin/lvsctl)" "$(sed -n 's/^exec \\S* \\(\\S*\\) .*/\\1/p' /usr/local/sbin/lvsctl)"; do
         while [ "$place" != / ]; do place=$(dirname "$place"); chmod o+x "$place"; done
       done`,
    ),
  )

  test('list tells what /proc/net/ip_vs does, and names what it does not', async () => {
    const {stdout, stderr} = await lab.on('director', `${nobody} lvsctl list --json`)
    expect(stderr).toBe('')
    const seen = JSON.parse(stdout)
    expect(seen.source).toBe('procfs')
    // A mark says its family only by its servers.
    const known = services.filter(({mark, servers}) => mark === null || servers.some((one) => one.tunnel === null))
    expect(known.length).toBeGreaterThan(50)
    const hidden = new Set<string>()
    const compare = (mine: unknown, roots: unknown, path: string): void => {
      if (mine === null && roots !== null) hidden.add(path)
      else if (typeof mine === 'object' && mine !== null)
        for (const key of Object.keys(roots as object))
          compare(
            (mine as Record<string, unknown>)[key],
            (roots as Record<string, unknown>)[key],
            Array.isArray(mine) ? path : `${path}${path && '.'}${key}`,
          )
      else expect([path, mine]).toEqual([path, roots])
    }
    for (const service of known) {
      const mine = seen.services.find(({id}: {id: string}) => id === service.id)
      expect(mine, service.id).toBeDefined()
      compare(mine, service, '')
    }
    // What the answer itself calls unknown is so.
    const keys = [...hidden].map((path) => path.replace(/^servers\./, ''))
    expect(seen.unknown.length).toBeGreaterThan(5)
    expect(seen.unknown.filter((key: string) => !keys.includes(key))).toEqual([])
    expect(sorted([...hidden])).toEqual(
      sorted([
        'schedulerFlags',
        'persistence',
        'netmask',
        'engine',
        'onePacket',
        'statistics',
        'servers.upperThreshold',
        'servers.lowerThreshold',
        'servers.tunnel',
        'servers.connections.persistent',
        'servers.statistics',
      ]),
    )
  })

  test('people get the plain table, and a word about what is missing', async () => {
    const {stdout, stderr} = await lab.on('director', `${nobody} lvsctl list`)
    expect(stderr).toMatch(/^not shown without root: .*thresholds/)
    expect(stdout.trimEnd().split('\n')).toHaveLength(services.flatMap(({servers}) => [1, ...servers]).length)
  })

  test.each([
    ['figures', 'list --stats', /figures to root only \(CAP_NET_ADMIN\)/],
    ['a service', 'service add -t 192.0.2.1:80', /CAP_NET_ADMIN/],
    ['an edit', 'service edit -f 1 -s wlc', /CAP_NET_ADMIN/],
    ['a deletion', 'service delete -f 1', /CAP_NET_ADMIN/],
    ['zero', 'service zero', /CAP_NET_ADMIN/],
    ['a server', 'server add -f 1 -r 192.0.2.9', /CAP_NET_ADMIN/],
    ['a namespace', 'list --netns rs1', /CAP_SYS_ADMIN/],
    ['an address', 'director setup --vip 192.168.1.200 --dev eth0', /CAP_NET_RAW/],
    ['quiet ARP', 'realserver setup --vip 192.168.1.200', /sudo|root/],
  ])('%s: exit 5, and what it takes', async (_what, command, takes) => {
    const state = async () => [await savedRules(lab, 'director'), await hostState(lab, 'director')]
    const before = await state()
    const {stdout, stderr} = await lab.on('director', `${nobody} lvsctl ${command}`, {exits: 5})
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^✗ not permitted: /m)
    expect(stderr).toMatch(takes)
    expect(await state()).toEqual(before)
  })

  test('status needs none', async () => {
    expect((await lab.on('rs1', `${nobody} lvsctl realserver status`)).stdout).toMatch(/^no VIP is set up here/)
    await lab.on('rs1', `${nobody} lvsctl director status --vip 192.168.1.111`)
  })
})

test('a table made by lvsctl is the one that was asked for', async () => {
  const asked = [
    ['service add -t 192.0.2.1:80', '-A -t 192.0.2.1:80 -s wlc'],
    ['service add -u 192.0.2.1:53 -s rr -o', '-A -u 192.0.2.1:53 -s rr -o'],
    ['service add --sctp-service 192.0.2.1:3868 -s lc', '-A --sctp-service 192.0.2.1:3868 -s lc'],
    ['service add -f 7 -s sed', '-A -f 7 -s sed'],
    ['service add -f 7 -6 -s nq -p 60 -M 64', '-A -f 7 -6 -s nq -p 60 -M 64'],
    ['service add -f 4294967295', '-A -f -1 -s wlc'],
    ['service add -t [2001:db8::1]:443 -p', '-A -t [2001:db8::1]:443 -s wlc -p 360'],
    ['service add -u [2001:db8::1]:5060 -s fo -p 50 --pe sip', '-A -u [2001:db8::1]:5060 -s fo -p 50 --pe sip'],
    ['service add --sctp-service [2001:db8::1]:9 -s ovf', '-A --sctp-service [2001:db8::1]:9 -s ovf'],
    [
      'service add -t 192.0.2.1:443 -s sh -b sh-fallback,sh-port -p 300 -M 255.255.255.0',
      '-A -t 192.0.2.1:443 -s sh -p 300 -M 255.255.255.0 -b sh-fallback,sh-port',
    ],
    ['service add -t 192.0.2.2:0 -s mh -b mh-port -p', '-A -t 192.0.2.2:0 -s mh -p 360 -b mh-port'],
    ['service add tcp://192.0.2.3:80 -s none', '-A -t 192.0.2.3:80 -s none'],
    ['service add -t 192.0.2.4:http -s lblcr', '-A -t 192.0.2.4:80 -s lblcr'],
    ['server add -t 192.0.2.1:80 -r 10.0.0.1', '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1'],
    ['server add -t 192.0.2.1:80 -r 10.0.0.2:8080 -m -w 0', '-a -t 192.0.2.1:80 -r 10.0.0.2:8080 -m -w 0'],
    [
      'server add -t 192.0.2.1:80 -r 10.0.0.3 -i -w 65535',
      '-a -t 192.0.2.1:80 -r 10.0.0.3:80 -i -w 65535 --tun-type ipip',
    ],
    [
      'server add -t 192.0.2.1:80 -r 10.0.0.4 -i --tun-type gre --tun-csum',
      '-a -t 192.0.2.1:80 -r 10.0.0.4:80 -i -w 1 --tun-type gre --tun-csum',
    ],
    [
      'server add -t 192.0.2.1:80 -r 10.0.0.5 -i --tun-type gue --tun-port 6080 --tun-remcsum',
      '-a -t 192.0.2.1:80 -r 10.0.0.5:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum',
    ],
    ['server add -t 192.0.2.1:80 -r 2001:db8::6 -i', '-a -t 192.0.2.1:80 -r [2001:db8::6]:80 -i -w 1 --tun-type ipip'],
    ['server add -t [2001:db8::1]:443 -r 2001:db8::7 -g', '-a -t [2001:db8::1]:443 -r [2001:db8::7]:443 -g -w 1'],
    [
      'server add tcp://[2001:db8::1]:443 [2001:db8::8]:8443 -m -x 9 -y 3',
      '-a -t [2001:db8::1]:443 -r [2001:db8::8]:8443 -m -w 1',
    ],
    [
      'server add -t [2001:db8::1]:443 -r 10.0.0.9 -i --tun-type gue --tun-port 1',
      '-a -t [2001:db8::1]:443 -r 10.0.0.9:443 -i -w 1 --tun-type gue --tun-port 1 --tun-nocsum',
    ],
    ['server add -f 7 -r 10.0.0.1 -m', '-a -f 7 -r 10.0.0.1:0 -m -w 1'],
    ['server add -f 7 -6 -r 2001:db8::1 -g -w 9', '-a -f 7 -6 -r [2001:db8::1]:0 -g -w 9'],
    ['server add fwmark://4294967295 10.0.0.1:80', '-a -f -1 -r 10.0.0.1:80 -g -w 1'],
    ['server add -u 192.0.2.1:domain -r 10.0.0.1:5353 -m', '-a -u 192.0.2.1:53 -r 10.0.0.1:5353 -m -w 1'],
    [
      'server add --sctp-service 192.0.2.1:3868 -r 10.0.0.1 -m',
      '-a --sctp-service 192.0.2.1:3868 -r 10.0.0.1:3868 -m -w 1',
    ],
  ] as const
  await lab.on('rs2', `set -e\n${asked.map(([command]) => `lvsctl ${command} >/dev/null`).join('\n')}`)
  expect(sorted(await savedRules(lab, 'rs2'))).toEqual(sorted(asked.map(([, rule]) => rule)))
  expect(await listing(lab, 'rs2', '--thresholds')).toContain('TCP [2001:db8::1]:443 -> [2001:db8::8]:8443 9 3 0 0')
})

describe('a reader that has seen enough', () => {
  beforeAll(() =>
    lab.on('rs1', 'ipvsadm -R', {
      input: Array.from({length: 2000}, (_, index) => `-A -t 10.1.${index >> 8}.${index & 255}:80 -s rr\n`).join(''),
    }),
  )

  test.each([
    ['lvsctl list', 'head -n 1', 'service\ttcp://10.1.0.0:80\trr\t-\t0\t0\t0\n'],
    ['lvsctl list --json', 'head -c 1', '{'],
    ['lvsctl list --stats', 'true', ''],
    ['lvsctl service list', 'head -n 1', 'tcp://10.1.0.0:80\trr\t-\t0\t0\t0\n'],
    ['LVSCTL_FORCE_TTY=100 lvsctl list', 'true', ''],
    ['lvsctl --help', 'true', ''],
    ['lvsctl service add -t 10.0.0.1:80', 'true', ''],
    ['lvsctl service add -t 10.0.0.1:80 --json', 'true', ''],
  ])('%s | %s', async (command, reader, seen) => {
    const script = `${command} | ${reader}; echo "\${PIPESTATUS[0]}" >&2`
    const exit = command.includes('--json') && command.includes('add') ? 4 : 0
    expect(await lab.on('rs1', 'exec bash -s', {input: script})).toEqual({stdout: seen, stderr: `${exit}\n`, code: 0})
  })

  test('whoever reads on gets everything', async () => {
    expect((await lab.on('rs1', 'lvsctl service list | wc -l')).stdout).toBe('2001\n')
  })
})
