// What can be wrong, said the same way everywhere: a Problem is data (validation, lint and doctor return lists of
// them), an LvsctlError is a Problem that ends a command. How either is shown is decided in cli/.

/** Process exit codes by the kind of failure; `docs/exit-codes.md` is this table in prose. */
export const exitCodes = {
  unexpected: 1,
  usage: 2,
  missing: 3,
  exists: 4,
  permission: 5,
  unsupported: 6,
  partial: 7,
  deadline: 8,
  differences: 9,
} as const

export type Failure = keyof typeof exitCodes

export interface Problem {
  /** Stable, for programs: `address-not-unicast`, `scheduler-unknown` … */
  readonly code: string
  readonly severity: 'error' | 'warning'
  /** What the problem is about: an option (`-w`), a field, a file position. */
  readonly where?: string
  /** What was asked and what is so, one sentence, no full stop needed. */
  readonly message: string
  /** What to do. */
  readonly hint?: string
}

export interface ErrorDetails {
  readonly failure: Failure
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
  readonly problems?: readonly Problem[]
  readonly cause?: unknown
}

export class LvsctlError extends Error {
  readonly failure: Failure
  readonly code: string
  readonly hint: string | undefined
  readonly problems: readonly Problem[]

  constructor({failure, code, message, hint, problems = [], cause}: ErrorDetails) {
    super(message, cause === undefined ? undefined : {cause})
    this.name = 'LvsctlError'
    this.failure = failure
    this.code = code
    this.hint = hint
    this.problems = problems
  }

  get exit(): number {
    return exitCodes[this.failure]
  }
}

/** An error-severity problem, the common case. */
export function problem(code: string, message: string, extra: {hint?: string; where?: string} = {}): Problem {
  return {code, severity: 'error', message, ...extra}
}

/** Worth knowing, and no reason to stop. */
export function warning(code: string, message: string, extra: {hint?: string; where?: string} = {}): Problem {
  return {code, severity: 'warning', message, ...extra}
}

/** Whether none is an error: of a status, that nothing differs. */
export function isFine(problems: readonly Problem[]): boolean {
  return problems.every(({severity}) => severity !== 'error')
}

/** Throws when any problem is an error: one LvsctlError of kind `usage` that carries them all. */
export function refuse(problems: readonly Problem[]): void {
  const errors = problems.filter((one) => one.severity === 'error')
  const first = errors[0]
  if (!first) return
  throw new LvsctlError({
    failure: 'usage',
    code: first.code,
    message: errors.map((one) => (one.where ? `${one.where}: ${one.message}` : one.message)).join('\n'),
    hint: errors.length === 1 ? first.hint : undefined,
    problems: errors,
  })
}
