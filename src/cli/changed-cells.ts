// What is new in a table since it was last looked at: those cells are set in bold. Kept by the name of each row, so that a
// row that moved is no news. Pure but for its memory.

import type {Cell, TableRow} from './fit-layout.ts'
import type {Paint} from './output.ts'

export class ChangedCells {
  private before = new Map<string, readonly string[]>()
  private now = new Map<string, readonly string[]>()
  private readonly bold: (text: string) => string

  constructor({bold}: Pick<Paint, 'bold'>) {
    this.bold = bold
  }

  /** To be called for every row of a view; a row that was not there before is new altogether, unless it is the first view. */
  mark(name: string, row: TableRow): TableRow {
    const words = row.map(wordsOf)
    const old = this.before.get(name)
    this.now.set(name, words)
    if (this.before.size === 0) return row
    return row.map((cell, index) => (old?.[index] === words[index] ? cell : this.emphasise(cell)))
  }

  /** The view is complete. */
  next(): void {
    this.before = this.now
    this.now = new Map()
  }

  private emphasise(cell: Cell): Cell {
    const {paint} = cell
    return {...cell, paint: paint ? (text) => this.bold(paint(text)) : this.bold}
  }
}

/** Padding is not news, and neither is a bar beside its number. */
const wordsOf = ({text}: Cell): string => text.replace(/[\s█▏▎▍▌▋▊▉]+/g, ' ').trim()
