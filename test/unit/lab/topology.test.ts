import {execFileSync} from 'node:child_process'
import {describe, expect, test} from 'vitest'
import {findTopology, topologies, topologyNames} from '../../../src/lab/topologies.ts'
import {describeTopology, type Topology, topologyScript} from '../../../src/lab/topology.ts'

const small: Topology = {
  name: 'small',
  summary: 'one of everything',
  modules: ['ipip'],
  hosts: [
    {name: 'a', interfaces: [{name: 'eth0', segment: 'lan', addresses: ['192.0.2.1/24', '2001:db8::1/64']}]},
    {
      name: 'b',
      interfaces: [
        {name: 'eth0', segment: 'lan', addresses: ['192.0.2.2/24']},
        {name: 'eth1', segment: 'backend', addresses: ['198.51.100.1/24']},
      ],
      devices: ['tunl0'],
      gateways: ['192.0.2.1'],
      sysctls: {'net.ipv4.ip_forward': 1},
      http: 8080,
    },
  ],
}

test('a topology becomes a script', () => {
  expect(topologyScript(small)).toBe(`set -e
modprobe -a veth bridge ipv6 ipip
ip -batch - <<'END'
link add br-lan type bridge
link set br-lan up
link add br-backend type bridge
link set br-backend up
netns add a
link add a-eth0 type veth peer name eth0 netns a
link set a-eth0 master br-lan up
netns add b
link add b-eth0 type veth peer name eth0 netns b
link set b-eth0 master br-lan up
link add b-eth1 type veth peer name eth1 netns b
link set b-eth1 master br-backend up
END
cat >>/etc/hosts <<'END'
192.0.2.1 a
2001:db8::1 a
192.0.2.2 b
198.51.100.1 b
END
ip -n a -batch - <<'END'
link set lo up
address add 192.0.2.1/24 dev eth0
address add 2001:db8::1/64 dev eth0 nodad
link set eth0 up
END
ip netns exec b sh -ec 'echo 1 >/proc/sys/net/ipv4/ip_forward'
ip -n b -batch - <<'END'
link set lo up
link set tunl0 up
address add 192.0.2.2/24 dev eth0
link set eth0 up
address add 198.51.100.1/24 dev eth1
link set eth1 up
route add default via 192.0.2.1
END
mkdir -p /run/www/b
echo b >/run/www/b/index.html
ip netns exec b busybox httpd -p 8080 -h /run/www/b </dev/null >/dev/null 2>&1
`)
})

test('people get a line per host', () => {
  expect(describeTopology(small)).toBe(
    ['a  eth0 192.0.2.1/24 2001:db8::1/64', 'b  eth0 192.0.2.2/24, eth1 198.51.100.1/24, HTTP on 8080'].join('\n'),
  )
})

describe.each(topologyNames)('network %s', (name) => {
  const topology = topologies[name]
  const interfaces = topology.hosts.flatMap((host) => host.interfaces.map((one) => ({host: host.name, ...one})))

  test('is a script that the shell can parse', () => {
    execFileSync('sh', ['-n'], {input: topologyScript(topology)})
  })

  test('has the four hosts in their roles', () => {
    expect(topology.hosts.map((host) => host.name)).toEqual(['client', 'director', 'rs1', 'rs2'])
    expect(topology.hosts.filter((host) => host.http === 8080).map((host) => host.name)).toEqual(['rs1', 'rs2'])
  })

  test('gives no address twice, and the same last part in IPv4 and IPv6', () => {
    const addresses = interfaces.flatMap((one) => one.addresses)
    expect(new Set(addresses).size).toBe(addresses.length)
    for (const {addresses} of interfaces) {
      const [ipv4, ipv6] = addresses
      expect(ipv6?.match(/::(\d+)\//)?.[1]).toBe(ipv4?.match(/\.(\d+)\//)?.[1])
    }
  })

  test('keeps device names within the 15 characters of the kernel (IFNAMSIZ)', () => {
    for (const {host, name, segment} of interfaces) {
      expect(`${host}-${name}`.length).toBeLessThanOrEqual(15)
      expect(`br-${segment}`.length).toBeLessThanOrEqual(15)
    }
  })
})

test('a network is found by its name', () => {
  expect(findTopology('nat')).toBe(topologies.nat)
  expect(() => findTopology('mesh')).toThrow(
    expect.objectContaining({exit: 3, message: 'no lab network "mesh"', hint: 'There are dr, nat, and tun'}),
  )
})
