// The names that a command line or a listing is about, looked up elsewhere: who reads or writes here is pure, so it asks
// for an answer, and where there is none yet it says what is to be looked up.

export type Lookup =
  /** gethostbyname(3): the first IPv4 address. */
  | {readonly kind: 'address-of'; readonly host: string}
  /** gethostbyaddr(3) */
  | {readonly kind: 'host-of'; readonly address: string}
  /** getservbyname(3) */
  | {readonly kind: 'port-of'; readonly service: string; readonly protocol: string}
  /** getservbyport(3) */
  | {readonly kind: 'service-of'; readonly port: number; readonly protocol: string}

/** undefined: nothing has that name. */
export type Answer = string | number | undefined

/** What was looked up so far. */
export class KnownNames {
  private readonly answers = new Map<string, Answer>()
  /** What was asked for and is not known; who has looked it up asks again. */
  private missing = new Map<string, Lookup>()

  /** Without an answer yet: undefined, as if there were none, and it is among what is missing from then on. */
  ask(lookup: Lookup): Answer {
    const key = keyOf(lookup)
    const answer = this.answers.get(key)
    if (answer === undefined && !this.answers.has(key)) this.missing.set(key, lookup)
    return answer
  }

  learn(lookup: Lookup, answer: Answer): void {
    this.answers.set(keyOf(lookup), answer)
  }

  /** What has been asked for since the last time. */
  takeMissing(): readonly Lookup[] {
    if (this.missing.size === 0) return none
    const missing = [...this.missing.values()]
    this.missing = new Map()
    return missing
  }

  get size(): number {
    return this.answers.size
  }

  forget(): void {
    this.answers.clear()
  }
}

const none: readonly Lookup[] = []

function keyOf(lookup: Lookup): string {
  switch (lookup.kind) {
    case 'address-of':
      return `a ${lookup.host}`
    case 'host-of':
      return `h ${lookup.address}`
    case 'port-of':
      return `p ${lookup.protocol} ${lookup.service}`
    case 'service-of':
      return `s ${lookup.protocol} ${lookup.port}`
  }
}
