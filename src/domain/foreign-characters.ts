// Characters that word processors, chat programs and web pages put where ASCII was meant, and how to show a text that
// may hold them. IPVS rules are plain ASCII from end to end.

/** The character, the name people can search for, what was meant. */
const lookalikes = [
  ['\u2010', 'HYPHEN', '-'],
  ['\u2011', 'NON-BREAKING HYPHEN', '-'],
  ['\u2012', 'FIGURE DASH', '-'],
  ['\u2013', 'EN DASH', '-'],
  ['\u2014', 'EM DASH', '--'],
  ['\u2212', 'MINUS SIGN', '-'],
  ['\uff0d', 'FULLWIDTH HYPHEN-MINUS', '-'],
  ['\u00ad', 'SOFT HYPHEN', ''],
  ['\u00a0', 'NO-BREAK SPACE', ' '],
  ['\u202f', 'NARROW NO-BREAK SPACE', ' '],
  ['\u2009', 'THIN SPACE', ' '],
  ['\u3000', 'IDEOGRAPHIC SPACE', ' '],
  ['\u200b', 'ZERO WIDTH SPACE', ''],
  ['\u200c', 'ZERO WIDTH NON-JOINER', ''],
  ['\u200d', 'ZERO WIDTH JOINER', ''],
  ['\u200e', 'LEFT-TO-RIGHT MARK', ''],
  ['\u2060', 'WORD JOINER', ''],
  ['\ufeff', 'BYTE ORDER MARK', ''],
  ['\u2018', 'LEFT SINGLE QUOTATION MARK', "'"],
  ['\u2019', 'RIGHT SINGLE QUOTATION MARK', "'"],
  ['\u201c', 'LEFT DOUBLE QUOTATION MARK', '"'],
  ['\u201d', 'RIGHT DOUBLE QUOTATION MARK', '"'],
  ['\u2024', 'ONE DOT LEADER', '.'],
  ['\u3002', 'IDEOGRAPHIC FULL STOP', '.'],
  ['\uff0e', 'FULLWIDTH FULL STOP', '.'],
  ['\u2236', 'RATIO', ':'],
  ['\uff1a', 'FULLWIDTH COLON', ':'],
  ['\uff0c', 'FULLWIDTH COMMA', ','],
  ['\uff0f', 'FULLWIDTH SOLIDUS', '/'],
  ['\t', 'TAB', ' '],
  ['\n', 'LINE FEED', ' '],
  ['\r', 'CARRIAGE RETURN', ''],
] as const

const byCharacter = new Map<string, {name: string; plain: string}>(
  lookalikes.map(([character, name, plain]) => [character, {name, plain}]),
)

export interface ForeignCharacter {
  readonly character: string
  /** In UTF-16 units from the start. */
  readonly index: number
  /** `EN DASH (U+2013)`, or the code point alone where the table has no name. */
  readonly name: string
}

/** The first character that is not printable ASCII or a blank. */
export function findForeignCharacter(text: string): ForeignCharacter | undefined {
  const match = /[^\x20-\x7e]/u.exec(text)
  if (!match) return undefined
  const character = match[0]
  const name = byCharacter.get(character)?.name
  return {character, index: match.index, name: name ? `${name} (${codePoint(character)})` : codePoint(character)}
}

/** The text as it was probably meant; undefined where a character stands for no plain one. */
export function plainText(text: string): string | undefined {
  const plain = text
    .replace(/[^\x20-\x7e]/gu, (character) => byCharacter.get(character)?.plain ?? character.normalize('NFKC'))
    .trim()
  return findForeignCharacter(plain) ? undefined : plain
}

/** A text inside a message: as it is where every character shows, else quoted, with the invisible ones spelled out. */
export function shown(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 77)}...` : text
  if (/^[^\s\p{C}\p{Z}"]+$/u.test(short)) return short
  return `"${short.replace(/(?! )[\p{C}\p{Z}"\\]/gu, (character) => escapes.get(character) ?? codePoint(character, '\\u{', '}'))}"`
}

/** A text as it is, but what a terminal would obey is spelled out. */
export const printable = (text: string): string =>
  text.replace(/\p{C}/gu, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`)

const escapes = new Map([
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['"', '\\"'],
  ['\\', '\\\\'],
])

function codePoint(character: string, before = 'U+', after = ''): string {
  const hex = (character.codePointAt(0) as number).toString(16).toUpperCase()
  return `${before}${hex.padStart(4, '0')}${after}`
}
