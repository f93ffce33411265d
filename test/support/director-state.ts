// What a lab test of the director compares before and after.

/**
 * Everything that set-up may touch, as text: settings, addresses, routes, rules, notes. Without link-local addresses, which
 * a young interface is still getting.
 */
export const everything = `cd /proc/sys/net
grep -s . ipv4/ip_forward ipv4/conf/*/*forwarding ipv4/conf/*/*_redirects ipv4/vs/* ipv6/conf/*/*forwarding
(ip -o addr show | sed 's/ *valid_lft.*//'; ip route show table all; ip -6 route show table all) | grep -v fe80 | sort
iptables-legacy -t nat -S; ip6tables-legacy -t nat -S
find /run/lvsctl -name "*$(stat -Lc %i /proc/self/ns/net).json"`
