// What the options of a line say of a service, a server, the timeouts or a sync daemon. The parsers of domain/ and
// saved/held.ts read the values; whether they make sense together is judge.ts's business.

import {shown} from '../../domain/foreign-characters.ts'
import {
  type ForwardingMethod,
  plainTunnel,
  type Tunnel,
  type TunnelChecksum,
  tunnelChecksums,
} from '../../domain/forwarding.ts'
import type {IntegerKind} from '../../domain/integer.ts'
import {nameOf} from '../../domain/numbered.ts'
import {type Parsed, reject} from '../../domain/parsed.ts'
import {problem} from '../../domain/problem.ts'
import {parseSchedulerFlags} from '../../domain/schedulers.ts'
import type {Server, ServerKey} from '../../domain/server.ts'
import {
  defaultScheduler,
  familyOfKey,
  fullMask,
  type Protocol,
  type SchedulerFlag,
  type Service,
  type ServiceKey,
} from '../../domain/service.ts'
import {
  defaultServerPort,
  type ProtocolPortNames,
  parseServerAddress,
  parseServiceAddress,
  parseServiceKey,
} from '../../domain/service-key.ts'
import {type SyncDaemon, type SyncRole, syncRoles} from '../../domain/sync.ts'
import type {Timeouts} from '../../domain/timeouts.ts'
import {parseDevice, parseGroup} from '../saved/devices.ts'
import {
  parseEngineName,
  parseForwarding,
  parseHeld,
  parseHeldNetmask,
  parseHeldTunnelType,
  parseSchedulerName,
  plainDecimal,
} from '../saved/held.ts'
import type {Complain, Line} from './line.ts'
import {alternatives, bits, optionsIn, type RuleOption} from './options.ts'
import {plainEndpoint} from './plain-server.ts'

/** Reads the values of one Line. What cannot be read is complained about, and undefined is the whole answer. */
export class Settings {
  private readonly line: Line
  private readonly complain: Complain
  private readonly names: ProtocolPortNames | undefined
  private failed = false

  constructor(line: Line, complain: Complain, names: ProtocolPortNames | undefined) {
    this.line = line
    this.complain = complain
    this.names = names
  }

  serviceKey(): ServiceKey | undefined {
    const {line} = this
    const option = line.serviceOption()
    if (option === undefined) {
      if ((line.lacking & alternatives.service) !== 0) return undefined
      const spot = {word: line.commandWord, inside: 0}
      this.complain(
        problem('service-missing', 'no service is named', {
          hint: 'Name it with -t ADDRESS:PORT, -u ADDRESS:PORT, --sctp-service ADDRESS:PORT or -f MARK',
        }),
        spot,
      )
      return undefined
    }
    const text = line.value(option)
    if (option === 'fwmark-service') {
      const mark = this.number('fwmark-service', 'fwmark')
      return mark === undefined ? undefined : {kind: 'fwmark', mark, family: line.has('ipv6') ? 'ipv6' : 'ipv4'}
    }
    if (line.has('ipv6'))
      this.complain(
        problem('service-family', '-6 is for firewall marks; other services show their family in the address', {
          where: '-6',
          hint: 'Leave -6 out',
        }),
        line.spotOf('ipv6'),
      )
    if (option === 'service') return this.take(parseServiceKey(text, '--service', this.names), option)
    const protocol = protocolOf[option]
    return plainServiceKey(protocol, text) ?? this.take(parseServiceAddress(text, protocol, this.names), option)
  }

  service(key: ServiceKey): Service | undefined {
    const {line} = this
    this.failed = false
    const scheduler = line.has('scheduler')
      ? this.take(parseSchedulerName(line.value('scheduler')), 'scheduler')
      : defaultScheduler
    const persistence = line.has('persistent') ? this.persistence() : undefined
    const netmask = line.has('netmask') ? this.netmask(key) : fullMask[familyOfKey(key)]
    const engine = line.has('pe') ? this.take(parseEngineName(line.value('pe')), 'pe') : undefined
    const schedulerFlags = line.has('sched-flags')
      ? this.take(parseSchedulerFlags(scheduler ?? '', line.value('sched-flags')), 'sched-flags')
      : noFlags
    if (this.failed) return undefined
    return {
      key,
      scheduler: scheduler as string,
      schedulerFlags: schedulerFlags as readonly SchedulerFlag[],
      ...(persistence !== undefined && {persistence}),
      netmask: netmask as string,
      ...(engine !== undefined && {engine}),
      onePacket: line.has('ops'),
    }
  }

  /** The port of the service where none is given. */
  serverKey(service: ServiceKey): ServerKey | undefined {
    const {line} = this
    if (!line.has('real-server')) {
      if (line.lacking === bits['real-server']) return undefined
      const spot = {word: line.commandWord, inside: 0}
      this.complain(problem('server-missing', 'no server is named', {hint: 'Name it with -r ADDRESS:PORT'}), spot)
      return undefined
    }
    const text = line.value('real-server')
    const plain = plainEndpoint(text, 0, text.length)
    if (plain) return plain
    const {names} = this
    const protocol = service.kind === 'address' ? service.protocol : 'tcp'
    const byName = names && ((name: string) => names(name, protocol as Protocol))
    const endpoint = this.take(parseServerAddress(text, byName), 'real-server')
    return endpoint && {address: endpoint.address, port: endpoint.port ?? defaultServerPort(service)}
  }

  server({address, port}: ServerKey): Server | undefined {
    const {line} = this
    this.failed = false
    const forwarding = this.forwarding()
    const weight = line.has('weight') ? this.number('weight', 'weight') : 1
    const upperThreshold = line.has('u-threshold') ? this.number('u-threshold', 'upperThreshold') : 0
    const lowerThreshold = line.has('l-threshold') ? this.number('l-threshold', 'lowerThreshold') : 0
    const tunnel = (line.given & tunnelBits) === 0 ? plainTunnel : this.tunnel()
    if (this.failed) return undefined
    return {
      address,
      port,
      forwarding: forwarding as ForwardingMethod,
      weight: weight as number,
      upperThreshold: upperThreshold as number,
      lowerThreshold: lowerThreshold as number,
      tunnel: tunnel as Tunnel,
    }
  }

  /** Of `--set TCP TCPFIN UDP`; 0 leaves what `before` says, or what the kernel has. */
  timeouts(before: Timeouts | undefined): Timeouts | undefined {
    const {rest, restWords, commandWord} = this.line
    if (rest.length < 3) {
      const spot = {word: restWords.at(-1) ?? commandWord, inside: 0}
      this.complain(
        problem('timeout-missing', `--set needs three timeouts, and there are ${rest.length}`, {
          where: '--set',
          hint: '--set TCP TCPFIN UDP, in seconds; 0 leaves one as it is',
        }),
        spot,
      )
      return undefined
    }
    this.failed = false
    const [tcp, tcpFin, udp] = rest.map((text, index) => {
      const parsed = parseHeld(text, 'timeout', '--set')
      if (parsed.ok) return parsed.value
      this.complain(parsed.problem, {word: restWords[index] as number, inside: 0})
      this.failed = true
      return 0
    }) as [number, number, number]
    if (this.failed) return undefined
    return {tcp: tcp || (before?.tcp ?? 0), tcpFin: tcpFin || (before?.tcpFin ?? 0), udp: udp || (before?.udp ?? 0)}
  }

  daemon(): SyncDaemon | undefined {
    const {line} = this
    const role = line.commandValue
    this.failed = !Object.hasOwn(syncRoles, role)
    if (this.failed)
      this.complain(
        problem('sync-role-unknown', `no sync daemon is called ${shown(role)}`, {
          where: '--start-daemon',
          hint: 'One of master and backup',
        }),
        line.commandSpot(),
      )
    const value = (name: RuleOption, kind: IntegerKind) => (line.has(name) ? this.number(name, kind) : undefined)
    const device = line.has('mcast-interface')
      ? this.take(parseDevice(line.value('mcast-interface')), 'mcast-interface')
      : 'eth0'
    const syncId = line.has('syncid') ? this.number('syncid', 'syncId') : 0
    const maxLength = value('sync-maxlen', 'syncMaxLength')
    const group = line.has('mcast-group') ? this.take(parseGroup(line.value('mcast-group')), 'mcast-group') : undefined
    const port = value('mcast-port', 'multicastPort')
    const ttl = value('mcast-ttl', 'multicastTtl')
    if (this.failed) return undefined
    return {
      role: role as SyncRole,
      interface: device as string,
      syncId: syncId as number,
      ...(maxLength !== undefined && {maxLength}),
      ...(group !== undefined && {group}),
      ...(port !== undefined && {port}),
      ...(ttl !== undefined && {ttl}),
    }
  }

  /** ipvsadm's own default is 360 seconds, not the 300 of its manual. */
  private persistence(): number | undefined {
    return this.line.value('persistent') === '' ? 360 : this.number('persistent', 'persistence')
  }

  private netmask(key: ServiceKey): string | undefined {
    return this.take(parseHeldNetmask(this.line.value('netmask'), familyOfKey(key)), 'netmask')
  }

  private forwarding(): ForwardingMethod | undefined {
    const {line} = this
    const chosen = line.given & alternatives.method
    if (chosen === 0 || chosen === bits.gatewaying) return 'gatewaying'
    if (chosen === bits.masquerading) return 'masquerading'
    if (chosen === bits.ipip) return 'tunneling'
    return this.take(parseForwarding(line.value('forwarding')), 'forwarding')
  }

  private tunnel(): Tunnel | undefined {
    const {line} = this
    const type = line.has('tun-type')
      ? this.take(parseHeldTunnelType(line.value('tun-type')), 'tun-type')
      : plainTunnel.type
    const port = line.has('tun-port') ? this.number('tun-port', 'tunnelPort') : 0
    const checksum = this.checksum()
    if (type === undefined || port === undefined || checksum === undefined) return undefined
    return type === 'ipip' && port === 0 && checksum === 'none' ? plainTunnel : {type, port, checksum}
  }

  private checksum(): TunnelChecksum | undefined {
    const [chosen] = optionsIn(this.line.given & alternatives.checksum)
    if (chosen === undefined) return 'none'
    if (chosen !== 'tun-flags') return tunnelChecksums.find(({option}) => option === `--${chosen}`)?.name
    const text = this.line.value('tun-flags')
    const number = plainDecimal(text)
    if (number >= 0 && number <= 0xffff) return nameOf(tunnelChecksums, 'flags', number)
    return this.take(
      reject('tunnel-flags-invalid', `${shown(text)} is not the flags of a tunnel`, {
        where: '--tun-flags',
        hint: 'A whole number from 0 to 65535',
      }),
      'tun-flags',
    )
  }

  private number(name: RuleOption, kind: IntegerKind): number | undefined {
    const text = this.line.value(name)
    const parsed = parseHeld(text, kind)
    if (parsed.ok) return parsed.value
    // ipvsadm 1.31 writes marks from 2147483648 on as negative numbers: those are not in doubt. But `-f -6` may have lost
    // its mark and go on with the option.
    const fix = kind === 'fwmark' && text.startsWith('-') && text !== '-6' ? parsed.meant : undefined
    this.refuse(parsed.problem, name, fix)
    return undefined
  }

  private take<Value>(parsed: Parsed<Value>, name: RuleOption): Value | undefined {
    if (parsed.ok) return parsed.value
    this.refuse(parsed.problem, name)
    return undefined
  }

  private refuse(found: Parameters<Complain>[0], name: RuleOption, fix?: string): void {
    this.failed = true
    this.complain(found, this.line.spotOf(name), fix)
  }
}

const noFlags: readonly SchedulerFlag[] = []

const tunnelBits = bits['tun-type'] | bits['tun-port'] | alternatives.checksum

const protocolOf = {'tcp-service': 'tcp', 'udp-service': 'udp', 'sctp-service': 'sctp'} as const

function plainServiceKey(protocol: Protocol, text: string): ServiceKey | undefined {
  const plain = plainEndpoint(text, 0, text.length)
  return plain && {kind: 'address', protocol, address: plain.address, port: plain.port}
}
