// All of a lab host that a role can change, as text: for comparing before and after.

import type {Lab} from './lab.ts'

const script = `
find /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf -type f \\( -name arp_ignore -o -name arp_announce -o -name rp_filter \\
  -o -name disable_ipv6 -o -name forwarding \\) -exec grep -H . {} + | sort
ip -o link show | sed 's/^[0-9]*: //; s/ qdisc [a-z]*//; s/ qlen [0-9]*//' | sort
ip -o addr show | sed 's/^[0-9]*: //; s/valid_lft.*//' | grep -v fe80: | sort
for family in -4 -6; do ip $family route show table all | grep -v -e 'dev lo table local' -e fe80: -e ff00: | sed 's/ linkdown//' | sort; done
ip fou show
cat /proc/sys/net/ipv4/ip_forward
find /etc/sysctl.d /etc/systemd/system /run/lvsctl -newer /run/started -type f ! -name '*.lock' 2>/dev/null | sort
`

/** Before the first of these: \`touch /run/started\`. */
export async function hostState(lab: Lab, host: string): Promise<string> {
  return (await lab.on(host, script)).stdout
}
