// Captures what the real `ip` and `ipvsadm` send and what a real kernel answers, into test/golden/netlink: boots the lab,
// listens on an nlmon interface with tcpdump, runs a command, keeps the bytes. Run it by hand, when there is something new
// to capture: node scripts/capture-golden.ts [name…]
//
// A file's first line is the command; then a line of hex a datagram, `>` to the kernel and `<` from it.

import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {bootGuest, type Guest} from '../src/lab/guest.ts'

interface Capture {
  readonly name: string
  readonly command: string
  /** Run before it, not captured. */
  readonly before?: string
}

/** In order, in one guest: each builds on what the ones above it left. */
const captures: readonly Capture[] = [
  {
    name: 'ip-addr-add',
    command: 'ip addr add 192.168.1.200/32 dev lo',
    before: `ip link add eth0 address 52:54:00:00:00:01 type veth peer name eth1 address 52:54:00:00:00:02
      ip link add br0 address 52:54:00:00:00:03 type bridge
      ip link set eth1 master br0
      ip link set eth1 up`,
  },
  {name: 'ip-addr-add-label', command: 'ip addr add 192.168.1.201/32 dev lo label lo:0 scope host'},
  {name: 'ip-addr-add-again', command: 'ip addr add 192.168.1.200/32 dev lo'},
  {name: 'ip-addr-add-broadcast', command: 'ip addr add 192.168.1.10/24 dev eth0 broadcast 192.168.1.255'},
  {name: 'ip-addr-add-peer', command: 'ip addr add 10.7.0.1 peer 10.7.0.2/32 dev eth0'},
  {name: 'ip-addr-add-v6', command: 'ip addr add 2001:db8::200/128 dev lo nodad'},
  {
    name: 'ip-addr-add-v6-deprecated',
    command: 'ip addr add 2001:db8::201/128 dev lo nodad noprefixroute preferred_lft 0',
  },
  {name: 'ip-link-set-up', command: 'ip link set eth0 up'},
  {name: 'ip-route-add', command: 'ip route add 10.9.0.1/32 via 192.168.1.1 dev eth0'},
  {
    name: 'ip-route-add-metrics',
    command: 'ip route add 10.9.0.2/32 dev eth0 src 192.168.1.10 metric 50 mtu 1480 advmss 1400',
  },
  {name: 'ip-route-add-local', command: 'ip route add local 10.9.1.0/24 dev lo table 100'},
  {name: 'ip-route-add-table', command: 'ip route add default via 192.168.1.1 dev eth0 table 1000'},
  {name: 'ip-route-add-v6', command: 'ip -6 route add 2001:db8:9::1/128 dev eth0'},
  {name: 'ip-route-add-unreachable', command: 'ip route add 10.9.0.3/32 via 203.0.113.1'},
  {name: 'ip-neigh-add', command: 'ip neigh add 192.168.1.7 lladdr 52:54:00:12:34:56 dev eth0'},
  {name: 'ip-link-show', command: 'ip -d link show'},
  {name: 'ip-addr-show', command: 'ip addr show'},
  {name: 'ip-route-show', command: 'ip route show table all'},
  {name: 'ip-neigh-show', command: 'ip neigh show'},
  {name: 'ip-neigh-del', command: 'ip neigh del 192.168.1.7 dev eth0'},
  {name: 'ip-route-del', command: 'ip route del 10.9.0.1/32 via 192.168.1.1 dev eth0'},
  {name: 'ip-addr-del', command: 'ip addr del 192.168.1.200/32 dev lo'},
  {name: 'ip-addr-del-v6', command: 'ip addr del 2001:db8::200/128 dev lo'},
  {name: 'ip-addr-del-again', command: 'ip addr del 192.168.1.200/32 dev lo'},
  {
    name: 'ip-link-set-down',
    command: 'ip link set br0 down',
  },

  // Services, one of every kind.
  {name: 'ipvsadm-add-tcp', command: 'ipvsadm -A -t 192.168.1.10:8080 -s wrr'},
  {name: 'ipvsadm-add-again', command: 'ipvsadm -A -t 192.168.1.10:8080 -s wrr'},
  {name: 'ipvsadm-add-udp-one-packet', command: 'ipvsadm -A -u 192.168.1.10:53 -s rr -o'},
  {name: 'ipvsadm-add-sctp', command: 'ipvsadm -A --sctp-service 192.168.1.10:132 -s lc'},
  {name: 'ipvsadm-add-fwmark', command: 'ipvsadm -A -f 7 -s wlc'},
  {name: 'ipvsadm-add-fwmark-v6', command: 'ipvsadm -A -f 8 -6 -s wlc'},
  {name: 'ipvsadm-add-persistent', command: 'ipvsadm -A -t 192.168.1.10:443 -s wlc -p 600 -M 255.255.255.0'},
  {name: 'ipvsadm-add-v6', command: 'ipvsadm -A -t [2001:db8::201]:80 -s wlc -p 300 -M 64'},
  {name: 'ipvsadm-add-scheduler-flags', command: 'ipvsadm -A -t 192.168.1.10:8081 -s sh -b sh-fallback,sh-port'},
  {name: 'ipvsadm-add-engine', command: 'ipvsadm -A -u 192.168.1.10:5060 -s rr -p 60 --pe sip'},
  {name: 'ipvsadm-add-unknown-scheduler', command: 'ipvsadm -A -t 192.168.1.10:8082 -s nonesuch'},
  {name: 'ipvsadm-edit-service', command: 'ipvsadm -E -t 192.168.1.10:8080 -s wlc'},

  // Servers, one of every method.
  {
    name: 'ipvsadm-add-server-gatewaying',
    command: 'ipvsadm -a -t 192.168.1.10:8080 -r 192.168.1.111 -g -w 3 -x 100 -y 50',
  },
  {name: 'ipvsadm-add-server-masquerading', command: 'ipvsadm -a -t 192.168.1.10:443 -r 192.168.1.111:8443 -m'},
  {name: 'ipvsadm-add-server-ipip', command: 'ipvsadm -a -f 7 -r 192.168.1.112 -i'},
  {
    name: 'ipvsadm-add-server-gue',
    command: 'ipvsadm -a -t 192.168.1.10:8080 -r 192.168.1.112 -i --tun-type gue --tun-port 6080 --tun-csum',
  },
  {
    name: 'ipvsadm-add-server-gre',
    command: 'ipvsadm -a -t 192.168.1.10:8080 -r 192.168.1.113 -i --tun-type gre --tun-nocsum',
  },
  {
    name: 'ipvsadm-add-server-v6',
    command: 'ipvsadm -a -t [2001:db8::201]:80 -r [2001:db8:1::2]:80 -g',
    before: 'ip -6 route add 2001:db8:1::/64 dev eth0',
  },
  {name: 'ipvsadm-add-server-v6-in-v4', command: 'ipvsadm -a -t 192.168.1.10:8081 -r [2001:db8:1::3]:8081 -i'},
  {name: 'ipvsadm-edit-server', command: 'ipvsadm -e -t 192.168.1.10:8080 -r 192.168.1.111 -g -w 0'},
  {name: 'ipvsadm-delete-server', command: 'ipvsadm -d -t 192.168.1.10:8080 -r 192.168.1.113'},
  {name: 'ipvsadm-delete-server-again', command: 'ipvsadm -d -t 192.168.1.10:8080 -r 192.168.1.113'},

  // The rest of the family.
  {name: 'ipvsadm-set-timeouts', command: 'ipvsadm --set 600 60 150'},
  {name: 'ipvsadm-list-timeouts', command: 'ipvsadm -L --timeout'},
  {
    name: 'ipvsadm-start-daemon',
    command:
      'ipvsadm --start-daemon master --mcast-interface eth0 --syncid 5 --sync-maxlen 1400 --mcast-group 224.0.0.90 --mcast-port 8849 --mcast-ttl 2',
    // A sync daemon refuses while a server of the other family is there.
    before: 'ipvsadm -d -t 192.168.1.10:8081 -r [2001:db8:1::3]:8081',
  },
  {
    name: 'ipvsadm-start-daemon-v6',
    command: 'ipvsadm --start-daemon backup --mcast-interface eth0 --mcast-group ff02::5a',
  },
  {name: 'ipvsadm-list-daemons', command: 'ipvsadm -L --daemon', before: 'sleep 1'},
  {name: 'ipvsadm-stop-daemon', command: 'ipvsadm --stop-daemon master'},
  {name: 'ipvsadm-list', command: 'ipvsadm -Ln'},
  {name: 'ipvsadm-list-one', command: 'ipvsadm -Ln -t 192.168.1.10:8080'},
  {name: 'ipvsadm-save', command: 'ipvsadm -Sn'},
  {name: 'ipvsadm-zero-one', command: 'ipvsadm -Z -t 192.168.1.10:8080'},
  {name: 'ipvsadm-zero-all', command: 'ipvsadm -Z'},
  {name: 'ipvsadm-delete-service', command: 'ipvsadm -D -t 192.168.1.10:443'},
  {name: 'ipvsadm-clear', command: 'ipvsadm -C'},
]

const folder = join(import.meta.dirname, '../test/golden/netlink')
const wanted = process.argv.slice(2)

async function main(): Promise<void> {
  mkdirSync(folder, {recursive: true})
  const guest = await bootGuest()
  try {
    await must(guest, 'modprobe nlmon && ip link add nlmon0 type nlmon && ip link set nlmon0 up && modprobe ip_vs')
    const {stdout: versions} = await must(
      guest,
      'uname -r; ip -V; ipvsadm -v | head -1; tcpdump --version 2>&1 | head -1',
    )
    console.log(versions)
    for (const one of captures) await capture(guest, one)
  } finally {
    await guest.close()
  }
}

async function capture(guest: Guest, {name, command, before}: Capture): Promise<void> {
  if (before !== undefined) await must(guest, `set -e\n${before}`)
  const pcap = `${guest.resultsInGuest}/${name}.pcap`
  const {stdout, stderr} = await must(
    guest,
    `rm -f /tmp/tcpdump
    tcpdump -i nlmon0 -Z root -U --immediate-mode -s 0 -w ${pcap} 2>/tmp/tcpdump &
    until grep -qs listening /tmp/tcpdump; do sleep 0.02; done
    ${command} >/tmp/out 2>&1
    echo "exit code $?"
    sleep 0.3
    kill -INT $!
    wait $!
    cat /tmp/out >&2`,
  )
  const datagrams = readPcap(readFileSync(join(guest.results, `${name}.pcap`)))
  if (datagrams.length === 0) throw new Error(`${name}: nothing was captured`)
  console.log(`${name}: ${datagrams.length} datagrams, ${stdout.trim()}`)
  if (stderr !== '' && !/show|list|save/.test(name)) console.log(stderr.replace(/^/gm, '    '))
  if (wanted.length > 0 && !wanted.includes(name)) return
  writeFileSync(join(folder, `${name}.txt`), [command, ...datagrams.map(hexLine), ''].join('\n'))
}

/** Packets of a pcap file without the 16-byte header of LINKTYPE_NETLINK (253). */
function readPcap(file: Buffer): readonly Buffer[] {
  const linkType = file.readUInt32LE(20)
  if (file.readUInt32LE(0) !== 0xa1b2c3d4 || linkType !== 253) throw new Error(`not a netlink capture: ${linkType}`)
  const packets: Buffer[] = []
  let at = 24
  while (at < file.length) {
    const length = file.readUInt32LE(at + 8)
    packets.push(file.subarray(at + 16 + 16, at + 16 + length))
    at += 16 + length
  }
  return packets
}

/** Only requests carry NLM_F_REQUEST. */
const hexLine = (datagram: Buffer): string => `${datagram.readUInt16LE(6) & 1 ? '>' : '<'} ${datagram.toString('hex')}`

async function must(guest: Guest, command: string): Promise<{stdout: string; stderr: string}> {
  const result = await guest.run(command)
  if (result.code !== 0) throw new Error(`${command}\nexit code ${result.code}\n${result.stdout}${result.stderr}`)
  return result
}

await main()
