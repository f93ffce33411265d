// The four classic set-ups, by lvsctl alone: traffic is shared as the scheduler promises, every host says that all is
// well, a reboot brings it back by files alone, and teardown leaves every host as it was.

import {dirname, join} from 'node:path'
import {beforeAll, describe, expect, test} from 'vitest'
import {buildTopology} from '../../src/lab/topology.ts'
import {earlySteps, unitSteps} from '../support/boot-steps.ts'
import {type Classic, classics} from '../support/classics.ts'
import {changedLines, hostState} from '../support/host-state.ts'
import {useLab} from '../support/lab.ts'
import {ask} from '../support/requests.ts'

const project = join(import.meta.dirname, '../..')
/** Where it could be installed: what comes back at boot does not run from a folder of tests. */
const lvsctl = '/opt/node/node /opt/lvsctl/bin/lvsctl'

/** Folders below /etc that a host of the lab has for itself (ip-netns(8)). */
const own = ['systemd', 'sysctl.d', 'modules-load.d', 'lvsctl']

describe.each(Object.entries(classics))('%s', (_name, classic: Classic) => {
  const {topology, realServers, directors, spread} = classic
  const lab = useLab(topology)
  const hosts = topology.hosts.map(({name}) => name)
  const rehearse = (host: string, ...lines: readonly string[]) => lab.on(host, `set -e\n${lines.join('\n')}`)
  const snapshots = async () =>
    Object.fromEntries(await Promise.all(hosts.map(async (name) => [name, await hostState(lab, name)] as const)))
  let before: Awaited<ReturnType<typeof snapshots>>

  beforeAll(async () => {
    await lab.on(
      undefined,
      `set -e
      mkdir -p /opt/node /opt/lvsctl /etc/lvsctl
      mount --bind ${dirname(process.execPath)} /opt/node
      cp -r ${['bin', 'dist', 'package.json'].map((one) => join(project, one)).join(' ')} /opt/lvsctl
      chown -R root:root /opt/lvsctl
      chmod -R go-w /opt/lvsctl
      modprobe ip_vs
      for host in ${hosts.join(' ')}; do
        for one in ${own.join(' ')}; do
          mkdir -p /etc/$one /etc/netns/$host/$one
        done
      done`,
    )
    await raiseTunnels()
    before = await snapshots()
  })

  /** A tunnel that was up once keeps a queue and settings for IPv6. */
  const raiseTunnels = async () => {
    for (const host of hosts)
      await lab.on(host, '[ ! -e /proc/sys/net/ipv4/conf/tunl0 ] || { ip link set tunl0 up; ip link set tunl0 down; }')
  }

  const traffic = async () => {
    for (const [vip, expected] of Object.entries(spread)) expect(await ask(lab, {at: vip, times: 30})).toEqual(expected)
  }

  const allIsWell = async () => {
    for (const host of Object.keys(realServers))
      expect(JSON.parse((await rehearse(host, `${lvsctl} realserver status --json`)).stdout)).toMatchObject({ok: true})
    for (const host of Object.keys(directors))
      expect(JSON.parse((await rehearse(host, `${lvsctl} director status --json`)).stdout)).toMatchObject({ok: true})
  }

  test('it is set up, and shares its requests', async () => {
    for (const [host, options] of Object.entries(realServers))
      await rehearse(host, `${lvsctl} realserver setup --persist ${options}`)
    for (const [host, {setup, table}] of Object.entries(directors))
      await rehearse(
        host,
        `${lvsctl} director setup --persist ${setup}`,
        ...table.map((line) => `${lvsctl} ${line}`),
        `${lvsctl} save --boot`,
      )
    await traffic()
    await allIsWell()
  })

  test('after a reboot it is there again', async () => {
    await powerCycle()
    for (const host of [...Object.keys(realServers), ...Object.keys(directors)]) await boot(host)
    await traffic()
    await allIsWell()
  })

  /** Everything that a machine forgets is made anew, without it. */
  async function powerCycle(): Promise<void> {
    await lab.on(
      undefined,
      `set -e
      for host in ${hosts.join(' ')}; do
        ip netns pids $host | xargs -r kill -9
        ip netns del $host
      done
      for bridge in $(ip -br link show type bridge | cut -d' ' -f1); do ip link del $bridge; done
      rm -rf /run/lvsctl
      cp /etc/hosts /run/hosts`,
    )
    await buildTopology(lab.guest, topology)
    await lab.on(undefined, 'cp /run/hosts /etc/hosts')
    await raiseTunnels()
    // The guest's kernel goes on, and its namespaces are new, where a machine boots anew into the same one.
    for (const host of [...Object.keys(realServers), ...Object.keys(directors)])
      await lab.on(
        host,
        `namespace=$(readlink /proc/self/ns/net | tr -dc 0-9)
        sed -i 's/"bootId": "[^"]*"/"bootId": "an earlier one"/; s/"namespace": "[^"]*"/"namespace": "'$namespace'"/' /etc/lvsctl/*.json`,
      )
  }

  /** What systemd would do of what is enabled and ours. */
  async function boot(host: string): Promise<void> {
    const {stdout} = await lab.on(host, 'cat /etc/systemd/system/*.wants/lvsctl-*')
    await rehearse(host, ...['realserver', 'director'].flatMap(earlySteps), ...unitSteps(stdout))
  }

  test('torn down, every host is as it was', async () => {
    for (const host of Object.keys(realServers)) await rehearse(host, `${lvsctl} realserver teardown`)
    for (const host of Object.keys(directors))
      await rehearse(
        host,
        `${lvsctl} clear --yes`,
        `${lvsctl} save --no-boot`,
        // What was saved is the operator's, and stays.
        'rm /etc/lvsctl/rules',
        `${lvsctl} director teardown`,
      )
    const after = await snapshots()
    for (const host of hosts) expect(changedLines(before[host] ?? [], after[host] ?? []), host).toEqual([])
    for (const host of Object.keys(directors)) expect((await lab.on(host, 'ipvsadm -Sn')).stdout).toBe('')
  })
})
