// The text of the files, and what the system that reads them has to say about it: systemd-analyze, netplan, ifup and nmcli
// are asked where they can be had.

import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterAll, describe, expect, type TestContext, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import type {FakeState} from '../../../src/host/fake-host.ts'
import type {BootFile, BootFiles} from '../../../src/persist/backend.ts'
import type {BackendName} from '../../../src/persist/backend-names.ts'
import {backends} from '../../../src/persist/backends.ts'
import {type Lasting, lastingOf} from '../../../src/persist/lasting.ts'
import {type NetworkTool, networkTool, type ToolRun} from '../../support/network-tools.ts'
import {defaultRoute, directorEffects, persistHost, realServerEffects, vip4, vip6} from '../../support/persist-host.ts'

const files = (backend: BackendName, state?: FakeState): BootFiles =>
  backends[backend].plan({role: 'realserver', lasting: lastingOf(realServerEffects)}, persistHost(state))

const directorFiles = (backend: BackendName, state?: FakeState): BootFiles =>
  backends[backend].plan({role: 'director', lasting: lastingOf(directorEffects)}, persistHost(state))

/** One-arm NAT: a word of nft has blanks, braces and semicolons. */
const masquerading = backends.systemd.plan(
  {
    role: 'director',
    lasting: lastingOf([...directorEffects, {do: 'add-masquerade', rule: {vip: vip4, tool: 'nft'}}]),
  },
  persistHost(),
)

/** Without the comment at its head, which is the same for all. */
const body = ({content}: BootFile): string => content.slice(content.indexOf('\n\n') + 2)

const shown = ({files}: BootFiles) => Object.fromEntries(files.map((one) => [one.path, body(one)]))

const folder = mkdtempSync(join(tmpdir(), 'lvsctl-persist-'))
afterAll(() => rmSync(folder, {recursive: true}))

/** Lays the files below a folder of their own and tells its name. */
function laidOut(name: string, written: readonly BootFile[]): string {
  const root = join(folder, name)
  for (const {path, content, mode} of written) {
    mkdirSync(dirname(root + path), {recursive: true})
    writeFileSync(root + path, content, {mode: mode ?? 0o644})
  }
  return root
}

/** Skips the test, with the reason, where the tool cannot be had. */
function ask(context: TestContext, tool: NetworkTool): (words: readonly string[], input?: string) => ToolRun {
  const run = networkTool(tool)
  return typeof run === 'string' ? context.skip(run) : run
}

const sysctls = '/etc/sysctl.d/99-zz-lvsctl-realserver.conf'

test('every file says whose it is, and how it goes', () => {
  expect(files('systemd').files[0]?.content.split('\n')).toEqual([
    '# Written by "lvsctl realserver setup --persist", removed by "lvsctl realserver teardown".',
    '# lvsctl leaves this file alone once somebody else has changed it.',
    expect.stringMatching(/^# checksum [0-9a-f]{64}$/),
    '',
    'net.ipv4.conf.all.arp_ignore = 1',
    'net.ipv4.conf.all.arp_announce = 2',
    '',
  ])
})

describe('systemd', () => {
  const unit = '/etc/systemd/system/lvsctl-realserver.service'
  const text = shown(files('systemd'))[unit] ?? ''
  const values = (key: string): readonly string[] =>
    [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value as string)

  test('settings first, addresses last; on the way back addresses only', () => {
    expect(values('ExecStart')).toEqual([
      `/usr/lib/systemd/systemd-sysctl ${sysctls}`,
      '/usr/sbin/ip addr replace 192.168.1.200/32 dev lo',
      '/usr/sbin/ip addr replace 2001:db8::200/128 dev lo nodad preferred_lft 0',
    ])
    expect(values('ExecStop')).toEqual([
      '-/usr/sbin/ip addr del 2001:db8::200/128 dev lo',
      '-/usr/sbin/ip addr del 192.168.1.200/32 dev lo',
    ])
  })

  test('on lo it comes before any interface is configured, on another interface after', () => {
    expect(values('Before')).toEqual(['network-pre.target network.target shutdown.target'])
    expect(text).not.toContain('network-online')
    const late = shown(directorFiles('systemd'))['/etc/systemd/system/lvsctl-director.service']
    expect(late).toMatch(/^After=network-online\.target /m)
    expect(late).not.toContain('network-pre')
  })

  test('settings of one interface wait for it', () => {
    const key = 'net.ipv4.conf.eth0/100.arp_ignore'
    const lasting = lastingOf([{do: 'set-sysctl', key, value: '1'}, ...realServerEffects.slice(2)])
    const made = backends.systemd.plan({role: 'realserver', lasting}, persistHost())
    expect(shown(made)[unit]).toContain('\nAfter=sys-subsystem-net-devices-eth0.100.device\n')
    expect(shown(made)[sysctls]).toBe(`${key} = 1\n`)
  })

  test.runIf(existsSync('/usr/bin/systemd-analyze')).each([
    ['realserver', files('systemd')],
    ['director', directorFiles('systemd')],
    ['director', masquerading],
  ])('systemd-analyze has nothing against it: %s', (role, {files: written}) => {
    // On this machine programs may lie elsewhere than on the one the file was made for.
    const ip = ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip'].find((path) => existsSync(path)) ?? '/bin/true'
    const here = written.map((one) => ({
      ...one,
      content: one.content.replaceAll('/usr/sbin/ip ', `${ip} `).replaceAll('/usr/sbin/nft', '/bin/true'),
    }))
    const root = laidOut(`systemd-${role}`, here)
    const path = `${root}/etc/systemd/system/lvsctl-${role}.service`
    const {stdout, stderr, status} = spawnSync('/usr/bin/systemd-analyze', ['verify', '--man=no', path], {
      encoding: 'utf8',
    })
    const ours = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('lvsctl'))
    expect({ours, status}).toEqual({ours: [], status: 0})
  })
})

describe('networkd', () => {
  const own = '/etc/systemd/network/60-lvsctl-realserver-lo.network'
  test('a file of our own for lo', () => {
    expect(shown(files('networkd'))[own]).toBe(`[Match]
Name=lo

[Link]
RequiredForOnline=no

[Network]
LinkLocalAddressing=no
ConfigureWithoutCarrier=yes

[Address]
Address=192.168.1.200/32

[Address]
Address=2001:db8::200/128
PreferredLifetime=0
DuplicateAddressDetection=none
`)
  })

  test('a drop-in beside the file that is in charge, be it in /run', () => {
    const state = {files: {'/run/systemd/netif/links/1': 'NETWORK_FILE=/run/systemd/network/10-netplan-lo.network\n'}}
    expect(Object.keys(shown(files('networkd', state)))).toEqual([
      sysctls,
      '/etc/systemd/network/10-netplan-lo.network.d/60-lvsctl-realserver.conf',
    ])
    expect(shown(directorFiles('networkd'))).toEqual({
      '/etc/systemd/network/10-lan.network.d/60-lvsctl-director.conf': '[Address]\nAddress=192.168.1.200/32\n',
    })
  })

  test('the file that is in charge is ours: it stays where it is', () => {
    const state = {files: {'/run/systemd/netif/links/1': `NETWORK_FILE=${own}\n`}}
    expect(shown(files('networkd', state))).toEqual(shown(files('networkd')))
  })

  test('an interface that it has no file for', () => {
    const {problems} = directorFiles('networkd', {files: {'/run/systemd/netif/links/2': 'ADMIN_STATE=unmanaged\n'}})
    expect(problems).toMatchObject([{code: 'persist-unmanaged', severity: 'error'}])
  })
})

describe('netplan', () => {
  test('one file, which only root reads', () => {
    const written = files('netplan').files[1]
    expect(written).toMatchObject({path: '/etc/netplan/60-lvsctl-realserver.yaml', mode: 0o600})
    expect(written && body(written)).toBe(`network:
  version: 2
  ethernets:
    lo:
      addresses:
        - "192.168.1.200/32"
        - "2001:db8::200/128":
            lifetime: "0"
`)
  })

  test('netplan generate makes of it what is meant', (context) => {
    const generate = ask(context, 'netplan')
    const root = laidOut('netplan', files('netplan').files)
    expect(generate(['--root-dir', root])).toEqual({status: 0, output: ''})
    const made = readFileSync(`${root}/run/systemd/network/10-netplan-lo.network`, 'utf8')
    expect(made).toContain('[Match]\nName=lo\n')
    expect(made).toContain('Address=192.168.1.200/32\n')
    expect(made).toContain('[Address]\nAddress=2001:db8::200/128\nPreferredLifetime=0\n')
  })

  test("it is joined with the interface's own definition, whatever that is called", (context) => {
    const generate = ask(context, 'netplan')
    const theirs = `network:\n  version: 2\n  ethernets:\n    uplink:\n      match: {macaddress: "02:00:00:00:00:01"}\n      set-name: eth0\n      addresses: ["192.168.1.114/24"]\n`
    const state = {
      files: {'/run/systemd/netif/links/2': 'NETWORK_FILE=/run/systemd/network/10-netplan-uplink.network\n'},
    }
    const root = laidOut('netplan-director', [
      {path: '/etc/netplan/50-site.yaml', content: theirs, mode: 0o600},
      ...directorFiles('netplan', state).files,
    ])
    expect(generate(['--root-dir', root])).toEqual({status: 0, output: ''})
    const made = readFileSync(`${root}/run/systemd/network/10-netplan-uplink.network`, 'utf8')
    expect(made).toContain('Address=192.168.1.114/24\nAddress=192.168.1.200/32\n')
  })

  test.each([
    ['bond0', 'bond', 'bonds'],
    ['br0', 'bridge', 'bridges'],
    ['eth1', undefined, 'ethernets'],
  ])('%s (%s) stands below %s', (name, kind, section) => {
    const state = {links: [{name, ...(kind && {kind})}]}
    const effects = directorEffects.map((one) =>
      one.do === 'add-address' ? {...one, address: {...one.address, interface: name}} : one,
    )
    const made = backends.netplan.plan({role: 'director', lasting: lastingOf(effects)}, persistHost(state))
    expect(shown(made)['/etc/netplan/60-lvsctl-director.yaml']).toContain(`  ${section}:\n    ${name}:\n`)
  })
})

describe('ifupdown', () => {
  const path = '/etc/network/interfaces.d/lvsctl-realserver'
  test('a second stanza for lo: settings before it, addresses behind', () => {
    expect(shown(files('ifupdown'))[path]).toBe(`iface lo inet manual
    pre-up /usr/sbin/sysctl -q -p ${sysctls}
    up /usr/sbin/ip addr replace 192.168.1.200/32 dev lo
    up /usr/sbin/ip addr replace 2001:db8::200/128 dev lo nodad preferred_lft 0
    down /usr/sbin/ip addr del 2001:db8::200/128 dev lo || true
    down /usr/sbin/ip addr del 192.168.1.200/32 dev lo || true
`)
  })

  test.each([
    ['source /etc/network/interfaces.d/*', true],
    ['source interfaces.d/*', true],
    ['source-directory /etc/network/interfaces.d', true],
    ['#source /etc/network/interfaces.d/*', false],
    ['auto lo', false],
  ])('where the main file says: %s', (line, read) => {
    const {problems} = files('ifupdown', {files: {'/etc/network/interfaces': `${line}\n`}})
    expect(problems.map(({code}) => code)).toEqual(read ? [] : ['persist-not-sourced'])
  })

  test('ifup would run these lines, in this order', (context) => {
    const ifup = ask(context, 'ifup')
    const main = 'auto lo\niface lo inet loopback\nsource interfaces.d/*\n'
    const root = laidOut('ifupdown', [{path: '/etc/network/interfaces', content: main}, ...files('ifupdown').files])
    const at = `${root}/etc/network/interfaces`
    const {status, output} = ifup(['--no-act', '--all', '--force', '-i', at, `--state-dir=${root}/state`])
    expect(status).toBe(0)
    expect(output.split('\n').filter((line) => line.startsWith('/usr/sbin/'))).toEqual([
      `/usr/sbin/sysctl -q -p ${sysctls}`,
      '/usr/sbin/ip addr replace 192.168.1.200/32 dev lo',
      '/usr/sbin/ip addr replace 2001:db8::200/128 dev lo nodad preferred_lft 0',
    ])
  })
})

describe('networkmanager', () => {
  const profile = '/etc/NetworkManager/system-connections/lvsctl-realserver-lo.nmconnection'
  test('a profile for lo, which only root reads; what has no words there is told', () => {
    const made = files('networkmanager')
    expect(made.files[1]).toMatchObject({path: profile, mode: 0o600})
    expect(made.problems).toMatchObject([{code: 'persist-preferred', severity: 'warning'}])
  })

  test('nmcli reads the profile, and writes the same', (context) => {
    const nmcli = ask(context, 'nmcli')
    const text = files('networkmanager').files[1]?.content ?? ''
    const change = ['--offline', 'connection', 'modify', 'connection.autoconnect', 'yes']
    const {status, output} = nmcli(change, text)
    expect(status).toBe(0)
    expect(output).toContain('type=loopback\n')
    expect(output).toContain('[ipv4]\naddress1=127.0.0.1/8\naddress2=192.168.1.200/32\nmethod=manual\n')
    expect(output).toContain('[ipv6]\naddress1=::1/128\naddress2=2001:db8::200/128\nmethod=manual\n')
    expect(nmcli(change, text.replace('manual', 'nonsense')).status, 'it would say so').not.toBe(0)
  })

  test('a dispatcher script for an interface with a profile of its own', () => {
    const [script] = directorFiles('networkmanager').files
    expect(script).toMatchObject({path: '/etc/NetworkManager/dispatcher.d/60-lvsctl-director', mode: 0o755})
    expect(script?.content).toMatch(/^#!\/bin\/sh\n# Written by /)
    const root = laidOut('networkmanager', directorFiles('networkmanager').files)
    const run = (...words: readonly string[]) => {
      const text = (script?.content ?? '').replaceAll('/usr/sbin/ip', 'echo')
      const {stdout, status} = spawnSync('sh', ['-c', text, 'script', ...words], {encoding: 'utf8'})
      return {stdout, status}
    }
    expect(run('eth0', 'up')).toEqual({stdout: 'addr replace 192.168.1.200/32 dev eth0\n', status: 0})
    expect([run('eth1', 'up'), run('eth0', 'down')]).toEqual(Array(2).fill({stdout: '', status: 0}))
    expect(spawnSync('sh', ['-n', `${root}${script?.path}`]).status).toBe(0)
  })
})

test.each(['netplan', 'networkmanager'] as const)('%s has no words for a scope, and says so', (backend) => {
  const effects = realServerEffects.map((one) =>
    one.do === 'add-address' ? {...one, address: {...one.address, scope: 'host' as const}} : one,
  )
  const {problems} = backends[backend].plan({role: 'realserver', lasting: lastingOf(effects)}, persistHost())
  expect(problems.filter(({severity}) => severity === 'error').map(({code}) => code)).toContain('persist-beyond')
})

/** A tunnel over UDP, a dummy of our own, a smaller MTU and a default route: what the rarer methods need. */
const everything = lastingOf([
  {do: 'load-module', module: 'ipip'},
  {do: 'load-module', module: 'fou'},
  {do: 'add-link', link: {name: 'dummy0', kind: 'dummy'}},
  {do: 'add-fou-port', port: {port: 5555, family: 'ipv4', encapsulation: 'gue'}},
  {do: 'set-sysctl', key: 'net.ipv4.conf.tunl0.rp_filter', value: '0'},
  {do: 'set-mtu', interface: 'tunl0', mtu: 1400, was: 1480},
  {do: 'link-up', interface: 'tunl0'},
  {do: 'link-up', interface: 'dummy0'},
  {do: 'add-address', address: {interface: 'tunl0', address: vip4, prefixLength: 32, scope: 'global'}},
  {do: 'add-address', address: {interface: 'dummy0', address: vip6, prefixLength: 128, scope: 'global'}},
])

const gateway = lastingOf([
  {
    do: 'replace-route',
    route: {...defaultRoute, gateway: address('192.168.1.1')},
    was: {...defaultRoute, gateway: address('192.168.1.254')},
  },
])

const plan = (backend: BackendName, lasting: Lasting, state?: FakeState): BootFiles =>
  backends[backend].plan({role: 'realserver', lasting}, persistHost(state))

describe('tunnels, dummies, ports and routes', () => {
  const unit = '/etc/systemd/system/lvsctl-realserver.service'
  const starts = (text = '') => text.split('\n').filter((line) => line.startsWith('ExecStart='))

  test('systemd: modules by modules-load.d, then what is made, settings, links, addresses', () => {
    const made = shown(plan('systemd', everything))
    expect(made['/etc/modules-load.d/lvsctl-realserver.conf']).toBe('ipip\nfou\n')
    expect(starts(made[unit])).toEqual([
      'ExecStart=-/usr/sbin/ip link add dummy0 type dummy',
      'ExecStart=-/usr/sbin/ip fou add port 5555 gue',
      `ExecStart=/usr/lib/systemd/systemd-sysctl ${sysctls}`,
      'ExecStart=/usr/sbin/ip link set dummy0 up',
      'ExecStart=/usr/sbin/ip link set tunl0 mtu 1400',
      'ExecStart=/usr/sbin/ip link set tunl0 up',
      'ExecStart=/usr/sbin/ip addr replace 192.168.1.200/32 dev tunl0',
      'ExecStart=/usr/sbin/ip addr replace 2001:db8::200/128 dev dummy0',
    ])
    expect(made[unit], 'nothing of it waits for hardware').toContain('\nBefore=network-pre.target ')
  })

  test('systemd: a route waits for its interface', () => {
    const text = shown(plan('systemd', gateway))[unit]
    expect(starts(text)).toEqual(['ExecStart=/usr/sbin/ip route replace default via 192.168.1.1 dev eth0 proto static'])
    expect(text).toContain('\nAfter=network-online.target ')
  })

  test('networkd', () => {
    const made = shown(plan('networkd', everything))
    expect(Object.keys(made)).toEqual([
      '/etc/modules-load.d/lvsctl-realserver.conf',
      sysctls,
      '/etc/systemd/network/60-lvsctl-realserver-dummy0.netdev',
      '/etc/systemd/network/60-lvsctl-realserver-dummy0.network',
      '/etc/systemd/network/60-lvsctl-realserver-tunl0.network',
    ])
    expect(made['/etc/systemd/network/60-lvsctl-realserver-dummy0.netdev']).toBe('[NetDev]\nName=dummy0\nKind=dummy\n')
    expect(made['/etc/systemd/network/60-lvsctl-realserver-tunl0.network']).toContain('MTUBytes=1400\n')
    expect(shown(plan('networkd', gateway))).toEqual({
      '/etc/systemd/network/10-lan.network.d/60-lvsctl-realserver.conf': '[Route]\nGateway=192.168.1.1\n',
    })
  })

  test('ifupdown runs the same lines as the unit', (context) => {
    const ifup = ask(context, 'ifup')
    const written = [...plan('ifupdown', everything).files]
    const main = 'auto lo\niface lo inet loopback\nsource interfaces.d/*\n'
    const root = laidOut('ifupdown-all', [{path: '/etc/network/interfaces', content: main}, ...written])
    const {output} = ifup([
      '--no-act',
      '--all',
      '--force',
      '-i',
      `${root}/etc/network/interfaces`,
      `--state-dir=${root}/state`,
    ])
    expect(output.split('\n').filter((line) => line.startsWith('/usr/sbin/'))).toEqual([
      '/usr/sbin/ip link add dummy0 type dummy || true',
      '/usr/sbin/ip fou add port 5555 gue || true',
      `/usr/sbin/sysctl -q -p ${sysctls}`,
      '/usr/sbin/ip link set dummy0 up',
      '/usr/sbin/ip addr replace 2001:db8::200/128 dev dummy0',
      `/usr/sbin/sysctl -q -p ${sysctls}`,
      '/usr/sbin/ip link set tunl0 mtu 1400',
      '/usr/sbin/ip link set tunl0 up',
      '/usr/sbin/ip addr replace 192.168.1.200/32 dev tunl0',
    ])
  })

  test('netplan: a route it has words for', (context) => {
    const generate = ask(context, 'netplan')
    const theirs = 'network:\n  version: 2\n  ethernets:\n    eth0:\n      addresses: ["192.168.1.114/24"]\n'
    const root = laidOut('netplan-route', [
      {path: '/etc/netplan/50-site.yaml', content: theirs, mode: 0o600},
      ...plan('netplan', gateway).files,
    ])
    expect(generate(['--root-dir', root])).toEqual({status: 0, output: ''})
    const made = readFileSync(`${root}/run/systemd/network/10-netplan-eth0.network`, 'utf8')
    expect(made).toContain('[Route]\nDestination=0.0.0.0/0\nGateway=192.168.1.1\n')
  })

  test('NetworkManager: a dummy has a profile', (context) => {
    const nmcli = ask(context, 'nmcli')
    const lasting = lastingOf([
      {do: 'add-link', link: {name: 'dummy0', kind: 'dummy'}},
      {do: 'add-address', address: {interface: 'dummy0', address: vip4, prefixLength: 32, scope: 'global'}},
    ])
    const made = plan('networkmanager', lasting)
    expect(made.problems).toEqual([])
    const {status, output} = nmcli(
      ['--offline', 'connection', 'modify', 'connection.autoconnect', 'yes'],
      made.files[0]?.content,
    )
    expect([status, output]).toEqual([0, expect.stringContaining('type=dummy\ninterface-name=dummy0\n')])
  })

  test.each([
    ['networkd', ['ip fou add']],
    ['netplan', ['dummy0', 'ip fou add']],
    ['networkmanager', ['tunl0', 'ip fou add']],
  ] as const)('%s has no words for some of it, and names that', (backend, expected) => {
    const messages = plan(backend, everything).problems.map(({message}) => message)
    for (const one of expected) expect(messages).toContainEqual(expect.stringContaining(one))
    expect(messages).toHaveLength(expected.length)
  })
})
