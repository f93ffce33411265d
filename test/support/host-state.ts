// All of a lab host that a role can change, as text: for comparing before and after.

import type {Lab} from './lab.ts'

const script = `
cd /proc/sys/net
grep . ipv[46]/conf/*/forwarding ipv6/conf/*/disable_ipv6 ipv4/conf/*/arp_ignore ipv4/conf/*/arp_announce ipv4/conf/*/rp_filter
ip -o link show | sed 's/^[0-9]*: //; s/ qdisc [a-z]*//; s/ qlen [0-9]*//' | sort
ip -o addr show | sed 's/^[0-9]*: //; s/valid_lft.*//' | grep -v fe80: | sort
for family in -4 -6; do ip $family route show table all | grep -v -e 'dev lo table local' -e fe80: -e ff00: | sed 's/ linkdown//' | sort; done
ip fou show
cat /proc/sys/net/ipv4/ip_forward
find /etc/sysctl.d /etc/systemd/system -newer /run/started -type f 2>/dev/null | sort
# Hosts of the lab share /run; what is noted of one has the number of its namespace.
find /run/lvsctl -name "*-$(stat -Lc %i /proc/self/ns/net).json" 2>/dev/null | sort
`

/** Before the first of these: \`touch /run/started\`. */
export async function hostState(lab: Lab, host: string): Promise<string> {
  return (await lab.on(host, script)).stdout
}
