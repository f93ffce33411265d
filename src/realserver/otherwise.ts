// A VIP that was set up in one way and is asked for in another: never changed on the quiet, because the director still
// sends in the old way, and what the new one does not need would look well in a status.

import type {Address} from '../domain/address.ts'
import {type Problem, problem, warning} from '../domain/problem.ts'
import type {Ledger} from '../host/ledger.ts'
import type {LedgerVip} from '../host/ledger-kinds.ts'
import {notedOption, setupLine} from '../host/setup-line.ts'
import type {Observed} from './observe.ts'
import {type Method, methods, type SetupRequest} from './request.ts'

interface Asked {
  readonly vip: Address
  readonly device: string
}

/** Refused where it is so now; told where only an earlier boot had it so. */
export function otherwise(
  asked: Asked,
  request: SetupRequest,
  ledger: Ledger | undefined,
  {recorded: {past}}: Observed,
): readonly Problem[] {
  const isIt = ({address}: LedgerVip): boolean => address === asked.vip
  const now = ledger?.vips.find(isIt)
  if (now) return changesWay(now, asked, request) ? [refused(now, asked, request)] : changesTunnel(now, request)
  const earlier = past?.vips.find(isIt)
  return earlier && changesWay(earlier, asked, request) ? [told(earlier, asked, request)] : []
}

const changesWay = (noted: LedgerVip, {device}: Asked, {method = 'dr'}: SetupRequest): boolean =>
  noted.interface !== device || (noted.method ?? 'dr') !== method

function refused(noted: LedgerVip, asked: Asked, request: SetupRequest): Problem {
  return problem(
    'vip-set-up-otherwise',
    `${noted.address} was set up here ${wayOf(noted)}, not ${wayAsked(asked, request)}`,
    {
      where: '--vip',
      hint: `As it was: ${again(noted)}; to change it, first: lvsctl realserver teardown --vip ${noted.address}`,
    },
  )
}

function told(earlier: LedgerVip, asked: Asked, request: SetupRequest): Problem {
  return warning(
    'vip-was-otherwise',
    `before this host was started anew ${earlier.address} was set up ${wayOf(earlier)}, now it is ${wayAsked(asked, request)}`,
    {
      hint: `If the director still sends as before: lvsctl realserver teardown --vip ${earlier.address}; ${again(earlier)}`,
    },
  )
}

/** On the same device: what was opened for the old kind stays open. */
function changesTunnel(noted: LedgerVip, {tunnel}: SetupRequest): readonly Problem[] {
  const port = notedOption(noted, '--tun-port')
  if (!tunnel || port === undefined || port === `${tunnel.port}`) return []
  return [
    warning('tunnel-otherwise', `${noted.address} was set up with UDP port ${port}, which stays open until teardown`, {
      hint: `As it was: ${again(noted)}`,
    }),
  ]
}

const again = (vip: LedgerVip): string => setupLine('realserver', vip)

const wayOf = ({method = 'dr', interface: name}: LedgerVip): string => way(method, name)
const wayAsked = ({device}: Asked, {method = 'dr'}: SetupRequest): string => way(method, device)
const way = (method: string, device: string): string => `for ${methods[method as Method] ?? method} on ${device}`
