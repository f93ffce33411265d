// One command of ipvsadm, carried out. All but a restore, which is many (restore.ts).

import {helpText, versionText} from '../formats/ipvsadm/help-text.ts'
import {exits, type Request} from '../formats/ipvsadm/request.ts'
import {listDaemons, listService, listTable, listTimeouts, save} from './list.ts'
import {listConnections} from './list-connections.ts'
import {change, complain, type Session} from './session.ts'
import type {World} from './world.ts'

export type SingleRequest = Exclude<Request, {readonly do: 'restore'}>

export interface Done {
  readonly exit: number
  /** A restore goes no further. */
  readonly ends: boolean
}

export async function carryOut(request: SingleRequest, session: Session): Promise<Done> {
  if (request.do === 'change') return {exit: change([request.operation], session), ends: false}
  if (request.do === 'help' || request.do === 'version') return {exit: tell(request.do, session.world), ends: true}
  try {
    return (await show(request, session)) ? shown : notShown
  } catch (error) {
    return {...notShown, exit: complain(error, notShown.exit, session.world)}
  }
}

const shown: Done = {exit: exits.done, ends: false}
const notShown: Done = {exit: exits.listing, ends: true}

type Showing = Exclude<SingleRequest, {readonly do: 'change' | 'help' | 'version'}>

/** False: it has said why there is nothing. */
async function show(request: Showing, session: Session): Promise<boolean> {
  switch (request.do) {
    case 'list-service':
      return listService(request.key, request.options, session)
    case 'list-connections':
      return listConnections(request, session)
    case 'list-table':
      await listTable(request.options, session)
      return true
    case 'list-timeouts':
      listTimeouts(session)
      return true
    case 'list-daemons':
      listDaemons(session)
      return true
    case 'save':
      await save(request.numeric, session)
      return true
  }
}

export function tell(what: 'help' | 'version', {out}: World): number {
  out(what === 'help' ? helpText : versionText)
  return exits.done
}
