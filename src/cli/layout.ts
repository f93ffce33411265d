// Aligned columns for people, without borders; pipes get lines that need no layout (listing-lines.ts). What gives way on a
// narrow terminal is in fit-layout.ts. A listing of
// ten thousand servers took cli-table3 five seconds, which is why small tables alone are its work (table.ts).

import {type Cell, fitLayout, gap, type LayoutOptions, type TableLine, type TableRow, widthOf} from './fit-layout.ts'

/** Text with a newline after every row. */
export function layOut(rows: readonly (TableRow | TableLine)[], options: LayoutOptions): string {
  const {rows: shown, widths} = fitLayout(rows, options)
  return shown.map((row) => `${typeof row === 'string' ? row : renderRow(row, widths)}\n`).join('')
}

const between = ' '.repeat(gap)

/** A column in which nothing stands takes no room. */
function renderRow(row: TableRow, widths: readonly number[]): string {
  const cells: string[] = []
  let at = 0
  for (const cell of row) {
    const span = cell.span ?? 1
    const width = widthOfColumns(widths, at, at + span)
    if (width > 0) cells.push(renderCell(cell, width))
    at += span
  }
  return cells.join(between).trimEnd()
}

/** Colour is for the text, not for what fills the column. */
function renderCell(cell: Cell, width: number): string {
  const {text, paint, align} = cell
  const fill = ' '.repeat(Math.max(0, width - widthOf(cell)))
  const painted = paint ? paint(text) : text
  return align === 'right' ? fill + painted : painted + fill
}

function widthOfColumns(widths: readonly number[], start: number, end: number): number {
  let total = 0
  for (let index = start; index < end; index++) {
    const width = widths[index] ?? 0
    if (width > 0) total += width + (total > 0 ? gap : 0)
  }
  return total
}
