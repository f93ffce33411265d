// JSON text for programs: keys in the order they were written, and 64-bit counters as plain numbers with every digit.
// The shape of things in it is in json-shapes.ts.

/** A counter can be larger than 2^53; JSON.rawJSON (Node 22) writes it without passing through a double. */
export function toJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, (_key, one) => (typeof one === 'bigint' ? rawJson(String(one)) : one), indent)
}

const {rawJSON: rawJson} = JSON as unknown as {rawJSON: (text: string) => unknown}
