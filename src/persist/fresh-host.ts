// This machine as it would be just booted: what set-up plans on it is what a boot has to bring about. Read through it,
// everything that a role added is gone, and settings are as the kernel makes them.

import type {Address} from '../domain/address.ts'
import type {HostReader, Link, Route} from '../host/host.ts'
import type {Ledger} from '../host/ledger.ts'
import {persistedSysctls} from '../host/sysctl-files.ts'
import {fallbackDevices} from './lasting.ts'

/**
 * Settings that a role depends on, by the last part of the key: what the kernel starts with. They may have been right
 * before set-up, by hand or by a file that somebody removes one day, and are made to last in any case.
 */
export const kernelDefaults: Readonly<Record<string, string>> = {
  arp_ignore: '0',
  arp_announce: '0',
  ip_forward: '0',
  forwarding: '0',
  send_redirects: '1',
}

/** `notes`: files of the role that it must not see; a boot does not leave the one, and starts from the other. */
export function freshHost(
  host: HostReader,
  vips: readonly Address[],
  ledger: Ledger | undefined,
  notes: readonly string[],
): HostReader {
  const added = ledger?.vips.filter(({origin}) => origin === 'added').map(({address}) => address) ?? []
  const gone = [...(ledger?.links.map(({name}) => name) ?? []), ...fallbackDevices]
  const list = (folder: string) => host.list(folder).filter((name) => !name.includes('-lvsctl-'))
  const atBoot = persistedSysctls({list, readFile: (path) => host.readFile(path)})
  const isGone = (name: string | undefined) => name !== undefined && gone.includes(name)
  return {
    links: () =>
      host
        .links()
        .filter(({name}) => !isGone(name))
        .map((link) => asFound(link, ledger)),
    addresses: () =>
      host.addresses().filter((one) => ![...vips, ...added].includes(one.address) && !isGone(one.interface)),
    routes: () => host.routes().flatMap((route) => before(route, ledger)),
    fouPorts: () => host.fouPorts().filter(({port}) => !ledger?.fouPorts.some((one) => one.port === port)),
    // Built in and loaded look the same; to load what is built in does nothing.
    module: (name) => (host.module(name) === 'loaded' ? 'available' : host.module(name)),
    sysctl: (key) => {
      const current = host.sysctl(key)
      if (current === undefined) return undefined
      return (
        kernelDefaults[settingOf(key)] ??
        atBoot(key)?.value ??
        ledger?.sysctls.find((one) => one.key === key)?.found ??
        current
      )
    },
    readFile: (path) => (notes.includes(path) ? undefined : host.readFile(path)),
    inspect: (path) => (notes.includes(path) ? undefined : host.inspect(path)),
    list,
    neighbours: () => host.neighbours(),
    probe: (probe) => host.probe(probe),
    mergesSegments: (name) => host.mergesSegments(name),
    masqueradeTool: (family) => host.masqueradeTool(family),
    isMasqueraded: () => false,
    namespace: () => host.namespace(),
  }
}

export const settingOf = (key: string): string => key.slice(key.lastIndexOf('.') + 1)

function asFound(link: Link, ledger: Ledger | undefined): Link {
  const mtu = ledger?.mtus.find((one) => one.interface === link.name)?.found
  const down = ledger?.ups.includes(link.name)
  return {...link, ...(mtu !== undefined && {mtu}), ...(down && {up: false})}
}

/** What was there instead of a route that set-up made. */
function before(route: Route, ledger: Ledger | undefined): readonly Route[] {
  const entry = ledger?.routes.find((one) => isSameRoute(one.route, route))
  if (!entry) return [route]
  return entry.was ? [entry.was] : []
}

const isSameRoute = (a: Route, b: Route): boolean =>
  (['family', 'destination', 'prefixLength', 'gateway', 'interface', 'priority', 'table'] as const).every(
    (name) => a[name] === b[name],
  )
