// /etc/services (services(5)): names of ports, for addresses such as `192.0.2.10:http`, and back. Lines that say nothing
// usable are passed over, as getservbyname(3) and getservbyport(3) do.

export type PortFinder = (name: string, protocol: string) => number | undefined
export type PortNamer = (port: number, protocol: string) => string | undefined

export function parseEtcServices(text: string): PortFinder {
  const ports = new Map<string, number>()
  for (const {names, port, protocol} of entriesOf(text))
    for (const name of names) {
      const key = `${name}/${protocol}`
      if (!ports.has(key)) ports.set(key, port)
    }
  return (name, protocol) => ports.get(`${name}/${protocol}`)
}

/** A port goes by the first name that it has. */
export function parsePortNames(text: string): PortNamer {
  const names = new Map<string, string>()
  for (const {names: given, port, protocol} of entriesOf(text)) {
    const key = `${port}/${protocol}`
    if (!names.has(key)) names.set(key, given[0])
  }
  return (port, protocol) => names.get(`${port}/${protocol}`)
}

interface Entry {
  /** The name, then its aliases. */
  readonly names: readonly [string, ...string[]]
  readonly port: number
  readonly protocol: string
}

function* entriesOf(text: string): Generator<Entry> {
  for (const line of text.split('\n')) {
    const [name, portAndProtocol, ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/)
    const [, port, protocol] = /^(\d+)\/(\w+)$/.exec(portAndProtocol ?? '') ?? []
    if (name && port && protocol) yield {names: [name, ...aliases], port: Number(port), protocol}
  }
}
