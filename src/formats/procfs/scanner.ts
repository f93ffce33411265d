// Reads a long text in place, column by column: files of /proc have lines by the ten thousand, and cutting each into
// pieces costs more memory than what is in them. A column is as wide as printf's `%-6d` made it, wider where the value
// is, and one more character ends it: a blank, a colon, or the newline.

const zero = 48

export class Scanner {
  position = 0
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  get done(): boolean {
    return this.position >= this.text.length
  }

  /** Passes the text if it stands here. */
  take(expected: string): boolean {
    if (!this.text.startsWith(expected, this.position)) return false
    this.position += expected.length
    return true
  }

  isAt(expected: string): boolean {
    return this.text.startsWith(expected, this.position)
  }

  /** `%-7s` */
  word(width: number): string {
    const start = this.position
    const end = this.text.indexOf(' ', start)
    this.position = Math.max(end, start + width) + 1
    return this.text.slice(start, end)
  }

  /** `%-6d`; NaN where something else stands. */
  decimal(width: number): number {
    const start = this.position
    let at = start
    let value = 0
    for (let digit = this.digitAt(at); digit >= 0 && digit <= 9; digit = this.digitAt(at)) {
      value = value * 10 + digit
      at++
    }
    this.position = Math.max(at, start + width) + 1
    return at === start || this.text.charCodeAt(at) > zero ? Number.NaN : value
  }

  /** `%04X`, and nothing more; NaN where something else stands. */
  hexadecimal(digits: number): number {
    const start = this.position
    this.position += digits
    return Number.parseInt(this.text.slice(start, this.position), 16)
  }

  /** The character that ended the column before. */
  ended(by: string): boolean {
    return this.text[this.position - 1] === by
  }

  /** What is left of the line, and on to the next one. */
  line(): string {
    return this.lineFrom(this.position)
  }

  /** The line from there on, and on to the one after it. */
  lineFrom(start: number): string {
    const end = this.text.indexOf('\n', start)
    this.position = end < 0 ? this.text.length : end + 1
    return this.text.slice(start, end < 0 ? undefined : end)
  }

  private digitAt(at: number): number {
    return this.text.charCodeAt(at) - zero
  }
}
