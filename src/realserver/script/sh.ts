// Shell text inside TypeScript: backslashes are the shell's, and `\${` is its `${`.

export function sh(strings: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({raw: strings.raw.map((text) => text.replaceAll('\\${', '${'))}, ...values)
}
