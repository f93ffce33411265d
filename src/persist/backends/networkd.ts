// systemd-networkd: a .network file of ours for an interface that no other file is about, else a drop-in beside the file
// that is in charge of it. systemd.network(5)

import {familyOf} from '../../domain/address.ts'
import {type Problem, problem} from '../../domain/problem.ts'
import {describeFouPort} from '../../host/describe.ts'
import type {HostReader, InterfaceAddress, Route} from '../../host/host.ts'
import {type Backend, type BootFile, beyond, bootFileText, type PersistRequest} from '../backend.ts'
import {commonFiles} from '../common-files.ts'
import {aboutLink, isHomemade, linkNames} from '../lasting.ts'

const title = 'systemd-networkd'

export const networkd: Backend = {
  title,
  traces: ['/usr/lib/systemd/systemd-networkd', '/lib/systemd/systemd-networkd'],
  plan: (request, host) => {
    const {role, lasting} = request
    const settled = linkNames(lasting).map((name) => networkFile(name, request, host))
    return {
      files: [
        ...commonFiles(request),
        ...lasting.links.flatMap(({name, kind}) =>
          kind
            ? [
                {
                  path: `${folder}/60-lvsctl-${role}-${name}.netdev`,
                  content: bootFileText(role, netdevText(name, kind)),
                },
              ]
            : [],
        ),
        ...settled.flatMap((one) => ('path' in one ? [one] : [])),
      ],
      links: [],
      problems: [
        ...settled.flatMap((one) => ('path' in one ? [] : [one])),
        // It has words for them, [FooOverUDP], and with them systemd 252 on Linux 6.1 is refused by the kernel: ERANGE.
        ...lasting.fouPorts.map((port) => beyond(title, `"ip fou add ${describeFouPort(port)}"`)),
        ...lasting.masquerades.map(({vip}) => beyond(title, `masquerading of connections to ${vip}`)),
      ],
    }
  },
}

const folder = '/etc/systemd/network'

function networkFile(name: string, {role, lasting}: PersistRequest, host: HostReader): BootFile | Problem {
  const {links, addresses, routes} = aboutLink(lasting, name)
  const mtu = links.find((one) => one.mtu !== undefined)?.mtu
  const sections = [...addresses.map(addressSection), ...routes.map(routeSection)]
  const own = `60-lvsctl-${role}-${name}.network`
  const inCharge = networkFileOf(name, host)
  if (inCharge !== undefined && inCharge !== own)
    return {
      path: `${folder}/${inCharge}.d/60-lvsctl-${role}.conf`,
      content: bootFileText(
        role,
        [...(mtu === undefined ? [] : [`[Link]\nMTUBytes=${mtu}\n`]), ...sections].join('\n'),
      ),
    }
  if (!isHomemade(name, lasting)) return unmanaged(name)
  return {path: `${folder}/${own}`, content: bootFileText(role, [head(name, mtu), ...sections].join('\n'))}
}

const head = (name: string, mtu: number | undefined): string => `[Match]
Name=${name}

[Link]
RequiredForOnline=no
${mtu === undefined ? '' : `MTUBytes=${mtu}\n`}
[Network]
LinkLocalAddressing=no
ConfigureWithoutCarrier=yes
`

/** systemd.netdev(5) */
const netdevText = (name: string, kind: string): string => `[NetDev]\nName=${name}\nKind=${kind}\n`

const section = (name: string, rows: readonly (readonly [key: string, value: unknown])[]): string =>
  `[${name}]\n${rows.map(([key, value]) => (value === undefined ? '' : `${key}=${value}\n`)).join('')}`

const addressSection = ({address, prefixLength, scope, preferred}: InterfaceAddress): string =>
  section('Address', [
    ['Address', `${address}/${prefixLength}`],
    ['Scope', scope === 'global' ? undefined : scope],
    ['PreferredLifetime', preferred === 0 ? 0 : undefined],
    ['DuplicateAddressDetection', familyOf(address) === 'ipv6' ? 'none' : undefined],
  ])

const routeSection = ({destination, prefixLength, gateway, priority, source, onLink, metrics}: Route): string =>
  section('Route', [
    ['Destination', destination === undefined ? undefined : `${destination}/${prefixLength}`],
    ['Gateway', gateway],
    ['Metric', priority],
    ['PreferredSource', source],
    ['GatewayOnLink', onLink ? 'yes' : undefined],
    ['MTUBytes', metrics?.mtu],
    ['TCPAdvertisedMaximumSegmentSize', metrics?.advertisedMss],
  ])

/** The base name of the file that networkd found for an interface, as it says itself in its state file. */
export function networkFileOf(name: string, host: HostReader): string | undefined {
  const index = host.links().find((link) => link.name === name)?.index
  const state = index === undefined ? undefined : host.readFile(`/run/systemd/netif/links/${index}`)
  return /^NETWORK_FILE=(?:.*\/)?([^/\n]+)$/m.exec(state ?? '')?.[1]
}

function unmanaged(name: string): Problem {
  return problem('persist-unmanaged', `systemd-networkd has no file for ${name}, and does not bring it up`, {
    where: '--persist',
    hint: `See: networkctl status ${name}`,
  })
}
