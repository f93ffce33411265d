// The shortest sequence that still shows what a longer one showed: fewer steps first, then fewer words, then fewer lines.

import type {Step} from './step.ts'

/** `stillShows` is asked about ever shorter sequences; the given one is known to. */
export async function shrink(
  sequence: readonly Step[],
  stillShows: (sequence: readonly Step[]) => Promise<boolean>,
): Promise<readonly Step[]> {
  let asked = 0
  const shows = async (shorter: readonly Step[]): Promise<boolean> => asked++ < mostAsked && (await stillShows(shorter))
  const steps = await fewest(sequence, shows)
  let best = [...steps]
  for (const [index, step] of steps.entries()) {
    const withStep = (one: Step) => best.with(index, one)
    const argv = await fewest(step.argv, (words) => shows(withStep({...step, argv: words})))
    let shorter: Step = {...step, argv}
    if (step.input !== undefined) {
      const lines = await fewest(step.input.split(/(?<=\n)/), (kept) =>
        shows(withStep({...shorter, input: kept.join('')})),
      )
      shorter = {...shorter, input: lines.join('')}
    }
    best = withStep(shorter)
  }
  return best
}

/** Each costs a run; what is left then is short enough to read. */
const mostAsked = 150

/** Halves, quarters, … single items are left out as long as the rest still shows it. */
async function fewest<Item>(
  items: readonly Item[],
  shows: (items: readonly Item[]) => Promise<boolean>,
): Promise<readonly Item[]> {
  let kept = items
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < kept.length; ) {
      const rest = kept.toSpliced(start, size)
      if (await shows(rest)) kept = rest
      else start += size
    }
  }
  return kept
}
