// Routes of the real machine, by rtnetlink.

import type {Connection} from '../netlink/connection.ts'
import {addRoute, type NewRoute, removeRoute, replaceRoute, routes} from '../netlink/route.ts'
import type {Deeds, Route} from './host.ts'
import type {LinuxLinks} from './linux-links.ts'

export function linuxRoutes(netlink: () => Connection, links: LinuxLinks) {
  const toNewRoute = ({interface: name, ...route}: Route) =>
    ({...route, ...(name !== undefined && {link: links.find(name).index})}) as NewRoute

  return {
    reads: {
      routes(): readonly Route[] {
        const names = links.names()
        return routes(netlink()).map(({link, ...route}) => {
          const name = link === undefined ? undefined : names.get(link)
          return name === undefined ? route : {...route, interface: name}
        })
      },
    },
    deeds: {
      'add-route': ({route}) => addRoute(netlink(), toNewRoute(route)),
      'remove-route': ({route}) => removeRoute(netlink(), toNewRoute(route)),
      'replace-route': ({route}) => replaceRoute(netlink(), toNewRoute(route)),
    } satisfies Partial<Deeds>,
  }
}
