// Many short texts for one stream, written a good piece at a time: a system call for each line would take longer than
// the line.

import type {Output} from './output.ts'

const enough = 32 * 1024

export class Batch {
  private readonly out: Output
  private parts: string[] = []
  private length = 0

  constructor(out: Output) {
    this.out = out
  }

  /** False: nobody reads any more. */
  add(text: string): boolean {
    this.parts.push(text)
    this.length += text.length
    if (this.length >= enough) this.flush()
    return this.out.closed !== true
  }

  flush(): void {
    if (this.length > 0) this.out.write(this.parts.join(''))
    this.parts = []
    this.length = 0
  }
}
