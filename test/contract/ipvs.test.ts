// The contract on the twin; test/lab/ipvs-contract.test.ts holds the kernel to the same.

import {describe, expect, test} from 'vitest'
import {memoryClient} from '../../src/ipvs/memory-client.ts'
import {contract, type World, worlds} from './ipvs.ts'
import {worldOf} from './worlds.ts'

describe.each(Object.keys(worlds) as World[])('%s', (world) => {
  test.each(contract.filter((one) => one.world === world))('$name', ({run}) => {
    run(memoryClient(worldOf(world)))
  })
})

test('every case has a name of its own', () => {
  const names = contract.map(({name}) => name)
  expect(new Set(names).size).toBe(names.length)
})
