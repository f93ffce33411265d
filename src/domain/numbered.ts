// Names of the kernel's numbers. The kernel keeps some numbers without asking what they mean, so other tools can leave
// ones in the table that nobody has named: those are called by their number (`method-5`, `type-9`, `protocol-50`).

export interface Numbered<Name extends string> {
  readonly name: Name
  readonly number: number
}

export function nameOf<Name extends string, Prefix extends string>(
  rows: readonly Numbered<Name>[],
  prefix: Prefix,
  number: number,
): Name | `${Prefix}-${number}` {
  for (const row of rows) if (row.number === number) return row.name
  return `${prefix}-${number}`
}

export function numberOf(rows: readonly Numbered<string>[], name: string): number {
  for (const row of rows) if (row.name === name) return row.number
  return Number(name.slice(name.lastIndexOf('-') + 1))
}
