// Connections of every kind, made by real packets: what lvsctl tells of them is what ipvsadm -Lnc tells, and what came
// from another director is known as that.

import {beforeAll, describe, expect, test, vi} from 'vitest'
import {labVip, nat} from '../../src/lab/topologies.ts'
import type {Topology} from '../../src/lab/topology.ts'
import {linesOf} from '../support/ipvsadm.ts'
import {useLab} from '../support/lab.ts'

/** The lab's network and a second director. */
const withBackup: Topology = {
  ...nat,
  name: 'nat-backup',
  hosts: [
    ...nat.hosts,
    {
      name: 'backup',
      interfaces: [{name: 'eth0', segment: 'lan', addresses: ['192.168.1.116/24', '2001:db8:1::116/64']}],
    },
  ],
}

const lab = useLab(withBackup)
const {ipv4: vip, ipv6: vip6} = labVip

interface Entry {
  readonly kind: string
  readonly client: {readonly address: string; readonly port: number}
  readonly service: string
  readonly server: {readonly address: string; readonly port: number}
  readonly state: string
  readonly expires: number
  readonly origin: string | null
  readonly engine: {readonly name: string; readonly data: string} | null
}

/** Where the director's connections were written down: what is compared must not change meanwhile. */
const record = '/tmp/recorded'

const json = async (host: string, options = '', environment = '') =>
  JSON.parse((await lab.on(host, `${environment} lvsctl connections list --json ${options}`)).stdout)
const recorded = (options = '') => json('director', options, `LVSCTL_PROC=${record}`)
const entries = async (options = '', host = 'director'): Promise<readonly Entry[]> =>
  (await json(host, options)).entries
const services = (list: readonly Entry[]) => [...new Set(list.map(({service}) => service))].sort()

const point = ({address, port}: Entry['client']): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

/** As ipvsadm -Lnc has it, without the time, which goes on. */
function asIpvsadm({client, service, server, state}: Entry): string {
  const [, scheme = '', rest = ''] = /^(\w+):\/\/(.*)$/.exec(service) ?? []
  const virtual =
    scheme === 'fwmark' ? `0.0.0.${rest}:0` : scheme === 'fwmark6' ? `[0:${Number(rest).toString(16)}::]:0` : rest
  const protocol = scheme.startsWith('fwmark') ? 'IP' : scheme.toUpperCase()
  return `${protocol} ${state} ${point(client)} ${virtual} ${point(server)}`
}

const ipvsadmRows = async (host = 'director') =>
  linesOf((await lab.on(host, 'ipvsadm -Lnc')).stdout)
    .slice(2)
    .map((line) => line.trim().split(/ +/))
    .map(([protocol, expire = '', state, ...ends]) => ({
      row: [protocol, state, ...ends].join(' '),
      expires: expire.split(':').reduce((sum, part) => sum * 60 + Number(part), 0),
    }))

/** Two looks at a living table: between them an entry may expire, and then another two are needed. */
const twoLooks = (compare: () => Promise<void>) => vi.waitFor(compare, {timeout: 60_000, interval: 500})

beforeAll(async () => {
  await lab.on('director', `lvsctl director setup --vip ${vip},${vip6} --dev eth0`)
  const marks = [
    ['iptables-legacy', vip, 81],
    ['ip6tables-legacy', vip6, 8080],
  ].map(([tool, at, port]) => `${tool} -t mangle -A PREROUTING -d ${at} -p tcp --dport ${port} -j MARK --set-mark 11`)
  await lab.on('director', `set -e\n${marks.join('\n')}\nipvsadm -R`, {
    input: `
-A -t ${vip}:80 -s rr
-a -t ${vip}:80 -r 10.0.0.111:8080 -m
-a -t ${vip}:80 -r 10.0.0.115:8080 -m
-A -t [${vip6}]:80 -s rr
-a -t [${vip6}]:80 -r [2001:db8:2::111]:8080 -m
-A -t ${vip}:82 -s rr
-a -t ${vip}:82 -r 10.0.0.115:82 -g
-A -t ${vip}:443 -s rr -p 300 -M 255.255.255.0
-a -t ${vip}:443 -r 10.0.0.111:8080 -m
-A -t ${vip}:0 -s rr -p 60
-a -t ${vip}:0 -r 10.0.0.115:0 -m
-A -u ${vip}:53 -s rr
-a -u ${vip}:53 -r 10.0.0.111:53 -m
-A -u [${vip6}]:53 -s rr
-a -u [${vip6}]:53 -r [2001:db8:2::111]:53 -m
-A -u ${vip}:5060 -s rr -p 60 --pe sip
-a -u ${vip}:5060 -r 10.0.0.111:5060 -m
-A -f 11 -s rr -p 50
-a -f 11 -r 10.0.0.111:0 -m
-A -f 11 -6 -s rr -p 50
-a -f 11 -6 -r [2001:db8:2::111]:0 -m
`,
  })
  await lab.on('director', 'ipvsadm --start-daemon master --mcast-interface eth0 --syncid 3')
  await lab.on('backup', 'ipvsadm --start-daemon backup --mcast-interface eth0 --syncid 3')
  const get = (at: string) => `curl -gsS -m 5 -o /dev/null http://${at}/`
  await lab.on('client', 'exec bash -s', {
    input: `
${[`${vip}:80`, `${vip}:80`, `${vip}:80`, `[${vip6}]:80`, `${vip}:443`, `${vip}:8080`, `${vip}:81`, `[${vip6}]:8080`].map(get).join('\n')}
curl -s -m 1 -o /dev/null http://${vip}:82/
printf x >/dev/udp/${vip}/53
printf x >/dev/udp/${vip6}/53
node -e "const s = require('node:dgram').createSocket('udp4'); s.send('INVITE sip:a@b SIP/2.0\\r\\nCall-ID: wxyz0123@client.example\\r\\n\\r\\n', 5060, '${vip}', () => s.close())"
(exec 3<>/dev/tcp/${vip}/80; exec sleep 300) </dev/null >/dev/null 2>&1 &
sleep 1
`,
  })
  await lab.on('director', `mkdir -p ${record}/net && cp /proc/net/ip_vs_conn /proc/net/ip_vs_conn_sync ${record}/net`)
})

test('every entry is as ipvsadm -Lnc has it', async () => {
  expect((await recorded()).entries.length).toBeGreaterThanOrEqual(17)
  await twoLooks(async () => {
    const mine = await entries()
    const theirs = await ipvsadmRows()
    expect(mine.length).toBeGreaterThanOrEqual(12)
    expect(mine.map(asIpvsadm).sort()).toEqual(theirs.map(({row}) => row).sort())
    for (const entry of mine) {
      const same = theirs.filter(({row}) => row === asIpvsadm(entry)).map(({expires}) => expires)
      expect(same.some((expires) => Math.abs(expires - entry.expires) <= 5)).toBe(true)
    }
  })
})

test('there is one of every kind', async () => {
  const all: readonly Entry[] = (await recorded()).entries
  expect(services(all.filter(({kind}) => kind === 'template'))).toEqual(
    [`tcp://${vip}:443`, `tcp://${vip}:0`, `udp://${vip}:5060`, 'fwmark://11', 'fwmark6://11'].sort(),
  )
  expect(services(all.filter(({kind}) => kind === 'connection'))).toEqual(
    [
      ...[80, 81, 82, 443, 8080].map((port) => `tcp://${vip}:${port}`),
      ...[80, 8080].map((port) => `tcp://[${vip6}]:${port}`),
      ...[53, 5060].map((port) => `udp://${vip}:${port}`),
      `udp://[${vip6}]:53`,
    ].sort(),
  )
  expect(all.filter(({client}) => client.port === 0).every(({kind}) => kind === 'template')).toBe(true)
  expect(all.find(({service}) => service.endsWith(':443'))).toBeDefined()
  expect(all.find(({kind, service}) => kind === 'template' && service.endsWith(':443'))?.client.address).toBe(
    '192.168.1.0',
  )
  expect(new Set(all.map(({state}) => state))).toContain('ESTABLISHED')
  expect(new Set(all.map(({state}) => state))).toContain('SYN_RECV')
  expect(all.find(({engine}) => engine)).toMatchObject({
    kind: 'template',
    engine: {name: 'sip', data: 'wxyz0123@client.example'},
  })
})

describe('filters', () => {
  const all = async (keep: (entry: Entry) => boolean) => (await recorded()).entries.filter(keep).map(asIpvsadm).sort()

  test.each<[string, (entry: Entry) => boolean]>([
    [`-t ${vip}:80`, ({service}) => service === `tcp://${vip}:80`],
    [`tcp://[${vip6}]:80`, ({service}) => service === `tcp://[${vip6}]:80`],
    [`-t ${vip}:0`, ({service}) => service.startsWith(`tcp://${vip}:`)],
    [`-u ${vip}:53`, ({service}) => service === `udp://${vip}:53`],
    ['-f 11', ({service}) => service === 'fwmark://11'],
    ['-f 11 -6', ({service}) => service === 'fwmark6://11'],
    ['-r 10.0.0.111', ({server}) => server.address === '10.0.0.111'],
    ['-r 10.0.0.111:8080', ({server}) => server.address === '10.0.0.111' && server.port === 8080],
    ['-r 2001:db8:2::111', ({server}) => server.address === '2001:db8:2::111'],
    ['--client 192.168.1.10', ({client}) => client.address === '192.168.1.10'],
    ['--client 192.168.1.0/24', ({client}) => client.address.startsWith('192.168.1.')],
    ['--client 2001:db8:1::/64', ({client}) => client.address.startsWith('2001:db8:1:')],
    ['--state established', ({state}) => state === 'ESTABLISHED'],
    ['--state ASSURED --state UDP', ({state}) => state === 'ASSURED' || state === 'UDP'],
    ['--templates', ({kind}) => kind === 'template'],
    ['--no-templates -r 10.0.0.115', ({kind, server}) => kind === 'connection' && server.address === '10.0.0.115'],
  ])('%s', async (options, keep) => {
    const kept = await all(keep)
    expect(kept.length).toBeGreaterThan(0)
    expect((await recorded(options)).entries.map(asIpvsadm).sort()).toEqual(kept)
  })
})

test.each(['server', 'client', 'state', 'service'])('--count-by %s counts every entry once', async (field) => {
  const {counts, connections, templates} = await recorded(`--count-by ${field}`)
  const sum = (of: string) => counts.reduce((total: number, one: Record<string, number>) => total + (one[of] ?? 0), 0)
  const all: readonly Entry[] = (await recorded()).entries
  expect([sum('connections'), sum('templates')]).toEqual([connections, templates])
  expect(connections + templates).toBe(all.length)
  const first = counts[0][field]
  const named: Record<string, (entry: Entry) => string> = {
    server: ({server}) => point(server),
    client: ({client}) => client.address,
    state: ({state}) => state,
    service: ({service}) => service,
  }
  expect(all.filter((entry) => named[field]?.(entry) === first)).toHaveLength(
    counts[0].connections + counts[0].templates,
  )
})

test('without root, the same', async () => {
  const nobody = 'setpriv --reuid 65534 --regid 65534 --clear-groups'
  await lab.on(
    undefined,
    `for place in "$(sed -n 's/^exec \\(\\S*\\) .*/\\1/p' /usr/local/sbin/lvsctl)" "$(sed -n 's/^exec \\S* \\(\\S*\\) .*/\\1/p' /usr/local/sbin/lvsctl)"; do
       while [ "$place" != / ]; do place=$(dirname "$place"); chmod o+x "$place"; done
     done`,
  )
  await twoLooks(async () => {
    const {stdout} = await lab.on('director', `${nobody} lvsctl connections list --json`)
    expect(JSON.parse(stdout).entries.map(asIpvsadm).sort()).toEqual((await entries()).map(asIpvsadm).sort())
  })
})

test('from another namespace, by --netns', async () => {
  await twoLooks(async () => {
    const {stdout} = await lab.on(undefined, 'lvsctl connections list --json --netns director')
    expect(JSON.parse(stdout).entries.map(asIpvsadm).sort()).toEqual((await entries()).map(asIpvsadm).sort())
  })
  expect(JSON.parse((await lab.on(undefined, 'lvsctl connections list --json')).stdout).entries).toEqual([])
})

test('what came from the other director is known as that', async () => {
  const local = await entries('--origin')
  expect(local.length).toBeGreaterThan(10)
  expect(local.every(({origin}) => origin === 'local')).toBe(true)
  expect(await entries('--sync')).toEqual([])
  await twoLooks(async () => {
    const synced = await entries('--sync', 'backup')
    expect(synced.length).toBeGreaterThanOrEqual(3)
    expect(synced.every(({origin}) => origin === 'sync')).toBe(true)
    expect(synced.map(({service}) => service)).toContain(`tcp://${vip}:80`)
    expect((await entries('', 'backup')).map(asIpvsadm).sort()).toEqual(synced.map(asIpvsadm).sort())
    expect(synced.map(asIpvsadm).sort()).toEqual((await ipvsadmRows('backup')).map(({row}) => row).sort())
  })
})

describe('tens of thousands', () => {
  const clients = 20_000

  beforeAll(async () => {
    // A datagram each from as many ports; nothing answers, so nothing is to be waited for.
    await lab.on('client', 'exec node --input-type=module -', {
      input: `
        import {createSocket} from 'node:dgram'
        for (let first = 20000; first < 20000 + ${clients}; first += 100) {
          const sockets = Array.from({length: 100}, () => createSocket('udp4'))
          await Promise.all(sockets.map((socket, index) => new Promise((sent) =>
            socket.bind(first + index, () => socket.send('x', 53, '${vip}', () => socket.close(sent))))))
        }`,
    })
  })

  test('are counted, in little memory, and none is told twice', async () => {
    const {counts} = await json('director', `--count-by server -u ${vip}:53`)
    const [{connections}] = counts
    expect(connections).toBeGreaterThanOrEqual(clients)
    expect(connections).toBeLessThan(clients + 10)
    const {stdout} = await lab.on('director', `lvsctl connections list -u ${vip}:53 | cut -f2 | sort | uniq -d`)
    expect(stdout).toBe('')
  })

  test.each(['', '--json', '--count-by state'])('%s | head ends at once', async (options) => {
    const script = `lvsctl connections list ${options} | head -n 1 >/dev/null; echo "\${PIPESTATUS[0]}"`
    expect((await lab.on('director', 'exec bash -s', {input: script})).stdout).toBe('0\n')
  })
})
