// The guest of the differential test: two namespaces that differ in nothing but their name, and names that resolve
// without a network.

import type {Guest} from '../../../src/lab/guest.ts'

/** ipvsadm's and ours. */
const namespaces = ['real', 'ours'] as const

const hosts = [
  '192.0.2.10 vip-one.example.com vip-one',
  '192.0.2.11 a-very-long-virtual-service-name.example.com',
  '10.1.1.1 rs1.example.com rs1',
  '10.1.1.2 rs2',
  '10.1.1.3 a-very-long-real-server-name-indeed.example.com',
  '2001:db8::10 six.example.com',
  '2001:db8:1::11 rs6.example.com',
  '10.1.1.4 both.example.com',
  '2001:db8:1::14 both.example.com',
] as const

const network = namespaces.map(
  (name) => `ip netns add ${name}
ip -n ${name} -batch - <<'END'
link set lo up
link add eth0 type dummy
link add dummy0 mtu 9000 type dummy
address add 192.0.2.1/24 brd + dev eth0
address add 2001:db8::1/64 dev eth0 nodad
address add fe80::1/64 dev eth0 nodad
address add 198.51.100.1/24 brd + dev dummy0
link set eth0 up
link set dummy0 up
END`,
)

const script = `set -e
modprobe -a dummy ipv6 ip_vs
cat >>/etc/hosts <<'END'
${hosts.join('\n')}
END
sed -i 's/^hosts:.*/hosts: files/; s/ db files/ files/' /etc/nsswitch.conf
: >/etc/resolv.conf
${network.join('\n')}`

export async function buildNetwork(guest: Guest): Promise<void> {
  const {code, stderr} = await guest.run(script)
  if (code !== 0) throw new Error(`the namespaces could not be made: ${stderr}`)
}
