// What starts an lvsctl again, whoever does it and whatever PATH they have.

/** Absolute paths. */
export interface Program {
  /** Of Node. */
  readonly node: string
  /** Of bin/lvsctl. */
  readonly script: string
}
