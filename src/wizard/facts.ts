// What this host looks like, as far as the wizard's proposals and checks go by it.

import {type Address, familyOf, inSubnet} from '../domain/address.ts'
import {classOf} from '../domain/address-class.ts'
import type {ProtocolPortNames} from '../domain/service-key.ts'

import type {HostReader, InterfaceAddress, Link} from '../host/host.ts'
import {hostPrefixOf} from '../host/vip.ts'

export interface Facts {
  readonly links: readonly Link[]
  readonly addresses: readonly InterfaceAddress[]
  /** systemd runs here, and sets at boot what is asked about: not so in another network namespace. */
  readonly systemd: boolean
  /** Whoever runs this may change the network here (CAP_NET_ADMIN). */
  readonly mayChange: boolean
  /** Ports by name, as /etc/services has them. */
  readonly portNames: ProtocolPortNames
}

/** `elsewhere`: in another network namespace than the machine boots in. */
export function observe(host: HostReader, portNames: ProtocolPortNames, elsewhere = false): Facts {
  return {
    portNames,
    mayChange: mayAdminister(host.readFile('/proc/thread-self/status') ?? ''),
    links: host.links(),
    addresses: host.addresses(),
    // sd_booted(3)
    systemd: !elsewhere && host.inspect('/run/systemd/system')?.kind === 'folder',
  }
}

/** From proc_pid_status(5); what cannot be read is no reason to doubt. CAP_NET_ADMIN is bit 12 (linux/capability.h). */
function mayAdminister(status: string): boolean {
  const [, effective] = /^CapEff:\s*([\da-f]+)$/m.exec(status) ?? []
  return effective === undefined || (BigInt(`0x${effective}`) & (1n << 12n)) !== 0n
}

/** An address of its own of a host, with the subnet around it; a VIP is none, and a link-local one is no matter here. */
function ownAddresses({addresses}: Facts): readonly InterfaceAddress[] {
  return addresses.filter(
    (one) =>
      one.interface !== 'lo' && one.prefixLength < hostPrefixOf(one.address) && classOf(one.address) !== 'link-local',
  )
}

/** This host's address in the subnet of the other one: with it they reach each other without a router. */
export function addressBeside(target: Address, facts: Facts): InterfaceAddress | undefined {
  return ownAddresses(facts)
    .filter((one) => inSubnet(one.address, target, one.prefixLength))
    .sort((a, b) => b.prefixLength - a.prefixLength)[0]
}

export function isOwn(address: Address, {addresses}: Facts): boolean {
  return addresses.some((one) => one.address === address)
}

/** Those that this host reaches through a router only. */
export function beyond(servers: readonly {readonly address: Address}[], facts: Facts): readonly Address[] {
  const far = servers.filter(({address}) => !isOwn(address, facts) && !addressBeside(address, facts))
  return far.map(({address}) => address)
}

/** `eth0 192.168.1.114/24`, of one family or of both. */
export function interfaceLines(facts: Facts, like?: Address): readonly string[] {
  return ownAddresses(facts)
    .filter(({address}) => like === undefined || familyOf(address) === familyOf(like))
    .map((one) => `${one.interface} ${one.address}/${one.prefixLength}`)
}
