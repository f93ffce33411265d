// Aligned columns for people, without borders. The only importer of cli-table3, which is loaded when a terminal gets its
// first table; pipes get lines that need no layout (listing-lines.ts).

import type CliTable from 'cli-table3'

export interface Cell {
  readonly text: string
  /** Colour is put on after measuring. */
  readonly paint?: ((text: string) => string) | undefined
  readonly align?: 'left' | 'right'
  /** Of how many columns this cell takes the place. */
  readonly span?: number
}

export type TableRow = readonly Cell[]

/** A line of its own between rows, as it is and without say in the widths. */
export type TableLine = string

export interface TableOptions {
  /** Of the terminal. */
  readonly columns: number
  /** Columns that may go when it is too narrow, the first to go first. */
  readonly optional?: readonly number[]
}

/** Text with a newline after every row. Addresses are never cut: what does not fit in any way is left to the terminal. */
export async function renderTable(
  rows: readonly (TableRow | TableLine)[],
  {columns, optional = []}: TableOptions,
): Promise<string> {
  const {default: Table} = await import('cli-table3')
  const shown = fitColumns(
    rows.filter((row) => typeof row !== 'string'),
    columns,
    optional,
  )
  const widths = columnWidths(shown)
  const rendered: string[] = []
  for (let start = 0; start < shown.length; start += blockSize)
    rendered.push(...renderBlock(Table, shown.slice(start, start + blockSize), widths))
  let next = 0
  return rows.map((row) => `${typeof row === 'string' ? row : rendered[next++]}\n`).join('')
}

const gap = 2

/** The layout of cli-table3 takes time by the square of the rows where cells span columns. */
const blockSize = 60

function renderBlock(Table: typeof CliTable, rows: readonly TableRow[], widths: readonly number[]): readonly string[] {
  const table = new Table({
    // One blank is the border between columns, which a cell over several columns counts on; the other is padding.
    chars: {...noBorders, middle: ' '},
    style: {'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true},
    colWidths: widths.map((width) => width + gap - 1),
    wordWrap: false,
  })
  for (const row of rows)
    table.push(
      row.map(({text, paint, align = 'left', span = 1}) => ({
        content: `${paint ? paint(text) : text}${align === 'right' ? ' '.repeat(gap - 1) : ''}`,
        colSpan: span,
        hAlign: align,
      })),
    )
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
}

const noBorders = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .map((place) => [place, '']),
)

/** Takes optional columns away until the rest fits, or until there is nothing more to take. */
function fitColumns(rows: readonly TableRow[], columns: number, optional: readonly number[]): readonly TableRow[] {
  let shown = rows
  let gone = 0
  for (const column of optional) {
    if (totalWidth(columnWidths(shown)) <= columns) return shown
    const before = optional.slice(0, gone).filter((one) => one < column).length
    shown = shown.map((row) => withoutColumn(row, column - before))
    gone++
  }
  return shown
}

const totalWidth = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width + (width > 0 ? gap : 0), -gap)

function withoutColumn(row: TableRow, column: number): TableRow {
  let at = 0
  return row.flatMap((cell) => {
    const span = cell.span ?? 1
    const covers = column >= at && column < at + span
    at += span
    if (!covers) return [cell]
    return span > 1 ? [{...cell, span: span - 1}] : []
  })
}

/** A cell that spans makes its last column wider where the text needs it. */
function columnWidths(rows: readonly TableRow[]): readonly number[] {
  const widths: number[] = []
  const spanning: {start: number; span: number; length: number}[] = []
  for (const row of rows) {
    let at = 0
    for (const {text, span = 1} of row) {
      if (span === 1) widths[at] = Math.max(widths[at] ?? 0, [...text].length)
      else spanning.push({start: at, span, length: [...text].length})
      at += span
    }
    for (let index = 0; index < at; index++) widths[index] ??= 0
  }
  for (const {start, span, length} of spanning) {
    const last = start + span - 1
    const before = widths.slice(start, last).reduce((sum, width) => sum + width + gap, 0)
    widths[last] = Math.max(widths[last] ?? 0, length - before)
  }
  return widths
}
