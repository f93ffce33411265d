// A state as rules: the lines of `ipvsadm -Sn`, with what that leaves out. Numeric, marks unsigned, masks also where
// nothing is persistent. What ipvsadm has no word for is written with the options of our own and told as a warning, so
// that whoever wants to feed the file to ipvsadm knows.

import {formatEndpoint} from '../../domain/address.ts'
import {forwardingRow, type Tunnel, tunnelChecksums, tunnelTypes} from '../../domain/forwarding.ts'
import {numberOf} from '../../domain/numbered.ts'
import {type Problem, warning} from '../../domain/problem.ts'
import type {StateSource} from '../../domain/saved-state.ts'
import {formatSchedulerFlags} from '../../domain/schedulers.ts'
import {formatServerKey, type Server} from '../../domain/server.ts'
import {familyOfKey, formatServiceKey, fullMask, type Service} from '../../domain/service.ts'
import type {SyncDaemon} from '../../domain/sync.ts'
import {type Misread, misreadDaemon, misreadServer, misreadService, misreadTimeouts} from './misread.ts'
import {formatDaemonsNote, formatSysctlNotes} from './notes.ts'
import {serviceWords} from './service-words.ts'

export interface FormattedRules {
  readonly text: string
  /** What ipvsadm would not read back as it is. */
  readonly warnings: readonly Problem[]
}

export function formatRules({configuration, timeouts, daemons, sysctls}: StateSource): FormattedRules {
  const warnings = new Warnings()
  const parts: string[] = []
  for (const {service, servers} of configuration) {
    const name = serviceWords(service.key)
    const lines = [`-A ${name} -s ${service.scheduler}${serviceSettings(service)}\n`]
    warnings.add(misreadService(service), () => formatServiceKey(service.key))
    for (const server of servers) {
      lines.push(`-a ${name} -r ${formatEndpoint(server.address, server.port)}${serverSettings(server)}\n`)
      warnings.add(
        misreadServer(service, server),
        () => `${formatServerKey(server)} in ${formatServiceKey(service.key)}`,
      )
    }
    // Joined at once: until then V8 keeps every line as the pieces that it was put together from.
    parts.push(lines.join(''))
  }
  if (timeouts) {
    parts.push(`--set ${timeouts.tcp} ${timeouts.tcpFin} ${timeouts.udp}\n`)
    warnings.add(misreadTimeouts(timeouts), () => '--set')
  }
  if (daemons) {
    parts.push(daemons.length === 0 ? formatDaemonsNote() : daemons.map(daemonLine).join(''))
    for (const daemon of daemons) warnings.add(misreadDaemon(daemon), () => `the ${daemon.role} daemon`)
  }
  if (sysctls) parts.push(formatSysctlNotes(sysctls))
  if (sysctls || daemons?.length === 0) warnings.add(comments, () => 'the sysctls')
  return {text: parts.join(''), warnings: warnings.list()}
}

const comments: Misread = {
  code: 'ipvsadm-comment',
  message: 'ipvsadm -R stops at the comments that hold them',
  hint: 'ipvsadm-restore passes them over',
}

function serviceSettings(service: Service): string {
  const {key, scheduler, schedulerFlags, persistence, netmask, engine, onePacket} = service
  let settings = ''
  if (persistence !== undefined) settings += ` -p ${persistence}`
  if (netmask !== fullMask[familyOfKey(key)]) settings += ` -M ${netmask}`
  if (engine !== undefined) settings += ` --pe ${engine}`
  if (onePacket) settings += ' -o'
  if (schedulerFlags.length > 0) settings += ` -b ${formatSchedulerFlags(scheduler, schedulerFlags)}`
  return settings
}

function serverSettings(server: Server): string {
  const {forwarding, weight, upperThreshold, lowerThreshold, tunnel} = server
  const {option} = forwardingRow(forwarding)
  let settings = ` ${option ?? `--forwarding ${forwarding}`} -w ${weight}`
  if (upperThreshold !== 0) settings += ` -x ${upperThreshold}`
  if (lowerThreshold !== 0) settings += ` -y ${lowerThreshold}`
  return settings + tunnelSettings(tunnel, forwarding === 'tunneling')
}

/** ipvsadm always names the type of a tunnel, and the checksum of one that can have any. */
function tunnelSettings({type, port, checksum}: Tunnel, tunnels: boolean): string {
  const plain = type === 'ipip'
  let settings = tunnels || !plain ? ` --tun-type ${type}` : ''
  if (port !== 0) settings += ` --tun-port ${port}`
  if (checksum !== 'none' || (tunnels && !plain && tunnelTypes.some(({name}) => name === type)))
    settings += ` ${checksumOption(checksum)}`
  return settings
}

function checksumOption(checksum: Tunnel['checksum']): string {
  const row = tunnelChecksums.find(({name}) => name === checksum)
  return row ? row.option : `--tun-flags ${numberOf(tunnelChecksums, checksum)}`
}

function daemonLine({role, interface: device, syncId, maxLength, group, port, ttl}: SyncDaemon): string {
  // A word that begins with # would be a comment.
  const named = device.startsWith('#') ? `--mcast-interface=${device}` : `--mcast-interface ${device}`
  let line = `--start-daemon ${role} ${named} --syncid ${syncId}`
  if (maxLength !== undefined) line += ` --sync-maxlen ${maxLength}`
  if (group !== undefined) line += ` --mcast-group ${group}`
  if (port !== undefined) line += ` --mcast-port ${port}`
  if (ttl !== undefined) line += ` --mcast-ttl ${ttl}`
  return `${line}\n`
}

/** One warning for each kind, with the first that it is about: a thousand heavy weights are one thing to know. */
class Warnings {
  private readonly byCode = new Map<string, {misread: Misread; first: string; more: number}>()

  add(misread: Misread | undefined, name: () => string): void {
    if (!misread) return
    const known = this.byCode.get(misread.code)
    if (known) known.more++
    else this.byCode.set(misread.code, {misread, first: name(), more: 0})
  }

  list(): readonly Problem[] {
    return [...this.byCode.values()].map(({misread: {code, message, hint}, first, more}) =>
      warning(code, `${first}${more > 0 ? ` and ${more} more` : ''}: ${message}`, hint === undefined ? {} : {hint}),
    )
  }
}
