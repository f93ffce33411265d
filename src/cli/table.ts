// Aligned columns for people, without borders. The only importer of cli-table3, which is loaded when a terminal gets its
// first table; pipes get lines that need no layout (listing-lines.ts). What gives way on a narrow terminal is in
// fit-table.ts.

import type CliTable from 'cli-table3'
import {fitTable, gap, type TableLine, type TableOptions, type TableRow} from './fit-table.ts'

/** Text with a newline after every row. */
export async function renderTable(rows: readonly (TableRow | TableLine)[], options: TableOptions): Promise<string> {
  const {default: Table} = await import('cli-table3')
  const {rows: fitting, widths} = fitTable(rows, options)
  const shown = fitting.filter((row) => typeof row !== 'string')
  const rendered: string[] = []
  for (let start = 0; start < shown.length; start += blockSize)
    rendered.push(...renderBlock(Table, shown.slice(start, start + blockSize), widths))
  let next = 0
  return fitting.map((row) => `${typeof row === 'string' ? row : rendered[next++]}\n`).join('')
}

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
