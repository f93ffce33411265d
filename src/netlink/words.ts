// The kernel's numbers and bits as words. A number without a word stays a number: newer kernels know more than we do.

export interface Words<Word extends string> {
  wordOf(number: number): Word | number
  numberOf(word: Word | number): number
}

export function words<const Word extends string>(
  rows: readonly (readonly [number: number, word: Word])[],
): Words<Word> {
  const byNumber = new Map(rows)
  const byWord = new Map(rows.map(([number, word]) => [word, number]))
  return {
    wordOf: (number) => byNumber.get(number) ?? number,
    numberOf: (word) => (typeof word === 'number' ? word : (byWord.get(word) as number)),
  }
}

type Bits<Word extends string> = {readonly [W in Word]?: true}

/** Bits ⇄ an object with a `true` for each that is set; bits without a word are dropped. */
export interface BitWords<Word extends string> {
  wordsOf(bits: number): Bits<Word>
  bitsOf(record: {readonly [W in Word]?: boolean}): number
}

export function bitWords<const Word extends string>(
  rows: readonly (readonly [bit: number, word: Word])[],
): BitWords<Word> {
  return {
    wordsOf: (bits) =>
      Object.fromEntries(rows.filter(([bit]) => bits & bit).map(([, word]) => [word, true])) as Bits<Word>,
    bitsOf: (record) => rows.reduce((bits, [bit, word]) => (record[word] ? bits | bit : bits), 0),
  }
}
