import {expect, test} from 'vitest'
import {interfaceSysctl, sysctlPath} from '../../../src/host/sysctl-key.ts'

test.each([
  ['net.ipv4.conf.all.arp_ignore', '/proc/sys/net/ipv4/conf/all/arp_ignore'],
  [interfaceSysctl('ipv4', 'eth0', 'arp_announce'), '/proc/sys/net/ipv4/conf/eth0/arp_announce'],
  // A VLAN interface has a dot in its name.
  [interfaceSysctl('ipv4', 'eth0.100', 'arp_ignore'), '/proc/sys/net/ipv4/conf/eth0.100/arp_ignore'],
  ['net.ipv4.conf.eth0/100.arp_ignore', '/proc/sys/net/ipv4/conf/eth0.100/arp_ignore'],
])('%s → %s', (key, path) => expect(sysctlPath(key)).toBe(path))

test.each(['', '.', 'net..arp', 'net.//.arp', 'net././x'])('%j is no key', (key) =>
  expect(sysctlPath(key)).toBeUndefined(),
)
