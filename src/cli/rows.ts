// A few rows of a few words: in columns for people, with the first one bold; in a pipe with tabs between them.

import type {Output, Paint} from './output.ts'

export interface Row {
  readonly people: readonly string[]
  readonly pipe: readonly string[]
}

export async function formatRows(rows: readonly Row[], out: Output, paint: Paint): Promise<string> {
  if (!out.terminal) return rows.map(({pipe}) => `${pipe.join('\t')}\n`).join('')
  const {renderTable} = await import('./table.ts')
  return renderTable(
    rows.map(({people}) => people.map((text, column) => ({text, paint: column === 0 ? paint.bold : undefined}))),
  )
}
