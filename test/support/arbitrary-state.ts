// Generators of what the kernel can hold, sensible or not: every number and name that it stores without asking. It
// refuses only what net/netfilter/ipvs/ip_vs_ctl.c refuses, so nothing else is left out here.

import fc from 'fast-check'
import {type Family, formatAddress} from '../../src/domain/address.ts'
import {classOf} from '../../src/domain/address-class.ts'
import {
  type ForwardingMethod,
  plainTunnel,
  type Tunnel,
  tunnelChecksums,
  tunnelTypes,
} from '../../src/domain/forwarding.ts'
import {nameOf} from '../../src/domain/numbered.ts'
import type {SavedState} from '../../src/domain/saved-state.ts'
import {schedulers} from '../../src/domain/schedulers.ts'
import {compareServerKeys, type Server} from '../../src/domain/server.ts'
import {
  compareServiceKeys,
  fullMask,
  protocolName,
  type SchedulerFlag,
  type Service,
  type ServiceKey,
} from '../../src/domain/service.ts'
import type {SyncDaemon} from '../../src/domain/sync.ts'
import type {ConfiguredService} from '../../src/domain/table.ts'
import {addressOf} from './arbitrary-domain.ts'

const u16 = fc.integer({min: 0, max: 0xffff})
const u32 = fc.integer({min: 0, max: 0xffff_ffff})
const family = fc.constantFrom<Family>('ipv4', 'ipv6')
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, {nil: undefined})

const keyOf = (of: Family): fc.Arbitrary<ServiceKey> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('address' as const),
      protocol: fc.oneof(fc.constantFrom(6, 17, 132), u16).map(protocolName),
      address: addressOf(of),
      port: fc.oneof(fc.constantFrom(0, 80), u16),
    }),
    fc.record({
      kind: fc.constant('fwmark' as const),
      mark: fc.integer({min: 1, max: 0xffff_ffff}),
      family: fc.constant(of),
    }),
  )

const moduleName = fc.stringMatching(/^[a-z][a-z\d_-]{0,14}$/)

const serviceOf = (key: ServiceKey, of: Family): fc.Arbitrary<Service> =>
  fc
    .record({
      scheduler: fc.oneof(fc.constantFrom(...schedulers.map(({name}) => name)), moduleName),
      schedulerFlags: fc.subarray<SchedulerFlag>(['flag-1', 'flag-2', 'flag-3']),
      persistence: maybe(fc.oneof(fc.constantFrom(0, 360), fc.integer({min: 0, max: 42_949_672}))),
      netmask: fc.oneof(
        fc.constant(fullMask[of]),
        of === 'ipv4' ? addressOf('ipv4') : fc.integer({min: 1, max: 128}).map(String),
      ),
      engine: maybe(fc.oneof(fc.constant('sip'), moduleName)),
      onePacket: fc.boolean(),
    })
    .map(({persistence, engine, ...rest}) => ({
      key,
      ...rest,
      ...(persistence !== undefined && {persistence}),
      ...(engine !== undefined && {engine}),
    }))

const tunnel: fc.Arbitrary<Tunnel> = fc.oneof(
  fc.constant(plainTunnel),
  fc
    .record({
      type: fc.oneof(fc.nat(2), fc.nat(255)).map((number) => nameOf(tunnelTypes, 'type', number)),
      port: fc.oneof(fc.constant(0), u16),
      checksum: fc.oneof(fc.nat(3), u16).map((number) => nameOf(tunnelChecksums, 'flags', number)),
    })
    .filter(({type, port}) => type !== 'gue' || port !== 0),
)

const serverAddress = (of: Family) =>
  addressOf(of).filter(
    (address) =>
      ['unicast', 'loopback'].includes(classOf(address)) || (of === 'ipv6' && classOf(address) === 'link-local'),
  )

const serverOf = (of: Family, mixed: boolean): fc.Arbitrary<Server> =>
  fc
    .constantFrom<ForwardingMethod>(
      'gatewaying',
      'masquerading',
      'tunneling',
      'local',
      'bypass',
      'method-5',
      'method-7',
    )
    .chain((forwarding) =>
      fc
        .record({
          address: mixed && forwarding === 'tunneling' ? family.chain(serverAddress) : serverAddress(of),
          port: fc.oneof(fc.constant(80), u16),
          weight: fc.oneof(fc.nat(10), fc.nat(2 ** 31 - 1)),
          thresholds: fc.oneof(fc.constant([0, 0] as [number, number]), fc.tuple(u32, u32)),
          tunnel,
        })
        .map(({address, port, weight, thresholds, tunnel}) => ({
          address,
          port,
          forwarding,
          weight,
          upperThreshold: Math.max(...thresholds),
          lowerThreshold: Math.min(...thresholds),
          tunnel,
        })),
    )

const configured = (mixed: boolean): fc.Arbitrary<ConfiguredService> =>
  family.chain((of) =>
    keyOf(of).chain((key) =>
      fc.record({
        service: serviceOf(key, of),
        servers: fc
          .uniqueArray(serverOf(of, mixed), {maxLength: 5, selector: ({address, port}) => `${address} ${port}`})
          .map((servers) => servers.sort(compareServerKeys)),
      }),
    ),
  )

const daemonOf = (role: SyncDaemon['role']): fc.Arbitrary<SyncDaemon> =>
  fc
    .record({
      role: fc.constant(role),
      interface: fc.stringMatching(/^[!-.0-9;-~]{1,15}$/).filter((name) => !/^(["']).*\1$/.test(name)),
      syncId: fc.oneof(fc.nat(255), u32),
      maxLength: maybe(fc.integer({min: 1, max: 65_507})),
      group: maybe(
        fc.oneof(
          fc
            .tuple(fc.integer({min: 224, max: 239}), fc.nat(255))
            .map(([a, b]) => formatAddress(Uint8Array.of(a, 0, 0, b))),
          addressOf('ipv6').filter((address) => classOf(address) === 'multicast'),
        ),
      ),
      port: maybe(fc.integer({min: 1, max: 65_535})),
      ttl: maybe(fc.integer({min: 1, max: 255})),
    })
    .map(({maxLength, group, port, ttl, ...rest}) => ({
      ...rest,
      ...(maxLength !== undefined && {maxLength}),
      ...(group !== undefined && {group}),
      ...(port !== undefined && {port}),
      ...(ttl !== undefined && {ttl}),
    }))

const seconds = fc.integer({min: 0, max: 21_474_836})

const sysctls = fc.dictionary(
  fc.stringMatching(/^[a-z][a-z_]{0,20}$/),
  fc.oneof(fc.integer().map(String), fc.constantFrom('3\t50', '0-3,7', '', '007', '-0', '1.0')),
  {maxKeys: 5},
)

/** In canonical order, as it is written. */
export const anyState: fc.Arbitrary<SavedState> = fc
  .record({
    daemons: maybe(
      fc.subarray<SyncDaemon['role']>(['master', 'backup']).chain((roles) => fc.tuple(...roles.map(daemonOf))),
    ),
    timeouts: maybe(fc.record({tcp: seconds, tcpFin: seconds, udp: seconds})),
    sysctls: maybe(sysctls),
  })
  .chain(({daemons, timeouts, sysctls}) =>
    fc
      .uniqueArray(configured(!daemons?.length), {
        maxLength: 6,
        comparator: (a, b) => compareServiceKeys(a.service.key, b.service.key) === 0,
      })
      .map((configuration) => ({
        configuration: configuration.sort((a, b) => compareServiceKeys(a.service.key, b.service.key)),
        ...(daemons && {daemons}),
        ...(timeouts && {timeouts}),
        ...(sysctls && {sysctls}),
      })),
  )
