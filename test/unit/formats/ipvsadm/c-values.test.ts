// Numbers and addresses as the C library reads them.

import {expect, test} from 'vitest'
import {readIpv4, readLong, readPrefix, readWithin} from '../../../../src/formats/ipvsadm/c-values.ts'

test.each([
  ['0', 0n],
  ['007', 7n],
  ['+5', 5n],
  ['-5', -5n],
  [' \t\n\v\f\r7', 7n],
  ['9223372036854775807', 9223372036854775807n],
  ['-9223372036854775808', -9223372036854775808n],
  ['9223372036854775808', undefined],
  ['7 ', undefined],
  ['0x10', undefined],
  ['1e3', undefined],
  ['+', undefined],
  ['+-5', undefined],
  ['', undefined],
  ['１２', undefined],
])('strtol %j is %s', (text, value) => expect(readLong(text)).toBe(value))

test.each([
  ['0', 0],
  ['65535', 65_535],
  ['65536', undefined],
  ['-0', 0],
  ['-1', undefined],
  [' 80', 80],
  ['00000000000000080', 80],
  ['999999999', undefined],
  ['', undefined],
])('%j within 0 and 65535 is %s', (text, value) => expect(readWithin(text, 0, 65_535)).toBe(value))

test.each([
  ['64', 64],
  ['64abc', 64],
  [' +5x', 5],
  ['abc', 0],
  ['', 0],
  ['-5', -5],
  ['4294967360', 64],
  ['99999999999999999999', -1],
  ['-99999999999999999999', 0],
])('atoi %j is %i', (text, value) => expect(readPrefix(text)).toBe(value))

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['10.9', '10.0.0.9'],
  ['010.9.9.7', '8.9.9.7'],
  ['0x0a090906', '10.9.9.6'],
  ['256', '0.0.1.0'],
  ['10.0.0.1 x', '10.0.0.1'],
  [' 10.0.0.1', undefined],
  ['10.0.0.256', undefined],
  ['10.', undefined],
  ['08.1.1.1', undefined],
  ['0x', undefined],
  ['4294967296', undefined],
  ['', undefined],
  ['localhost', undefined],
])('inet_aton %j is %s', (text, value) => expect(readIpv4(text)).toBe(value))
