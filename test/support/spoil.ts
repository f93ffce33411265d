// Spoils good messages the way bad ones come: cut, with wrong lengths and types, bytes flipped, parts moved and doubled.

import fc, {type Arbitrary} from 'fast-check'

type Spoiling = (bytes: Uint8Array) => Uint8Array

const at = fc.nat({max: 0xffff})
const byte = fc.integer({min: 0, max: 0xff})
/** What lengths and types are usually wrong by. */
const awkward = fc.constantFrom(0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 0x7fff, 0x8000, 0xfffc, 0xffff)

const changed = (bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array => {
  const copy = bytes.slice()
  if (copy.length > 0) change(copy)
  return copy
}

const spoilings: Arbitrary<Spoiling> = fc.oneof(
  at.map(
    (where): Spoiling =>
      (bytes) =>
        bytes.slice(0, where % (bytes.length + 1)),
  ),
  fc.tuple(at, byte).map(
    ([where, value]): Spoiling =>
      (bytes) =>
        changed(bytes, (copy) => {
          copy[where % copy.length] = value
        }),
  ),
  // Lengths and types are 16 bits on an even place.
  fc.tuple(at, awkward).map(
    ([where, value]): Spoiling =>
      (bytes) =>
        changed(bytes, (copy) => {
          const place = (where % copy.length) & ~1
          copy[place] = value & 0xff
          if (place + 1 < copy.length) copy[place + 1] = value >> 8
        }),
  ),
  fc.tuple(at, at, at).map(
    ([from, length, to]): Spoiling =>
      (bytes) =>
        changed(bytes, (copy) => {
          const start = (from % copy.length) & ~3
          copy.copyWithin((to % copy.length) & ~3, start, start + (length % 64))
        }),
  ),
  fc.tuple(at, fc.uint8Array({maxLength: 12})).map(
    ([where, more]): Spoiling =>
      (bytes) => {
        const place = where % (bytes.length + 1)
        return Uint8Array.from([...bytes.subarray(0, place), ...more, ...bytes.subarray(place)])
      },
  ),
)

/** One of the good ones, spoilt a few times, or not at all. */
export const spoilt = (good: readonly Uint8Array[]): Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.constantFrom(...good), fc.array(spoilings, {maxLength: 4}))
    .map(([bytes, all]) => all.reduce((spoiled, spoil) => spoil(spoiled), bytes))
