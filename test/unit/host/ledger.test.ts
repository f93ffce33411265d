import {expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {formatLedger, type Ledger, ledgerPath, parseLedger} from '../../../src/realserver/ledger.ts'

const ledger: Ledger = {
  vips: [
    {address: address('192.168.1.200'), origin: 'added'},
    {address: address('2001:db8::200'), origin: 'adopted'},
  ],
  sysctls: [{key: 'net.ipv4.conf.all.arp_ignore', found: '0', set: '1'}],
  present: [address('2001:db8::200')],
}
const path = ledgerPath('4026531840')

test('the file is named after the namespace', () => expect(path).toBe('/run/lvsctl/realserver-4026531840.json'))

test('what is written is read', () => {
  expect(parseLedger(formatLedger(ledger), path)).toEqual(ledger)
  expect(JSON.parse(formatLedger(ledger))).toMatchObject({version: 1})
})

const changed = (change: object) => JSON.stringify({version: 1, ...ledger, ...change})

test.each([
  ['', 'is not JSON'],
  [formatLedger(ledger).slice(0, 40), 'is not JSON'],
  ['[]', 'is not an object'],
  ['null', 'is not an object'],
  [changed({version: 2}), 'has version 2, this lvsctl knows 1'],
  [changed({version: undefined}), 'has version undefined'],
  [changed({vips: {}}), 'lacks a list'],
  [changed({sysctls: undefined}), 'lacks a list'],
  [changed({vips: [{address: '192.168.1.300', origin: 'added'}]}), 'has a VIP that is none'],
  [changed({vips: [{address: '192.168.1.200', origin: 'stolen'}]}), 'has a VIP that is none'],
  [changed({vips: ['192.168.1.200']}), 'has a VIP that is none'],
  [changed({sysctls: [{key: 'a.b', found: 0, set: '1'}]}), 'has a setting that is none'],
  [changed({present: ['x']}), 'has "x" for an address'],
])('%j is refused: %s', (text, why) => {
  expect(() => parseLedger(text, path)).toThrow(
    expect.objectContaining({
      code: 'ledger-unreadable',
      message: expect.stringContaining(`${path} ${why}`),
      hint: expect.stringContaining(`mv ${path}`),
    }),
  )
})
