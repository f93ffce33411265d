// Everything about a service or a server that the kernel takes without a word or answers with a bare EINVAL, as a table
// of checks. What was mistyped never gets here: parsers are strict. Nothing is read from the machine; what a check needs
// to know of it comes in as facts.
//
// The kernel's own checks are in net/netfilter/ipvs/ip_vs_ctl.c (ip_vs_genl_set_cmd, ip_vs_add_service, ip_vs_new_dest).

import {type Address, familyOf, formatEndpoint} from './address.ts'
import {classOf, classSentence} from './address-class.ts'
import {readAsEndpoint} from './explain-address.ts'
import {type ForwardingRow, forwardingRow, type Tunnel, tunnelTypes} from './forwarding.ts'
import {type IntegerKind, integerRow, isInRange} from './integer.ts'
import {parseNetmask} from './netmask.ts'
import type {Problem} from './problem.ts'
import {readsFlag, schedulerRow, suggestScheduler} from './schedulers.ts'
import {formatServerKey, type Server} from './server.ts'
import {familyOfKey, formatServiceKey, fullMask, type Service, type ServiceKey} from './service.ts'
import {defaultServerPort, serviceOption} from './service-key.ts'

export interface ServiceFacts {
  /** The service as it runs, when this is an edit: what is wrong with it already is not held against the edit. */
  readonly current?: Service | undefined
}

export interface ServerFacts {
  readonly current?: Server | undefined
  /** A sync daemon runs; its messages have no room for a server of the other family. */
  readonly syncDaemonRuns?: boolean | undefined
  /** An IPv4 address is or was on some interface of this network namespace, 127.0.0.1 on lo included. */
  readonly ipv4Configured?: boolean | undefined
}

export function validateService(service: Service, {current}: ServiceFacts = {}): Problem[] {
  const problems = findProblems(serviceChecks, service)
  return current ? withoutKnown(problems, findProblems(serviceChecks, current)) : problems
}

export function validateServer(service: Service, server: Server, facts: ServerFacts = {}): Problem[] {
  const problems = findProblems(serverChecks, {service, server, facts})
  const {current} = facts
  return current ? withoutKnown(problems, findProblems(serverChecks, {service, server: current, facts})) : problems
}

interface Check<Subject> {
  readonly code: string
  readonly severity: Problem['severity']
  readonly where: string | ((subject: Subject) => string | undefined)
  readonly find: (subject: Subject) => Finding | false | undefined
}

interface Finding {
  readonly message: string
  readonly hint?: string | undefined
}

function findProblems<Subject>(checks: readonly Check<Subject>[], subject: Subject): Problem[] {
  return checks.flatMap(({code, severity, where, find}) => {
    const found = find(subject)
    if (!found) return []
    const place = typeof where === 'string' ? where : where(subject)
    const {message, hint} = found
    return [{code, severity, message, ...(place && {where: place}), ...(hint && {hint})}]
  })
}

function withoutKnown(problems: readonly Problem[], known: readonly Problem[]): Problem[] {
  return problems.filter(({code, message}) => !known.some((old) => old.code === code && old.message === message))
}

const keyOption = ({key}: Service): string | undefined => serviceOption(key)

const serviceChecks: readonly Check<Service>[] = [
  {
    code: 'service-address-not-unicast',
    severity: 'error',
    where: keyOption,
    find: ({key}) =>
      key.kind === 'address' &&
      ['unspecified', 'this-network', 'multicast', 'broadcast', 'ipv4-mapped'].includes(classOf(key.address)) && {
        message: `${classSentence(key.address)}, and a service has an address of its own`,
        hint:
          classOf(key.address) === 'ipv4-mapped'
            ? `Give it as IPv4: ${formatEndpoint(unmapped(key.address), key.port)}`
            : 'Give the virtual IP address. To catch many addresses, mark their packets and use -f MARK',
      },
  },
  {
    code: 'service-address-loopback',
    severity: 'warning',
    where: keyOption,
    find: ({key}) =>
      key.kind === 'address' &&
      classOf(key.address) === 'loopback' && {
        message: `${classSentence(key.address)}: only programs on this host can reach the service`,
      },
  },
  {
    code: 'service-address-link-local',
    severity: 'warning',
    where: keyOption,
    find: ({key}) =>
      key.kind === 'address' &&
      familyOf(key.address) === 'ipv6' &&
      classOf(key.address) === 'link-local' && {
        message: `${classSentence(key.address)}: only hosts on the same link can reach the service`,
      },
  },
  {
    code: 'port-invalid',
    severity: 'error',
    where: keyOption,
    find: ({key}) => key.kind === 'address' && outOfRange('port', key.port),
  },
  {
    // net/netfilter/ipvs/ip_vs_core.c, ip_vs_schedule: "port zero only supported in persistent services".
    code: 'port-zero',
    severity: 'error',
    where: keyOption,
    find: ({key, persistence}) =>
      key.kind === 'address' &&
      hasPorts(key) &&
      key.port === 0 &&
      persistence === undefined && {
        message: 'a service without a port takes every port, and only a persistent one can',
        hint: `Give the port (${probableEndpoint(key.address)}), or make it persistent with -p`,
      },
  },
  {
    code: 'fwmark-invalid',
    severity: 'error',
    where: '-f',
    find: ({key}) => key.kind === 'fwmark' && outOfRange('fwmark', key.mark),
  },
  {
    code: 'scheduler-unknown',
    severity: 'error',
    where: '-s',
    find: ({scheduler}) =>
      !schedulerRow(scheduler) && {message: `no scheduler "${scheduler}"`, hint: suggestScheduler(scheduler)},
  },
  {
    code: 'scheduler-none',
    severity: 'warning',
    where: '-s',
    find: ({scheduler}) =>
      scheduler === 'none' && {message: 'without a scheduler the service takes no new connections'},
  },
  {
    // net/netfilter/ipvs/ip_vs_ovf.c compares the weight with active connections, which those of UDP never are.
    code: 'scheduler-overflow-udp',
    severity: 'warning',
    where: '-s',
    find: ({scheduler, key}) =>
      scheduler === 'ovf' &&
      key.kind === 'address' &&
      key.protocol === 'udp' && {
        message: 'ovf counts active connections, and those of UDP are all inactive: the first server never overflows',
      },
  },
  {
    code: 'scheduler-flag-ignored',
    severity: 'warning',
    where: '-b',
    find: ({scheduler, schedulerFlags}) => {
      const ignored = schedulerFlags.filter((flag) => schedulerRow(scheduler) && !readsFlag(scheduler, flag))
      return ignored.length > 0 && {message: `${scheduler} ignores ${ignored.join(' and ')}`}
    },
  },
  {
    code: 'persistence-invalid',
    severity: 'error',
    where: '-p',
    find: ({persistence}) => persistence !== undefined && outOfRange('persistence', persistence),
  },
  {
    code: 'netmask-invalid',
    severity: 'error',
    where: '-M',
    find: ({netmask, key}) => {
      const parsed = parseNetmask(netmask, familyOfKey(key))
      return !parsed.ok && parsed.problem
    },
  },
  {
    code: 'netmask-without-persistence',
    severity: 'warning',
    where: '-M',
    find: ({netmask, key, persistence}) =>
      persistence === undefined &&
      netmask !== fullMask[familyOfKey(key)] && {
        message: 'the mask groups the clients of a persistent service, and this one is not',
        hint: 'Add -p, or leave -M out',
      },
  },
  {
    // The kernel takes the flag and ignores it on anything but UDP (ip_vs_core.c, IP_VS_CONN_F_ONE_PACKET).
    code: 'one-packet-not-udp',
    severity: 'error',
    where: '-o',
    find: ({onePacket, key}) =>
      onePacket &&
      key.kind === 'address' &&
      key.protocol !== 'udp' && {
        message: `one-packet scheduling is for UDP, and ${formatServiceKey(key)} is not`,
        hint: 'Leave -o out, or name the service with -u or -f',
      },
  },
  {
    code: 'one-packet-persistent',
    severity: 'warning',
    where: '-o',
    find: ({onePacket, persistence}) =>
      onePacket &&
      persistence !== undefined && {
        message:
          'one-packet scheduling sends every packet anew, persistence sends them to one server: persistence wins',
      },
  },
  {
    code: 'engine-unknown',
    severity: 'error',
    where: '--pe',
    find: ({engine}) =>
      engine !== undefined &&
      engine !== 'sip' && {message: `no persistence engine "${engine}"`, hint: 'The only one is sip'},
  },
  {
    // net/netfilter/ipvs/ip_vs_pe_sip.c, ip_vs_sip_fill_param: UDP only.
    code: 'engine-not-udp',
    severity: 'error',
    where: '--pe',
    find: ({engine, key}) =>
      engine === 'sip' &&
      key.kind === 'address' &&
      key.protocol !== 'udp' && {
        message: `the sip engine reads UDP packets, and ${formatServiceKey(key)} is not UDP`,
        hint: 'Leave --pe out, or name the service with -u or -f',
      },
  },
  {
    code: 'engine-without-persistence',
    severity: 'error',
    where: '--pe',
    find: ({engine, persistence}) =>
      engine !== undefined &&
      persistence === undefined && {message: 'a persistence engine does nothing without persistence', hint: 'Add -p'},
  },
]

interface ServerCase {
  readonly service: Service
  readonly server: Server
  readonly facts: ServerFacts
}

const serverChecks: readonly Check<ServerCase>[] = [
  {
    // ip_vs_ctl.c, ip_vs_new_dest: not unicast, or link-local IPv6, is EINVAL.
    code: 'server-address-not-unicast',
    severity: 'error',
    where: '-r',
    find: ({server: {address, port}}) => {
      const kind = classOf(address)
      const linkLocal = kind === 'link-local' && familyOf(address) === 'ipv6'
      if (kind === 'ipv4-mapped')
        return {
          message: `${classSentence(address)}, which is nobody's`,
          hint: `Give it as IPv4: ${formatEndpoint(unmapped(address), port)}`,
        }
      return (
        (linkLocal || ['unspecified', 'this-network', 'multicast', 'broadcast'].includes(kind)) && {
          message: `${classSentence(address)}, and a server has one that packets can be routed to`,
          hint: linkLocal ? 'Give its global or unique local address' : 'Give the address of one host',
        }
      )
    },
  },
  {
    // inet_addr_type() says broadcast for everything while the local routing table does not exist.
    code: 'no-ipv4-yet',
    severity: 'error',
    where: '-r',
    find: ({server, facts}) =>
      facts.ipv4Configured === false &&
      familyOf(server.address) === 'ipv4' && {
        message:
          'no interface here, not even lo, has had an IPv4 address, and until then the kernel refuses every server',
        hint: 'ip link set lo up',
      },
  },
  {
    code: 'server-family',
    severity: 'error',
    where: '-r',
    find: ({service, server}) =>
      isMixed(service, server) &&
      !forwardingRow(server.forwarding).anyFamily && {
        message: `${server.address} is ${familyWord(server.address)}, and ${server.forwarding} cannot leave the family of ${formatServiceKey(service.key)}`,
        hint: 'Give a server address of the same family, or tunnel to it with -i',
      },
  },
  {
    code: 'server-family-sync',
    severity: 'error',
    where: '-r',
    find: ({service, server, facts}) =>
      facts.syncDaemonRuns === true &&
      isMixed(service, server) &&
      forwardingRow(server.forwarding).anyFamily && {
        message: `${server.address} is ${familyWord(server.address)} and the service is not, and a sync daemon that runs allows no such server`,
        hint: 'Stop the daemon first: ipvsadm --stop-daemon master (or backup)',
      },
  },
  {
    code: 'port-invalid',
    severity: 'error',
    where: '-r',
    find: ({server}) => outOfRange('port', server.port),
  },
  {
    code: 'server-port-changed',
    severity: 'error',
    where: '-r',
    find: ({service: {key}, server, facts}) => {
      const row = forwardingRow(server.forwarding)
      if (key.kind !== 'address' || !isOffered(row) || !row.keepsPort || server.port === key.port) return false
      const moved = {address: server.address, port: key.port}
      return {
        message: `${row.name} cannot change the port: the service is on ${portWord(key.port)}, the server would be on ${portWord(server.port)}`,
        hint: facts.current
          ? `The port of a server cannot be edited: delete it and add ${formatServerKey(moved)}, or keep -m`
          : `ipvsadm would silently use ${key.port}. Use -r ${server.address} (port ${key.port}), or -m to translate ports`,
      }
    },
  },
  {
    code: 'server-port-zero',
    severity: 'error',
    where: '-r',
    find: ({service: {key}, server}) =>
      server.forwarding === 'masquerading' &&
      key.kind === 'address' &&
      key.port !== 0 &&
      server.port === 0 && {
        message: `the server would be on port 0, where nothing listens; the service is on ${key.port}`,
        hint: `Use -r ${server.address} (port ${key.port}) or give the port`,
      },
  },
  {
    // ip_vs_core.c, ip_vs_sched_persist: the server's port is used where the client's is the service's, which 0 is not.
    code: 'server-port-ignored',
    severity: 'warning',
    where: '-r',
    find: ({service: {key, persistence}, server}) =>
      server.forwarding === 'masquerading' &&
      server.port !== 0 &&
      defaultServerPort(key) === 0 &&
      persistence !== undefined && {
        message: `a persistent service of every port keeps the client's port: ${server.port} is not used`,
      },
  },
  {
    code: 'server-is-service',
    severity: 'error',
    where: '-r',
    find: ({service: {key}, server}) =>
      isServiceAddress(key, server) &&
      (server.forwarding !== 'masquerading' || server.port === defaultServerPort(key)) &&
      isOffered(forwardingRow(server.forwarding)) && {
        message: `${server.address} is the address of the service itself: its packets would come back`,
        hint: `Give the server's own address; for a server on this very host ${familyOf(server.address) === 'ipv4' ? '127.0.0.1' : '::1'}`,
      },
  },
  {
    code: 'server-is-service',
    severity: 'warning',
    where: '-r',
    find: ({service: {key}, server}) =>
      isServiceAddress(key, server) &&
      server.forwarding === 'masquerading' &&
      server.port !== defaultServerPort(key) && {
        message: `${server.address} is the address of the service itself: right only where port ${server.port} is served on this very host`,
      },
  },
  {
    code: 'weight-invalid',
    severity: 'error',
    where: '-w',
    find: ({server}) => outOfRange('weight', server.weight),
  },
  {
    code: 'weight-not-portable',
    severity: 'warning',
    where: '-w',
    find: ({server: {weight}}) =>
      weight > 65_535 &&
      isInRange('weight', weight) && {
        message: `weight ${weight} is fine for the kernel, but ipvsadm as released takes 65535 at most`,
      },
  },
  {
    code: 'upper-threshold-invalid',
    severity: 'error',
    where: '-x',
    find: ({server}) => outOfRange('upperThreshold', server.upperThreshold),
  },
  {
    code: 'lower-threshold-invalid',
    severity: 'error',
    where: '-y',
    find: ({server}) => outOfRange('lowerThreshold', server.lowerThreshold),
  },
  {
    code: 'threshold-order',
    severity: 'error',
    where: '-y',
    find: ({server: {upperThreshold: upper, lowerThreshold: lower}}) =>
      lower > upper &&
      (upper === 0
        ? {
            message: `the lower threshold is ${lower} and there is no upper one`,
            hint: `Add -x with ${lower} or more, or leave -y out`,
          }
        : {
            message: `the lower threshold ${lower} is above the upper one ${upper}`,
            hint: 'A server is left alone at the upper threshold until its connections fall below the lower one',
          }),
  },
  {
    code: 'tunnel-without-tunneling',
    severity: 'error',
    where: ({server}) => tunnelOption(server.tunnel),
    find: ({server: {forwarding, tunnel}}) =>
      forwarding !== 'tunneling' &&
      tunnelOption(tunnel) !== undefined && {
        message: `${tunnelOption(tunnel)} is for tunneling, and the method is ${forwarding}`,
        hint: 'Add -i, or leave the tunnel options out',
      },
  },
  {
    // ip_vs_ctl.c, __ip_vs_update_dest: gue with port 0 is EINVAL.
    code: 'tunnel-port-missing',
    severity: 'error',
    where: '--tun-port',
    find: ({server: {tunnel}}) =>
      tunnel.port === 0 &&
      tunnelRow(tunnel)?.needsPort && {
        message: `${tunnel.type} needs the UDP port that the server's fou receiver listens on`,
        hint: 'Such as --tun-port 6080',
      },
  },
  {
    code: 'tunnel-port-unexpected',
    severity: 'error',
    where: '--tun-port',
    find: ({server: {tunnel}}) =>
      tunnel.port !== 0 &&
      tunnelRow(tunnel)?.needsPort === false && {
        message: `${tunnel.type} has no port`,
        hint: 'Leave --tun-port out, or use --tun-type gue',
      },
  },
  {
    code: 'tunnel-port-invalid',
    severity: 'error',
    where: '--tun-port',
    find: ({server: {tunnel}}) => tunnel.port !== 0 && outOfRange('tunnelPort', tunnel.port),
  },
  {
    code: 'tunnel-checksum',
    severity: 'error',
    where: ({server}) => checksumOption(server.tunnel),
    find: ({server: {tunnel}}) => {
      const offered: readonly string[] | undefined = tunnelRow(tunnel)?.checksums
      return (
        offered !== undefined &&
        checksumOption(tunnel) !== undefined &&
        !offered.includes(tunnel.checksum) && {
          message: `${tunnel.type} has no ${tunnel.checksum === 'remote' ? 'remote checksum offload' : 'checksum'}`,
          hint: `Leave ${checksumOption(tunnel)} out, or use --tun-type gue`,
        }
      )
    },
  },
]

/** Which of the tunnel options made it differ from plain ipip. */
function tunnelOption(tunnel: Tunnel): string | undefined {
  if (tunnel.type !== 'ipip') return '--tun-type'
  if (tunnel.port !== 0) return '--tun-port'
  return checksumOption(tunnel)
}

function checksumOption({checksum}: Tunnel): string | undefined {
  return checksum === 'full' ? '--tun-csum' : checksum === 'remote' ? '--tun-remcsum' : undefined
}

const tunnelRow = ({type}: Tunnel) => tunnelTypes.find(({name}) => name === type)

/** A method that an option asks for; the others are left by other tools, with whatever port. */
const isOffered = ({option}: ForwardingRow): boolean => option !== undefined

const isMixed = ({key}: Service, {address}: Server): boolean => familyOf(address) !== familyOfKey(key)

const isServiceAddress = (key: ServiceKey, {address}: Server): boolean =>
  key.kind === 'address' && key.address === address

/** AH and ESP have none. */
const hasPorts = (key: ServiceKey): boolean => serviceOption(key) !== undefined

const familyWord = (address: Address): string => (familyOf(address) === 'ipv4' ? 'IPv4' : 'IPv6')

const portWord = (port: number): string => (port === 0 ? 'every port (0)' : `${port}`)

function outOfRange(kind: IntegerKind, value: number): Finding | false {
  const {noun, min, max} = integerRow(kind)
  return !isInRange(kind, value) && {message: `${value} is not ${noun}`, hint: `From ${min} to ${max}`}
}

/** `::ffff:192.0.2.1` → `192.0.2.1` */
const unmapped = (address: Address): Address => address.slice(address.lastIndexOf(':') + 1) as Address

/** `2001:db8::1:80` without brackets is an address to its end, but then 80 was probably meant as the port. */
function probableEndpoint(address: Address): string {
  const {address: host, port} = readAsEndpoint(address) ?? {address, port: 80}
  return formatEndpoint(host, port)
}
