// How a table gives way on a terminal that is too narrow for it, so that no line wraps: notes move below their row, columns that may
// go do, and at last names too long for what is left (IPv6 addresses) stand on a line of their own above it. Addresses are
// never cut. Pure; rendering is in layout.ts.

export interface Cell {
  readonly text: string
  /** Colour is put on after measuring. */
  readonly paint?: ((text: string) => string) | undefined
  readonly align?: 'left' | 'right'
  /** Of how many columns this cell takes the place. Behind a name, even 1 says that it may join it (see below). */
  readonly span?: number
}

export type TableRow = readonly Cell[]

/** A line of its own between rows, as it is and without say in the widths. */
export type TableLine = string

export interface LayoutOptions {
  /** Of the terminal. */
  readonly columns: number
  /** Columns that may go when it is too narrow, the first to go first. */
  readonly optional?: readonly number[]
  /** The last column are remarks, for which there is room below. */
  readonly notes?: boolean
}

/** Between columns. */
export const gap = 2

type Rows = readonly (TableRow | TableLine)[]

export function fitLayout(rows: Rows, {columns, optional = [], notes = false}: LayoutOptions): FittedLayout {
  const fits = (some: Rows): boolean => totalWidth(columnWidths(some)) <= columns
  let shown = notes && !fits(rows) ? rows.flatMap(noteBelow) : rows
  for (const [index, column] of optional.entries()) {
    if (fits(shown)) break
    const before = optional.slice(0, index).filter((one) => one < column).length
    shown = shown.map((row) => (isRow(row) ? withoutColumn(row, column - before) : row))
  }
  if (!fits(shown)) shown = shown.map((row) => (isRow(row) ? joinHead(row) : row))
  if (!fits(shown)) shown = foldRows(shown, columns)
  return {rows: shown, widths: columnWidths(shown)}
}

interface FittedLayout {
  readonly rows: Rows
  readonly widths: readonly number[]
}

const isRow = (row: TableRow | TableLine): row is TableRow => typeof row !== 'string'

const painted = ({text, paint}: Cell): string => (paint ? paint(text) : text)

const below = '    '

function noteBelow(row: TableRow | TableLine): Rows {
  const note = isRow(row) ? row.at(-1) : undefined
  if (!isRow(row) || !note) return [row]
  return note.text === '' ? [row.slice(0, -1)] : [row.slice(0, -1), `${below}${painted(note)}`]
}

interface JoinedCell extends Cell {
  readonly of: readonly [Cell, Cell]
}

/** A wide cell behind the name no longer waits for its column. */
function joinHead(row: TableRow): TableRow {
  const [head, second, ...rest] = row
  if (!head || !second?.span) return row
  const join = (left: string, right: string): string => `${left}${' '.repeat(gap)}${right}`
  const joined: JoinedCell = {
    text: join(head.text, second.text),
    paint: () => join(painted(head), painted(second)),
    span: second.span + 1,
    of: [head, second],
  }
  return [joined, ...rest]
}

/** What is left of the width belongs to the first column; a name that is longer goes above the rest of its row. */
function foldRows(rows: Rows, columns: number): Rows {
  const heads = rows.filter(isRow).flatMap(([head]) => (head && !head.span ? [widthOf(head)] : []))
  const inner = columnWidths(rows.map((row) => (isRow(row) ? row.with(0, {...row[0], text: ''}) : row)))
  const limit = columns - totalWidth([0, ...inner.slice(1)]) - gap
  // The rest alone is too wide: the terminal may as well wrap.
  if (limit < 0) return rows
  const widest = heads.reduce((most, width) => (width <= limit ? Math.max(most, width) : most), 0)
  return rows.flatMap((row): Rows => {
    if (!isRow(row)) return [row]
    const [head, ...rest] = row
    const room = head?.span ? limit - widest + totalWidth([widest, ...inner.slice(1, head.span)]) : limit
    if (!head || widthOf(head) <= room) return [row]
    const above =
      'of' in head && widthOf(head) > columns
        ? (head as JoinedCell).of.map((part, index) => `${index > 0 ? below : ''}${painted(part)}`)
        : [painted(head)]
    const {paint: _, ...blank} = {...head, text: ' '.repeat(Math.min(below.length, limit))}
    return rest.every(({text}) => text === '') ? above : [...above, [blank, ...rest]]
  })
}

/** In characters, each of which takes one place: there are no others in a listing. */
export function widthOf({text}: Cell): number {
  return [...text].length
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
function columnWidths(rows: Rows): readonly number[] {
  const widths: number[] = []
  const spanning: {start: number; span: number; length: number}[] = []
  for (const row of rows) {
    if (!isRow(row)) continue
    let at = 0
    for (const cell of row) {
      const span = cell.span ?? 1
      if (span === 1) widths[at] = Math.max(widths[at] ?? 0, widthOf(cell))
      else spanning.push({start: at, span, length: widthOf(cell)})
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
