// The contract of hosts on the lab kernel, which has the modules that the machine of the unit tests may lack.

import {join} from 'node:path'
import {beforeAll, expect, test} from 'vitest'
import {shellWords} from '../../src/lab/shell-quote.ts'
import {hostContract, moduleContract} from '../contract/host-contract.ts'
import {useLab} from '../support/lab.ts'

const lab = useLab()
const results = new Map<string, string>()

beforeAll(async () => {
  const runner = join(import.meta.dirname, '../contract/run-host-on-kernel.ts')
  const {stdout} = await lab.on(undefined, `modprobe ipv6; ${shellWords([process.execPath, runner])}`)
  for (const line of stdout.trimEnd().split('\n')) {
    const {name, error} = JSON.parse(line) as {name: string; error?: string}
    results.set(name, error ?? 'as agreed')
  }
})

test.each([...hostContract, ...moduleContract])('$name', ({name}) => {
  expect(results.get(name)).toBe('as agreed')
})
