// The question whether nf_tables knows a family, asked of this machine's kernel in a network namespace of its own.

import {describe, expect, test} from 'vitest'
import {hasNfTables} from '../../../src/host/nf-tables.ts'
import {canUnshare, useNamespace} from '../../support/namespace.ts'

describe.runIf(canUnshare)('this kernel (needs root)', () => {
  useNamespace()

  test('answers for both families, twice the same: the question makes no table', () => {
    for (const family of ['ipv4', 'ipv6'] as const) expect(hasNfTables(family)).toBe(hasNfTables(family))
  })

  test('tells root alone', () => {
    process.seteuid?.(65534)
    try {
      expect(() => hasNfTables('ipv4')).toThrow(/EPERM/)
    } finally {
      process.seteuid?.(0)
    }
  })
})
