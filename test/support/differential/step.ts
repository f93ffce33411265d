// What the differential test passes around: one start of ipvsadm, what it said, and what the table was after it. Plain
// data, so that it can be written to a file, committed and run again.

/** One start. */
export interface Step {
  readonly argv: readonly string[]
  /** For `--restore`; nothing else reads it. */
  readonly input?: string
  /** Through a process of its own, as an operator starts it. The others run in the process of the test, which is faster. */
  readonly process?: true
}

export interface Said {
  readonly stdout: string
  readonly stderr: string
  /** Of a process that a signal ended, as a shell says it: 128 and its number. */
  readonly code: number
}

/** All that can be set in a network namespace, one line a fact, in canonical order. */
export type State = readonly string[]

export interface Outcome extends Said {
  readonly state: State
}

/** A step as a shell would read it; for people. */
export function formatStep({argv, input, process}: Step): string {
  const words = argv.map((word) => (/^[\w.,:/=@%+[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
  const command = [...(process ? ['exec'] : []), 'ipvsadm', ...words].join(' ')
  return input === undefined ? command : `${command} <<< ${JSON.stringify(input)}`
}
