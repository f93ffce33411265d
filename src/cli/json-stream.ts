// A JSON object of which one member is a list that comes an item at a time: never in memory as a whole, and valid however
// it ends.

import type {Batch} from './batch.ts'
import {toJson} from './json.ts'

export class JsonStream {
  private readonly batch: Batch
  private members = 0
  private items = 0

  constructor(batch: Batch) {
    this.batch = batch
  }

  member(name: string, value: unknown): void {
    this.batch.add(`${this.before()}${JSON.stringify(name)}: ${toJson(value).replaceAll('\n', '\n  ')}`)
  }

  beginList(name: string): void {
    this.items = 0
    this.batch.add(`${this.before()}${JSON.stringify(name)}: [`)
  }

  /** On a line of its own. False: nobody reads any more. */
  item(value: object): boolean {
    return this.batch.add(`${this.items++ === 0 ? '\n' : ',\n'}    ${JSON.stringify(value)}`)
  }

  endList(): void {
    this.batch.add(this.items === 0 ? ']' : '\n  ]')
  }

  end(): void {
    this.batch.add(this.members === 0 ? '{}\n' : '\n}\n')
    this.batch.flush()
  }

  private before(): string {
    return this.members++ === 0 ? '{\n  ' : ',\n  '
  }
}
