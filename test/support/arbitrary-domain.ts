// Generators of domain values for property tests: addresses, keys, and services and servers that make sense.

import fc from 'fast-check'
import {type Address, type Family, formatAddress} from '../../src/domain/address.ts'
import {classOf} from '../../src/domain/address-class.ts'
import {type ForwardingMethod, plainTunnel, type Tunnel, tunnelTypes} from '../../src/domain/forwarding.ts'
import {dottedMask} from '../../src/domain/netmask.ts'
import {readsFlag, schedulers} from '../../src/domain/schedulers.ts'
import type {Server} from '../../src/domain/server.ts'
import {fullMask, type SchedulerFlag, type Service, type ServiceKey} from '../../src/domain/service.ts'
import type {ConfiguredService} from '../../src/domain/table.ts'

const bytes = (length: number) =>
  // Zero bytes in abundance: runs of them are what the text of an IPv6 address is about.
  fc.array(fc.oneof({weight: 2, arbitrary: fc.constant(0)}, fc.nat(255)), {minLength: length, maxLength: length})

export const addressOf = (family: Family): fc.Arbitrary<Address> =>
  bytes(family === 'ipv4' ? 4 : 16).map((list) => formatAddress(Uint8Array.from(list)))

export const anyAddress: fc.Arbitrary<Address> = fc.oneof(addressOf('ipv4'), addressOf('ipv6'))

/** Of one host, routable, not this one. */
const hostAddress = (family: Family): fc.Arbitrary<Address> =>
  addressOf(family).filter((address) => classOf(address) === 'unicast')

const anyFamily = fc.constantFrom<Family>('ipv4', 'ipv6')

const port = fc.integer({min: 1, max: 65_535})

const markOf = (family: Family): fc.Arbitrary<ServiceKey> =>
  fc.record({
    kind: fc.constant('fwmark' as const),
    mark: fc.integer({min: 1, max: 2 ** 32 - 1}),
    family: fc.constant(family),
  })

const addressKeyOf = (family: Family): fc.Arbitrary<ServiceKey> =>
  fc.record({
    kind: fc.constant('address' as const),
    protocol: fc.constantFrom('tcp' as const, 'udp' as const, 'sctp' as const),
    address: hostAddress(family),
    port,
  })

const serviceKeyOf = (family: Family): fc.Arbitrary<ServiceKey> => fc.oneof(addressKeyOf(family), markOf(family))

export const anyServiceKey: fc.Arbitrary<ServiceKey> = anyFamily.chain(serviceKeyOf)

const flags: readonly SchedulerFlag[] = ['flag-1', 'flag-2', 'flag-3']

/** Settings that fit the key: nothing that validation would object to. */
const serviceWith = (key: ServiceKey, family: Family): fc.Arbitrary<Service> => {
  const udp = key.kind === 'fwmark' || key.protocol === 'udp'
  const mask =
    family === 'ipv4' ? fc.integer({min: 1, max: 32}).map(dottedMask) : fc.integer({min: 1, max: 128}).map(String)
  return fc
    .record({
      scheduler: fc.constantFrom(
        ...schedulers.map(({name}) => name).filter((name) => name !== 'none' && name !== 'ovf'),
      ),
      flags: fc.subarray([...flags]),
      persistence: fc.option(fc.integer({min: 1, max: 2_678_400}), {nil: undefined}),
      mask,
      engine: fc.boolean(),
      onePacket: fc.boolean(),
    })
    .map(({scheduler, flags, persistence, mask, engine, onePacket}) => ({
      key,
      scheduler,
      schedulerFlags: flags.filter((flag) => readsFlag(scheduler, flag)),
      netmask: persistence === undefined ? fullMask[family] : mask,
      onePacket: onePacket && udp && persistence === undefined,
      ...(persistence !== undefined && {persistence}),
      ...(engine && udp && persistence !== undefined && {engine: 'sip'}),
    }))
}

export const anyService: fc.Arbitrary<Service> = anyFamily.chain((family) =>
  serviceKeyOf(family).chain((key) => serviceWith(key, family)),
)

const tunnel: fc.Arbitrary<Tunnel> = fc.constantFrom(...tunnelTypes).chain(({name, needsPort, checksums}) =>
  fc.record({
    type: fc.constant(name),
    port: needsPort ? port : fc.constant(0),
    checksum: fc.constantFrom(...checksums),
  }),
)

const thresholds = fc
  .tuple(fc.nat(2 ** 31 - 1), fc.nat(2 ** 31 - 1))
  .map(([a, b]) => ({upperThreshold: Math.max(a, b), lowerThreshold: Math.min(a, b)}))

/** A server that the service can have. */
const serverOf = (service: Service, family: Family): fc.Arbitrary<Server> =>
  fc.constantFrom<ForwardingMethod>('gatewaying', 'tunneling', 'masquerading').chain((forwarding) => {
    const servicePort = service.key.kind === 'address' ? service.key.port : 0
    const own = service.key.kind === 'address' ? service.key.address : undefined
    const host = forwarding === 'tunneling' ? anyFamily.chain(hostAddress) : hostAddress(family)
    return fc
      .record({
        address: host.filter((address) => address !== own),
        port: forwarding === 'masquerading' && servicePort !== 0 ? port : fc.constant(servicePort),
        forwarding: fc.constant(forwarding),
        weight: fc.nat(65_535),
        tunnel: forwarding === 'tunneling' ? tunnel : fc.constant(plainTunnel),
        thresholds,
      })
      .map(({thresholds, ...rest}) => ({...rest, ...thresholds}))
  })

export const configuredService: fc.Arbitrary<ConfiguredService> = anyFamily.chain((family) =>
  serviceKeyOf(family)
    .chain((key) => serviceWith(key, family))
    .chain((service) =>
      fc.record({
        service: fc.constant(service),
        servers: fc.uniqueArray(serverOf(service, family), {
          maxLength: 4,
          selector: ({address, port}) => `${address} ${port}`,
        }),
      }),
    ),
)
