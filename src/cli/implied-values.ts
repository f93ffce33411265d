// Options whose value may be left out, as ipvsadm's `-p [seconds]`. oclif has no such thing, so the implied value is put
// into the arguments before it reads them.

export interface OptionFacts {
  readonly char?: string | undefined
  readonly type?: string | undefined
  /** What the option means when nothing follows it. */
  readonly implied?: string | undefined
}

/**
 * `-p -s rr` → `-p 360 -s rr`. The next word is the value unless it is an option (as in ipvsadm) or a service written
 * as `tcp://…`. In a bundle (`-op`) the option comes last, after options that take no value.
 */
export function expandImpliedValues(
  argv: readonly string[],
  flags: Readonly<Record<string, OptionFacts>>,
): readonly string[] {
  const optional = Object.entries(flags).filter(([, flag]) => flag.implied !== undefined)
  if (optional.length === 0) return argv
  const switches = Object.values(flags).flatMap(({type, char}) => (type === 'boolean' && char ? [char] : []))
  const impliedBy = (word: string): string | undefined =>
    optional.find(
      ([name, {char}]) =>
        word === `--${name}` ||
        (char &&
          /^-[^-]/.test(word) &&
          word.endsWith(char) &&
          [...word.slice(1, -1)].every((one) => switches.includes(one))),
    )?.[1].implied
  // `-p -5` is a wrong value, `-p -6` is not a value.
  const isOption = (word: string): boolean =>
    word.startsWith('-') && (!/^-\d/.test(word) || Object.values(flags).some(({char}) => word === `-${char}`))
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length
  return argv.flatMap((word, index) => {
    const implied = index < end ? impliedBy(word) : undefined
    const next = index + 1 < end ? argv[index + 1] : undefined
    return implied !== undefined && (next === undefined || isOption(next) || next.includes('://'))
      ? [word, implied]
      : [word]
  })
}
