// Counts by key, where there can be a million keys: a hash table in typed arrays. A key is six numbers of 32 bits; with its
// two counts and its place in the index it takes about 40 bytes, a fraction of what the kernel needs for a connection
// (struct ip_vs_conn), so every key is counted exactly and there is no limit. What a key means is in count.ts.

/** Numbers of 32 bits in a key. */
export const keyLength = 6

export type TallyKey = Uint32Array

export interface Counts {
  readonly connections: number
  readonly templates: number
}

const entrySize = keyLength + 2
/** Entries in a page: nothing that was counted is copied when there are more. */
const pageEntries = 1 << 14

export class Tally {
  private readonly pages: Uint32Array[] = []
  /** Entry number + 1, or 0; its length is a power of two. */
  private index = new Uint32Array(1 << 10)
  private entries = 0

  /** How many different keys there are. */
  get size(): number {
    return this.entries
  }

  add(key: TallyKey, template: boolean): void {
    const mask = this.index.length - 1
    let slot = hashOf(key, 0) & mask
    for (let entry = this.index[slot] as number; entry !== 0; entry = this.index[slot] as number) {
      const page = this.pageOf(entry - 1)
      const start = startOf(entry - 1)
      if (sameKey(page, start, key)) {
        const count = start + keyLength + (template ? 1 : 0)
        page[count] = (page[count] as number) + 1
        return
      }
      slot = (slot + 1) & mask
    }
    this.insert(slot, key, template)
  }

  keyOf(entry: number): TallyKey {
    const start = startOf(entry)
    return this.pageOf(entry).subarray(start, start + keyLength)
  }

  countsOf(entry: number): Counts {
    const page = this.pageOf(entry)
    const start = startOf(entry) + keyLength
    return {connections: page[start] as number, templates: page[start + 1] as number}
  }

  /** Entries, those with most connections first, then most templates, then by key; at most so many. */
  largest(most = Number.POSITIVE_INFINITY): Uint32Array {
    const compare = (left: number, right: number): number => this.compare(left, right)
    if (most >= this.entries) return Uint32Array.from({length: this.entries}, (_, entry) => entry).sort(compare)
    // Collects twice as many as are wanted, and some, before it throws the smaller half away.
    const best = new Uint32Array(most * 2 + 1024)
    let filled = 0
    for (let entry = 0; entry < this.entries; entry++) {
      best[filled++] = entry
      if (filled < best.length) continue
      best.sort(compare)
      filled = most
    }
    return best.subarray(0, filled).sort(compare).subarray(0, most)
  }

  private compare(left: number, right: number): number {
    const [a, b] = [this.pageOf(left), this.pageOf(right)]
    const [i, j] = [startOf(left), startOf(right)]
    for (let at = keyLength; at < entrySize; at++)
      if (a[i + at] !== b[j + at]) return (b[j + at] as number) - (a[i + at] as number)
    for (let at = 0; at < keyLength; at++)
      if (a[i + at] !== b[j + at]) return (a[i + at] as number) - (b[j + at] as number)
    return 0
  }

  private insert(slot: number, key: TallyKey, template: boolean): void {
    const entry = this.entries++
    if (entry % pageEntries === 0) this.pages.push(new Uint32Array(pageEntries * entrySize))
    const page = this.pageOf(entry)
    const start = startOf(entry)
    page.set(key, start)
    page[start + keyLength + (template ? 1 : 0)] = 1
    this.index[slot] = entry + 1
    if (this.entries * 3 > this.index.length * 2) this.grow()
  }

  private grow(): void {
    this.index = new Uint32Array(this.index.length * 2)
    const mask = this.index.length - 1
    for (let entry = 0; entry < this.entries; entry++) {
      let slot = hashOf(this.pageOf(entry), startOf(entry)) & mask
      while (this.index[slot] !== 0) slot = (slot + 1) & mask
      this.index[slot] = entry + 1
    }
  }

  private pageOf(entry: number): Uint32Array {
    return this.pages[(entry / pageEntries) | 0] as Uint32Array
  }
}

const startOf = (entry: number): number => (entry % pageEntries) * entrySize

/** Multiplies and mixes each number in, so that neighbouring addresses lie far apart. */
function hashOf(numbers: Uint32Array, start: number): number {
  let hash = 0
  for (let at = start; at < start + keyLength; at++) {
    hash = Math.imul(hash ^ (numbers[at] as number), 0x9e37_79b1)
    hash ^= hash >>> 15
  }
  return hash
}

function sameKey(page: Uint32Array, start: number, key: TallyKey): boolean {
  for (let at = 0; at < keyLength; at++) if (page[start + at] !== key[at]) return false
  return true
}
