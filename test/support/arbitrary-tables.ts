// Pairs of tables that have to do with each other, as what runs and what a file says have: most of it the same, some of
// it changed, some gone, some new.

import fc from 'fast-check'
import type {Server} from '../../src/domain/server.ts'
import {compareServiceKeys, type Service} from '../../src/domain/service.ts'
import type {Configuration, ConfiguredService} from '../../src/domain/table.ts'
import {configuredService} from './arbitrary-domain.ts'

const anyConfiguration: fc.Arbitrary<Configuration> = fc.uniqueArray(configuredService, {
  maxLength: 5,
  comparator: (left, right) => compareServiceKeys(left.service.key, right.service.key) === 0,
})

const changedServer = (server: Server): fc.Arbitrary<Server | undefined> =>
  fc.oneof(
    {weight: 3, arbitrary: fc.constant(server)},
    {weight: 2, arbitrary: fc.nat(9).map((weight) => ({...server, weight}))},
    {weight: 1, arbitrary: fc.nat(99).map((upperThreshold) => ({...server, upperThreshold, lowerThreshold: 0}))},
    {weight: 1, arbitrary: fc.constant(undefined)},
  )

const changedService = ({service, servers}: ConfiguredService): fc.Arbitrary<ConfiguredService | undefined> =>
  fc.oneof(
    {weight: 2, arbitrary: fc.constant({service, servers})},
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          fc.constantFrom<Partial<Service>>({}, {scheduler: 'rr', schedulerFlags: []}, {persistence: 77}),
          fc.tuple(...servers.map(changedServer)),
          fc.boolean(),
        )
        .map(([settings, left, turned]) => {
          const there = left.filter((one) => one !== undefined)
          return {service: {...service, ...settings}, servers: turned ? there.toReversed() : there}
        }),
    },
    {weight: 1, arbitrary: fc.constant(undefined)},
  )

export interface Pair {
  readonly from: Configuration
  readonly to: Configuration
}

export const relatedTables: fc.Arbitrary<Pair> = fc
  .tuple(anyConfiguration, anyConfiguration)
  .chain(([from, fresh]) =>
    fc.tuple(fc.constant(from), fc.tuple(...from.map(changedService)), fc.constant(fresh), fc.boolean()),
  )
  .map(([from, kept, fresh, back]) => {
    const known = (one: ConfiguredService): boolean =>
      from.some(({service}) => compareServiceKeys(service.key, one.service.key) === 0)
    const to = [...fresh.filter((one) => !known(one)), ...kept.filter((one) => one !== undefined)]
    return back ? {from: to, to: from} : {from, to}
  })
