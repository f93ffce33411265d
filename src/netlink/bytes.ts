// Growing output and bounds-checked input of bytes, in the byte order of this machine. Nothing about netlink but its
// alignment of 4 (NLMSG_ALIGNTO and NLA_ALIGNTO in include/uapi/linux/netlink.h).

/** Netlink integers are in host order; a CPU may be either (s390x is big-endian). */
export const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/** Not by masking: a length read from bytes may have its highest bit set, and JavaScript's `&` would make it negative. */
export const align = (length: number): number => length + (-length & 3)

/** Up to here a loop is quicker than the call of a builtin (measured). */
const shortLength = 64

export class Writer {
  private buffer: Uint8Array
  private view: DataView
  length = 0

  constructor(capacity = 256) {
    this.buffer = new Uint8Array(capacity)
    this.view = new DataView(this.buffer.buffer)
  }

  /** What has been written so far, as a view: copy it before writing on. */
  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length)
  }
  /** Empties it and keeps the memory. */
  clear(): void {
    this.length = 0
  }

  u8(value: number): void {
    const at = this.reserve(1)
    this.view.setUint8(at, value)
  }
  u16(value: number): void {
    const at = this.reserve(2)
    this.view.setUint16(at, value, littleEndian)
  }
  be16(value: number): void {
    const at = this.reserve(2)
    this.view.setUint16(at, value, false)
  }
  u32(value: number): void {
    const at = this.reserve(4)
    this.view.setUint32(at, value, littleEndian)
  }
  be32(value: number): void {
    const at = this.reserve(4)
    this.view.setUint32(at, value, false)
  }
  s32(value: number): void {
    const at = this.reserve(4)
    this.view.setInt32(at, value, littleEndian)
  }
  u64(value: bigint): void {
    const at = this.reserve(8)
    this.view.setBigUint64(at, value, littleEndian)
  }
  raw(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length)
    if (bytes.length > shortLength) this.buffer.set(bytes, at)
    else for (let index = 0; index < bytes.length; index++) this.buffer[at + index] = bytes[index] as number
  }
  zeros(count: number): void {
    const at = this.reserve(count)
    if (count > shortLength) this.buffer.fill(0, at, at + count)
    else for (let index = 0; index < count; index++) this.buffer[at + index] = 0
  }
  /** Zero bytes up to the next multiple of 4. */
  pad(): void {
    if (this.length & 3) this.zeros(align(this.length) - this.length)
  }
  /** Overwrites a length field written earlier as a placeholder. */
  patchU16(at: number, value: number): void {
    if (value > 0xffff) throw new RangeError(`${value} bytes do not fit an attribute's 16-bit length`)
    this.view.setUint16(at, value, littleEndian)
  }
  patchBe16(at: number, value: number): void {
    this.view.setUint16(at, value, false)
  }
  patchBe32(at: number, value: number): void {
    this.view.setUint32(at, value, false)
  }
  patchU32(at: number, value: number): void {
    this.view.setUint32(at, value, littleEndian)
  }

  /** May move the buffer and the view: call it before touching them. */
  private reserve(count: number): number {
    const at = this.length
    const needed = at + count
    if (needed > this.buffer.length) {
      const larger = new Uint8Array(Math.max(needed, this.buffer.length * 2))
      larger.set(this.buffer)
      this.buffer = larger
      this.view = new DataView(larger.buffer)
    }
    this.length = needed
    return at
  }
}

/**
 * A window on received bytes. Reading past its end throws RangeError; decoders turn that into a DecodeError with a name.
 * Slices share one DataView: a dump has half a million attributes, and a view each would cost more than reading them.
 */
export class Reader {
  length: number
  private readonly view: DataView
  private start: number

  constructor(bytes: Uint8Array | DataView, start = 0, length = bytes.byteLength - start) {
    this.view = bytes instanceof DataView ? bytes : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.start = start
    this.length = length
  }

  /** A window, too: copy what is to be kept. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.view.buffer, this.view.byteOffset + this.start, this.length)
  }
  u8(at = 0): number {
    return this.view.getUint8(this.check(at, 1))
  }
  u16(at = 0): number {
    return this.view.getUint16(this.check(at, 2), littleEndian)
  }
  be16(at = 0): number {
    return this.view.getUint16(this.check(at, 2), false)
  }
  u32(at = 0): number {
    return this.view.getUint32(this.check(at, 4), littleEndian)
  }
  be32(at = 0): number {
    return this.view.getUint32(this.check(at, 4), false)
  }
  s32(at = 0): number {
    return this.view.getInt32(this.check(at, 4), littleEndian)
  }
  u64(at = 0): bigint {
    return this.view.getBigUint64(this.check(at, 8), littleEndian)
  }
  slice(start: number, end: number): Reader {
    if (start < 0 || end > this.length || start > end) throw new RangeError('slice outside of the bytes')
    return new Reader(this.view, this.start + start, end - start)
  }

  /** Makes `window`, a slice of this one, another: a new one for every attribute would be half of the work. */
  move(window: Reader, start: number, end: number): void {
    if (start < 0 || end > this.length || start > end) throw new RangeError('slice outside of the bytes')
    window.start = this.start + start
    window.length = end - start
  }

  private check(at: number, count: number): number {
    if (at < 0 || at + count > this.length) throw new RangeError('read outside of the bytes')
    return this.start + at
  }
}
