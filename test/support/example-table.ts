// A table with one of everything that a listing has words for, and traffic on it.

import {formatServerKey} from '../../src/domain/server.ts'
import {formatServiceKey} from '../../src/domain/service.ts'
import type {Figures} from '../../src/ipvs/memory-client.ts'
import {type Machine, machineAfter} from './run-command.ts'

export const exampleCommands = [
  'service add -t 192.168.1.200:8080 -s wrr',
  'server add -t 192.168.1.200:8080 -r 192.168.1.111 -g -w 3',
  'server add -t 192.168.1.200:8080 -r 192.168.1.115 -g -w 1',
  'service add -t 192.168.1.200:443 -p 300 -M 255.255.255.0',
  'server add -t 192.168.1.200:443 -r 192.168.1.111 -g -w 0',
  'service add -t [2001:db8::1]:443 -s sh -b sh-fallback,sh-port',
  'server add -t [2001:db8::1]:443 -r [2001:db8::9]:8443 -m -x 900 -y 600',
  'server add -t [2001:db8::1]:443 -r 10.9.0.7 -i --tun-type gue --tun-port 6080 --tun-csum',
  'service add -u 192.168.1.200:53 -s rr -o',
  'service add -f 7 -s none',
  'server add -f 7 -r 10.0.0.7 -m',
]

/** `SERVICE`, or `SERVICE SERVER`. */
const figures: Readonly<Record<string, Figures>> = {
  'tcp://192.168.1.200:8080': {
    statistics: {
      connections: 123_456n,
      inPackets: 1_234_567n,
      inBytes: 18_446_744_073_709_551_615n,
      connectionsPerSecond: 12n,
      inPacketsPerSecond: 120n,
      inBytesPerSecond: 9_800n,
    },
  },
  'tcp://192.168.1.200:8080 192.168.1.111:8080': {
    connections: {active: 31, inactive: 9},
    statistics: {connections: 92_592n, inPackets: 925_925n, inBytes: 12_345_678_901n, connectionsPerSecond: 9n},
  },
  'tcp://192.168.1.200:8080 192.168.1.115:8080': {
    connections: {active: 10, inactive: 30_123},
    statistics: {connections: 30_864n, inPackets: 308_642n, inBytes: 987_654_321n, connectionsPerSecond: 3n},
  },
  'tcp://[2001:db8::1]:443': {
    statistics: {connections: 7n, inPackets: 70n, outPackets: 90n, inBytes: 7_000n, outBytes: 1_900_000n},
  },
  'tcp://[2001:db8::1]:443 [2001:db8::9]:8443': {
    connections: {active: 7, inactive: 0, persistent: 2},
    statistics: {connections: 7n, inPackets: 70n, outPackets: 90n, inBytes: 7_000n, outBytes: 1_900_000n},
  },
}

export async function exampleTable(): Promise<Machine> {
  const on = await machineAfter(...exampleCommands)
  for (const {service, servers} of on.ipvs.table()) {
    const id = formatServiceKey(service.key)
    const own = figures[id]
    if (own) on.ipvs.setFigures(own, service.key)
    for (const {server} of servers) {
      const its = figures[`${id} ${formatServerKey(server)}`]
      if (its) on.ipvs.setFigures(its, service.key, server)
    }
  }
  return {...on, files: {...on.files, ...exampleConnections}}
}

/** Connections of it, and one of everything that they have words for. */
const exampleConnections = {
  '/proc/thread-self/net/ip_vs_conn': `Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
TCP C0A8010A 9A10 C0A801C8 1F90 C0A8016F 1F90 ESTABLISHED     894
TCP C0A8010A 9A12 C0A801C8 1F90 C0A80173 1F90 TIME_WAIT       113
TCP C000024D C351 C0A801C8 1F90 C0A8016F 1F90 SYN_RECV         58
TCP C0A80100 0000 C0A801C8 01BB C0A8016F 01BB ASSURED         293
UDP C0000202 0000 C0A801C8 13C4 C0A8016F 13C4 ASSURED          54 sip abcdef123456@host.example
IP  C0000202 0000 00000007 0000 0A000007 0000 NONE           7261
TCP 2001:0db8:0000:0000:0000:0000:0000:0002 A8D2 2001:0db8:0000:0000:0000:0000:0000:0001 01BB 2001:0db8:0000:0000:0000:0000:0000:0009 20FB ESTABLISHED  180061
TCP 2001:0db8:0000:0000:0000:0000:0000:0002 A8D4 2001:0db8:0000:0000:0000:0000:0000:0001 01BB 0A090007 01BB FIN_WAIT         12
`,
  '/proc/thread-self/net/ip_vs_conn_sync': `Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Origin Expires
TCP C0A8010A 9A10 C0A801C8 1F90 C0A8016F 1F90 ESTABLISHED LOCAL      894
TCP C0A8010A 9A12 C0A801C8 1F90 C0A80173 1F90 TIME_WAIT   SYNC       113
`,
}

/** What /proc/net/ip_vs says of it on a machine of 100 ticks a second; the kernel has its own order. */
export const exampleProc = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  C0A801C8:1F90 wrr  
  -> C0A80173:1F90      Route   1      10         30123     
  -> C0A8016F:1F90      Route   3      31         9         
UDP  C0A801C8:0035 rr ops  
TCP  C0A801C8:01BB wlc  persistent 30000 FFFFFF00
  -> C0A8016F:01BB      Route   0      0          0         
TCP  [2001:0db8:0000:0000:0000:0000:0000:0001]:01BB sh 
  -> 0A090007:01BB      Tunnel  1      0          0         
  -> [2001:0db8:0000:0000:0000:0000:0000:0009]:20FB      Masq    1      7          0         
FWM  00000007 none 
  -> 0A000007:0000      Masq    1      0          0         
`
