// man(7), written: headings, paragraphs, tagged lists, examples, and text in which nothing is taken for a request. What the
// pages say is in pages.ts.

/** Characters that troff would change, and `-`, which it would make a hyphen that nobody can search for or paste. */
const special: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
}

/** Text as it is, on one line. */
export function escapeText(text: string): string {
  return text.replaceAll('\n', ' ').replace(/[\\'`^~"-]|[^\0-\x7f]/gu, (one) => special[one] ?? unicode(one))
}

/** `…` → `\[u2026]` */
function unicode(character: string): string {
  return `\\[u${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}]`
}

/** A line of text: one that begins with a dot would be a request. Quotes are escaped everywhere. */
const textLine = (roff: string): string => (roff.startsWith('.') ? `\\&${roff}` : roff)

export const bold = (text: string): string => `\\fB${escapeText(text)}\\fR`
export const italic = (text: string): string => `\\fI${escapeText(text)}\\fR`

/** `code` in backticks as in our Markdown becomes bold. */
export function marked(text: string): string {
  return text
    .split(/`([^`]*)`/)
    .map((part, index) => (index % 2 === 1 ? bold(part) : escapeText(part)))
    .join('')
}

/** A line of a page, escaped already. */
export type Roff = readonly string[]

export interface Title {
  readonly name: string
  readonly section: number
  readonly source: string
  readonly manual: string
}

/** No date: the same sources give the same page on any day. */
export function title({name, section, source, manual}: Title): Roff {
  return [`.TH ${quoted(name.toUpperCase())} ${section} "" ${quoted(source)} ${quoted(manual)}`]
}

export const heading = (text: string): Roff => [`.SH ${quoted(text)}`]
export const subheading = (text: string): Roff => [`.SS ${quoted(text)}`]

/** An argument of a request. */
const quoted = (text: string): string => `"${escapeText(text)}"`

/** `roff`: text that is escaped already. */
export const paragraph = (roff: string): Roff => ['.PP', textLine(roff)]

/** A term, and beneath it, set in, what it is. */
export const tagged = (term: string, ...about: readonly string[]): Roff => [
  '.TP',
  textLine(term),
  ...about.flatMap((text, index) => [...(index === 0 ? [] : ['.br']), textLine(text)]),
]

/** Lines as they are, set in. */
export const verbatim = (lines: readonly string[]): Roff => [
  '.PP',
  '.RS 4',
  '.nf',
  ...lines.map((line) => textLine(escapeText(line))),
  '.fi',
  '.RE',
]

/** Plain text as commands have it: paragraphs with blank lines between them, and lines set in by two blanks as they are. */
export function prose(text: string): Roff {
  return text
    .split(/\n{2,}/)
    .flatMap((block) => runs(block.split('\n')))
    .flatMap(({setIn, lines}) =>
      setIn ? verbatim(lines.map((line) => line.slice(2))) : paragraph(lines.map(escapeText).join(' ')),
    )
}

interface Run {
  readonly setIn: boolean
  readonly lines: string[]
}

function runs(lines: readonly string[]): readonly Run[] {
  const found: Run[] = []
  for (const line of lines.filter((one) => one.trim() !== '')) {
    const setIn = line.startsWith('  ')
    const last = found.at(-1)
    if (last?.setIn === setIn) last.lines.push(line)
    else found.push({setIn, lines: [line]})
  }
  return found
}
