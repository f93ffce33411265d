// A few rows in aligned columns for people, without borders. The only importer of cli-table3, which is loaded when a
// terminal gets such a table. The listing of the IPVS table, which may have ten thousand rows and must give way on a narrow
// terminal, has a layout of its own (layout.ts); pipes get lines that need none.

export interface TableCell {
  readonly text: string
  readonly paint?: ((text: string) => string) | undefined
  readonly align?: 'left' | 'right'
}

/** Text with a newline after every row. */
export async function renderTable(rows: readonly (readonly TableCell[])[]): Promise<string> {
  const {default: Table} = await import('cli-table3')
  const table = new Table({
    chars: {...noBorders, middle: '  '},
    style: {'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true},
    wordWrap: false,
  })
  for (const row of rows)
    table.push(row.map(({text, paint, align = 'left'}) => ({content: paint ? paint(text) : text, hAlign: align})))
  const lines = table.toString().split('\n')
  return rows.length === 0 ? '' : lines.map((line) => `${line.trimEnd()}\n`).join('')
}

const noBorders = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .map((place) => [place, '']),
)
