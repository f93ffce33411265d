// Rules beside the real ipvsadm on the real kernel: what it saves is read, what is written it restores, and both are the
// same lines but for what it leaves out.

import fc from 'fast-check'
import {expect, test} from 'vitest'
import type {SavedState} from '../../src/domain/saved-state.ts'
import {familyOfKey, fullMask} from '../../src/domain/service.ts'
import type {ConfiguredService} from '../../src/domain/table.ts'
import {formatRules} from '../../src/formats/rules/format.ts'
import {parseRules} from '../../src/formats/rules/parse.ts'
import {configuredService} from '../support/arbitrary-domain.ts'
import {inOrder} from '../support/canonical-order.ts'
import {useLab} from '../support/lab.ts'

const lab = useLab()

/** What `ipvsadm -S` says of it: no thresholds; masks of persistent services only; see misread.ts for the rest. */
const asIpvsadmSaves = ({configuration, ...rest}: SavedState): SavedState => ({
  ...rest,
  configuration: configuration.map(({service, servers}) => ({
    service: service.persistence === undefined ? {...service, netmask: fullMask[familyOfKey(service.key)]} : service,
    servers: servers.map((server) => ({...server, upperThreshold: 0, lowerThreshold: 0})),
  })),
})

/** inet_ntop(3) writes these as `::1.2.3.4`, where RFC 5952 has `::102:304`; both read both. */
const hasDottedTail = (address: string): boolean => /^::[\da-f]+:[\da-f]+$/.test(address)

/** Above, ipvsadm 1.31 writes marks as negative numbers; the lab's kernel is built without twos. */
const fits = ({service: {key, scheduler}, servers}: ConfiguredService): boolean =>
  (key.kind === 'address' ? !hasDottedTail(key.address) : key.mark < 2 ** 31) &&
  scheduler !== 'twos' &&
  !servers.some(({address}) => hasDottedTail(address))

/** ipvsadm 1.31 sorts by the difference of two addresses, in 32 bits with a sign: 129.0.0.1 comes before 1.0.0.1. */
const lines = (text: string): readonly string[] => text.split('\n').sort()

async function restoreAndSave(rules: string): Promise<string> {
  const {stdout} = await lab.on(
    undefined,
    `ip link set lo up; ipvsadm -C; cat > /tmp/rules <<'END'\n${rules}END\nipvsadm -R < /tmp/rules 2>&1; ipvsadm -Sn`,
  )
  return stdout
}

test('any table comes back through ipvsadm, line for line', {timeout: 120_000}, async () => {
  const tables = fc.uniqueArray(configuredService.filter(fits), {
    minLength: 1,
    maxLength: 12,
    selector: ({service: {key}}) => JSON.stringify(key),
  })
  await fc.assert(
    fc.asyncProperty(tables, async (table) => {
      const state = {configuration: inOrder(table)}
      const saved = await restoreAndSave(formatRules(state).text)
      expect(lines(saved)).toEqual(lines(formatRules(asIpvsadmSaves(state)).text))
      expect(inOrder(parseRules(saved).state?.configuration ?? [])).toEqual(asIpvsadmSaves(state).configuration)
    }),
    {numRuns: 40},
  )
})

test('what inet_ntop(3) writes with a dotted tail is the same address', async () => {
  const saved = await restoreAndSave('-A -t [::5600:1]:80 -s rr\n')
  expect(saved).toBe('-A -t [::86.0.0.1]:80 -s rr\n')
  const {state} = parseRules(saved)
  expect(state && formatRules(state).text).toBe('-A -t [::5600:1]:80 -s rr\n')
})

test('marks above 2147483647 and flag 3 of a hashing scheduler are mended in what ipvsadm saves', async () => {
  const rules = '-A -f 3000000000 -s sh -b flag-3\n-a -f 3000000000 -r 127.0.0.1:0 -m -w 1\n'
  const saved = await restoreAndSave(rules)
  expect(saved).not.toBe(rules)
  const {state, repaired} = parseRules(saved)
  expect(state).toBeUndefined()
  const mended = parseRules(repaired?.text ?? '').state
  expect(mended && formatRules(mended).text).toBe(rules)
})
