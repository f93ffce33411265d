import {expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {describeEffect} from '../../../src/host/describe.ts'
import type {Effect, InterfaceAddress} from '../../../src/host/host.ts'

const vip: InterfaceAddress = {interface: 'lo', address: address('192.168.1.200'), prefixLength: 32, scope: 'global'}
const vip6: InterfaceAddress = {...vip, address: address('2001:db8::200'), prefixLength: 128}

test.each<[Effect, string]>([
  [{do: 'set-sysctl', key: 'net.ipv4.conf.all.arp_ignore', value: '1'}, 'sysctl -w net.ipv4.conf.all.arp_ignore=1'],
  [{do: 'set-sysctl', key: 'net.ipv4.tcp_rmem', value: '1 2 3'}, "sysctl -w net.ipv4.tcp_rmem='1 2 3'"],
  [{do: 'link-up', interface: 'lo'}, 'ip link set lo up'],
  [{do: 'link-down', interface: 'lo'}, 'ip link set lo down'],
  [{do: 'add-address', address: vip}, 'ip addr add 192.168.1.200/32 dev lo'],
  [{do: 'add-address', address: {...vip, scope: 'host'}}, 'ip addr add 192.168.1.200/32 dev lo scope host'],
  [
    {do: 'add-address', address: {...vip, label: 'lo:0', broadcast: vip.address}},
    'ip addr add 192.168.1.200/32 broadcast 192.168.1.200 dev lo label lo:0',
  ],
  [
    {do: 'add-address', address: {...vip, peer: address('10.0.0.1')}},
    'ip addr add 192.168.1.200 peer 10.0.0.1/32 dev lo',
  ],
  [
    {do: 'add-address', address: {...vip6, noDad: true, preferred: 0}},
    'ip addr add 2001:db8::200/128 dev lo nodad preferred_lft 0',
  ],
  [
    {do: 'add-address', address: {...vip6, valid: 60, preferred: 30}},
    'ip addr add 2001:db8::200/128 dev lo valid_lft 60 preferred_lft 30',
  ],
  [{do: 'remove-address', address: {...vip, label: 'lo:0'}}, 'ip addr del 192.168.1.200/32 dev lo'],
  [{do: 'announce', interface: 'eth0', address: vip.address}, 'arping -U -c 3 -I eth0 192.168.1.200'],
  [{do: 'announce', interface: 'eth0', address: vip6.address}, 'ndsend 2001:db8::200 eth0'],
  [{do: 'write-file', path: '/run/x', content: 'secret'}, 'install -D -m 644 /dev/stdin /run/x'],
  [{do: 'remove-file', path: '/run/x'}, 'rm /run/x'],
])('%j → %s', (effect, line) => expect(describeEffect(effect)).toBe(line))
