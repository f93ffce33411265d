// Whatever makes sense passes validation, and parsers read what formatters write.

import fc from 'fast-check'
import {expect, test} from 'vitest'
import {formatSchedulerFlags, parseSchedulerFlags, schedulers} from '../../src/domain/schedulers.ts'
import {serverEquals} from '../../src/domain/server.ts'
import {compareServiceKeys, type SchedulerFlag, serviceEquals, serviceKeyEquals} from '../../src/domain/service.ts'
import {validateServer, validateService} from '../../src/domain/validate.ts'
import {anyService, anyServiceKey, configuredService} from '../support/arbitrary-domain.ts'

test('good services and servers have no problems', () => {
  fc.assert(
    fc.property(configuredService, ({service, servers}) => {
      expect(validateService(service)).toEqual([])
      for (const server of servers) expect(validateServer(service, server, {ipv4Configured: true})).toEqual([])
    }),
    {numRuns: 200},
  )
})

test('an edit that changes nothing has no problems, whatever runs', () => {
  const mutilated = fc
    .tuple(configuredService, fc.nat(70_000), fc.integer(), fc.string())
    .map(([{service, servers}, port, number, word]) => ({
      service: {...service, scheduler: word, engine: word, onePacket: true, netmask: word},
      servers: servers.map((server) => ({...server, port, weight: number, lowerThreshold: number})),
    }))
  fc.assert(
    fc.property(mutilated, ({service, servers}) => {
      expect(validateService(service, {current: service})).toEqual([])
      for (const server of servers) expect(validateServer(service, server, {current: server})).toEqual([])
    }),
  )
})

test('equality is reflexive and follows the key', () => {
  fc.assert(
    fc.property(anyService, anyService, (left, right) => {
      expect(serviceEquals(left, structuredClone(left))).toBe(true)
      expect(serviceKeyEquals(left.key, right.key)).toBe(compareServiceKeys(left.key, right.key) === 0)
      if (!serviceKeyEquals(left.key, right.key)) expect(serviceEquals(left, right)).toBe(false)
    }),
  )
  fc.assert(
    fc.property(configuredService, ({servers}) => {
      for (const server of servers)
        for (const other of servers) expect(serverEquals(server, structuredClone(other))).toBe(server === other)
    }),
  )
})

test('keys have a total order', () => {
  fc.assert(
    fc.property(fc.array(anyServiceKey, {maxLength: 12}), (keys) => {
      const sorted = keys.toSorted(compareServiceKeys)
      for (const [index, key] of sorted.entries())
        for (const later of sorted.slice(index)) {
          expect(compareServiceKeys(key, later)).toBeLessThanOrEqual(0)
          expect(Math.sign(compareServiceKeys(later, key))).toBe(-Math.sign(compareServiceKeys(key, later)) || 0)
        }
    }),
  )
})

test('scheduler flags: format → parse', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...schedulers),
      fc.subarray<SchedulerFlag>(['flag-1', 'flag-2', 'flag-3'], {minLength: 1}),
      ({name}, flags) => {
        expect(parseSchedulerFlags(name, formatSchedulerFlags(name, flags))).toEqual({ok: true, value: flags})
      },
    ),
  )
})
