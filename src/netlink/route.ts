// rtnetlink, the part that host roles need: interfaces, addresses, routes, neighbours. Each has a file of its own with
// its tables; here is the door to them, and the words for traces and errors.

import {addressLayout} from './route-addresses.ts'
import {linkLayout} from './route-links.ts'
import {type Layout, routeTypes} from './route-message.ts'
import {neighbourLayout} from './route-neighbours.ts'
import {routeLayout} from './route-routes.ts'
import type {Dictionary, Wording} from './trace.ts'

export * from './route-addresses.ts'
export * from './route-links.ts'
export * from './route-neighbours.ts'
export * from './route-routes.ts'

const wording = (name: string, {header, fields}: Layout): Wording => ({name, headers: [header], fields})

const byType: ReadonlyMap<number, Wording> = new Map([
  [routeTypes.newLink, wording('RTM_NEWLINK', linkLayout)],
  [routeTypes.delLink, wording('RTM_DELLINK', linkLayout)],
  [routeTypes.getLink, wording('RTM_GETLINK', linkLayout)],
  [routeTypes.setLink, wording('RTM_SETLINK', linkLayout)],
  [routeTypes.newAddress, wording('RTM_NEWADDR', addressLayout)],
  [routeTypes.delAddress, wording('RTM_DELADDR', addressLayout)],
  [routeTypes.getAddress, wording('RTM_GETADDR', addressLayout)],
  [routeTypes.newRoute, wording('RTM_NEWROUTE', routeLayout)],
  [routeTypes.delRoute, wording('RTM_DELROUTE', routeLayout)],
  [routeTypes.getRoute, wording('RTM_GETROUTE', routeLayout)],
  [routeTypes.newNeighbour, wording('RTM_NEWNEIGH', neighbourLayout)],
  [routeTypes.delNeighbour, wording('RTM_DELNEIGH', neighbourLayout)],
  [routeTypes.getNeighbour, wording('RTM_GETNEIGH', neighbourLayout)],
])

export const routeDictionary: Dictionary = (type) => byType.get(type)
