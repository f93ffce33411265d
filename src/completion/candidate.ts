// One word that could stand where the cursor is.

export interface Candidate {
  readonly value: string
  /** A few words beside it, in shells that show such. */
  readonly about?: string | undefined
  /** Not the whole word: more has to follow without a blank, as the port after `192.0.2.10:`. */
  readonly open?: boolean | undefined
}

/** What can stand at the cursor: words, or any file, which shells know better. */
export type Completion =
  | {readonly kind: 'words'; readonly candidates: readonly Candidate[]}
  /** `before`: what stands in the same word ahead of the file's name, as `--file=`. */
  | {readonly kind: 'files'; readonly before: string}

export const nothing: Completion = {kind: 'words', candidates: []}

/** A word once, its first appearance. */
export function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  return [...new Map(candidates.toReversed().map((one) => [one.value, one])).values()].toReversed()
}
