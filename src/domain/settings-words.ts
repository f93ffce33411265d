// How the settings of a service, a server and a tunnel read in a line: the words of listings, of what a command reports
// and of plans. Defaults are not mentioned.

import {plainTunnel, type Tunnel} from './forwarding.ts'
import {prefixLength} from './netmask.ts'
import {schedulerFlagNames} from './schedulers.ts'
import type {Server} from './server.ts'
import {familyOfKey, fullMask, type Service} from './service.ts'

/** What differs from the defaults: `sh-port`, `persistent 300 s`, `/24`, `engine sip`, `one-packet`. */
export function serviceSettings(service: Service): readonly string[] {
  const {key, scheduler, schedulerFlags, persistence, netmask, engine, onePacket} = service
  return [
    ...schedulerFlagNames(scheduler, schedulerFlags),
    ...(persistence === undefined ? [] : [`persistent ${persistence} s`]),
    ...(netmask === fullMask[familyOfKey(key)] ? [] : [maskWord(netmask)]),
    ...(engine === undefined ? [] : [`engine ${engine}`]),
    ...(onePacket ? ['one-packet'] : []),
  ]
}

/** `wlc, persistent 300 s, /24` */
export function describeService(service: Service): string {
  return [service.scheduler, ...serviceSettings(service)].join(', ')
}

/** `/24` for either family; `mask 255.0.255.0` for what is no prefix. */
export function maskWord(netmask: string): string {
  const length = prefixLength(netmask)
  return length === undefined ? `mask ${netmask}` : `/${length}`
}

/** `gatewaying, weight 3`; `tunneling gue:6080:csum, weight 1`; `masquerading, quiesced, at most 900 connections`. */
export function describeServer(server: Server): string {
  const {forwarding, tunnel, weight} = server
  const tunnelWord = describeTunnel(tunnel)
  return [
    tunnelWord === undefined ? forwarding : `${forwarding} ${tunnelWord}`,
    weight === 0 ? 'quiesced' : `weight ${weight}`,
    ...thresholds(server),
  ].join(', ')
}

function thresholds({upperThreshold, lowerThreshold}: Server): readonly string[] {
  if (upperThreshold === 0 && lowerThreshold === 0) return []
  const again = lowerThreshold === 0 ? '' : ` (again below ${lowerThreshold})`
  return [`at most ${upperThreshold} connections${again}`]
}

/** `gue:6080:csum`; undefined for ipip, which is what tunneling means unless told otherwise. */
export function describeTunnel({type, port, checksum}: Tunnel): string | undefined {
  if (type === plainTunnel.type && port === plainTunnel.port && checksum === plainTunnel.checksum) return undefined
  const words = [type, ...(port === 0 ? [] : [`${port}`]), ...(checksum === 'none' ? [] : [checksumWord(checksum)])]
  return words.join(':')
}

function checksumWord(checksum: Tunnel['checksum']): string {
  return checksum === 'full' ? 'csum' : checksum === 'remote' ? 'remcsum' : checksum
}
