// /etc/services (services(5)): names of ports, for addresses such as `192.0.2.10:http`. Lines that say nothing usable are
// passed over, as getservbyname(3) does.

export type PortFinder = (name: string, protocol: string) => number | undefined

export function parseEtcServices(text: string): PortFinder {
  const ports = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [name, portAndProtocol, ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/)
    const [, port, protocol] = /^(\d+)\/(\w+)$/.exec(portAndProtocol ?? '') ?? []
    if (!name || !port || !protocol) continue
    for (const one of [name, ...aliases]) {
      const key = `${one}/${protocol}`
      if (!ports.has(key)) ports.set(key, Number(port))
    }
  }
  return (name, protocol) => ports.get(`${name}/${protocol}`)
}
