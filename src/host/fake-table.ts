// What the machine's twin keeps rows of, as addresses and routes: it refuses what is there already, and what is not there.

import type {LvsctlError} from '../domain/problem.ts'

export interface FakeTableRules<Row> {
  /** Whether one keeps another out. */
  readonly excludes: (present: Row, added: Row) => boolean
  readonly exists: (added: Row) => LvsctlError
  /** Whether it is the one that shall go; without it, whether it excludes. */
  readonly isMeant?: (present: Row, removed: Row) => boolean
  readonly missing: (removed: Row) => LvsctlError
  readonly line: (row: Row) => string
}

export class FakeTable<Row> {
  private rows: readonly Row[]
  private readonly rules: FakeTableRules<Row>

  constructor(rules: FakeTableRules<Row>, rows: readonly Row[] = []) {
    this.rules = rules
    this.rows = rows
  }

  list(): readonly Row[] {
    return this.rows
  }

  has(row: Row): boolean {
    return this.rows.some((one) => this.rules.excludes(one, row))
  }

  add(row: Row): void {
    if (this.has(row)) throw this.rules.exists(row)
    this.rows = [...this.rows, row]
  }

  replace(row: Row): void {
    const at = this.rows.findIndex((one) => this.rules.excludes(one, row))
    this.rows = at < 0 ? [...this.rows, row] : this.rows.with(at, row)
  }

  remove(row: Row): void {
    const {isMeant = this.rules.excludes} = this.rules
    const at = this.rows.findIndex((one) => isMeant(one, row))
    if (at < 0) throw this.rules.missing(row)
    this.rows = this.rows.toSpliced(at, 1)
  }

  drop(isGone: (row: Row) => boolean): void {
    this.rows = this.rows.filter((row) => !isGone(row))
  }

  lines(): readonly string[] {
    return this.rows.map(this.rules.line).sort()
  }
}
