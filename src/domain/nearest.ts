// Which of the known words was meant by a mistyped one.

/**
 * The candidates that are near enough to be worth a "did you mean", best first: one slip of the finger for every three
 * letters (a letter more, less, other, or two swapped), at least one. Of equals those of the word's own length come first.
 */
export function nearest(word: string, candidates: Iterable<string>, max = 3): string[] {
  const allowed = Math.max(1, Math.floor(word.length / 3))
  return [...candidates]
    .map((candidate) => ({candidate, slips: slipsBetween(word, candidate)}))
    .filter(({slips}) => slips <= allowed)
    .sort((a, b) => a.slips - b.slips || lengthening(word, a.candidate) - lengthening(word, b.candidate))
    .slice(0, max)
    .map(({candidate}) => candidate)
}

const lengthening = (word: string, candidate: string): number => Math.abs(word.length - candidate.length)

/** Edit distance with transpositions (optimal string alignment). */
function slipsBetween(left: string, right: string): number {
  let beforeLast: number[] = []
  let last = Array.from({length: right.length + 1}, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const row = [i]
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1]
      let slips = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + (same ? 0 : 1),
      )
      if (left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1])
        slips = Math.min(slips, (beforeLast[j - 2] as number) + 1)
      row.push(slips)
    }
    beforeLast = last
    last = row
  }
  return last[right.length] as number
}
