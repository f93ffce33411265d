// What an errno means for the operation it answered: a table of (operation, errno) → kind of failure, sentence, hint.
// The kernel gives no reasons (IPVS writes no extended acks), so an EINVAL is explained by what could not be seen before.
// The checks: ip_vs_genl_set_cmd and below in net/netfilter/ipvs/ip_vs_ctl.c, start_sync_thread in ip_vs_sync.c.

import {familyOf} from '../domain/address.ts'
import {type Failure, LvsctlError} from '../domain/problem.ts'
import {formatServerKey} from '../domain/server.ts'
import {familyOfKey, formatServiceKey, type Service, type ServiceKey} from '../domain/service.ts'
import {serviceArguments} from '../domain/service-key.ts'
import type {NetlinkError} from '../netlink/errors.ts'
import type {Operation} from '../plan/operation.ts'

type Kind = Operation['do']
type Of<K extends Kind> = Extract<Operation, {do: K}>

interface Meaning {
  readonly failure: Failure
  readonly code: string
  readonly message: string
  readonly hint?: string
}

interface Row {
  readonly kinds: readonly Kind[]
  readonly errno: string
  meaning(operation: Operation): Meaning
}

const row = <K extends Kind>(kinds: readonly K[], errno: string, meaning: (operation: Of<K>) => Meaning): Row => ({
  kinds,
  errno,
  meaning: (operation) => meaning(operation as Of<K>),
})

const meanings: readonly Row[] = [
  row(['add-service'], 'EEXIST', ({service}) => ({
    failure: 'exists',
    code: 'service-exists',
    message: `service ${formatServiceKey(service.key)} already exists`,
    hint: `To change it: lvsctl service edit ${optionOf(service.key)} …`,
  })),
  row(['add-service', 'edit-service'], 'ENOENT', ({service}) => ({
    failure: 'unsupported',
    code: 'scheduler-unavailable',
    message: `this kernel has no ${neededModules(service)
      .map(({what}) => what)
      .join(', or no ')}`,
    hint: `A module of its own brings it: ${neededModules(service)
      .map(({module}) => `modprobe ${module}`)
      .join(' ; ')}`,
  })),
  row(['add-service', 'edit-service'], 'EINVAL', ({service}) => ({
    failure: 'usage',
    code: 'service-refused',
    message: `the kernel refuses service ${formatServiceKey(service.key)} as invalid`,
    hint:
      familyOfKey(service.key) === 'ipv6'
        ? 'The prefix length must be 1 to 128; a scheduler name has at most 15 characters, an engine name 16'
        : 'A scheduler name has at most 15 characters, an engine name 16',
  })),
  row(['edit-service'], 'ESRCH', ({service}) => noService(service.key)),
  row(['delete-service', 'zero', 'add-server', 'edit-server', 'delete-server'], 'ESRCH', ({service}) =>
    noService(service),
  ),
  row(['add-server'], 'EEXIST', ({service, server}) => ({
    failure: 'exists',
    code: 'server-exists',
    message: `server ${formatServerKey(server)} already exists in ${formatServiceKey(service)}`,
    hint: `To change it: lvsctl server edit ${optionOf(service)} -r ${formatServerKey(server)} …`,
  })),
  row(['edit-server', 'delete-server'], 'ENOENT', ({service, server}) => ({
    failure: 'missing',
    code: 'server-missing',
    message: `no server ${formatServerKey(server)} in ${formatServiceKey(service)}`,
    hint: `What there is: lvsctl service show ${optionOf(service)}`,
  })),
  row(['add-server', 'edit-server'], 'ERANGE', ({server: {weight, upperThreshold, lowerThreshold, ...key}}) =>
    weight < 0
      ? {
          failure: 'usage',
          code: 'weight-out-of-range',
          message: `weight ${weight} of server ${formatServerKey(key)} is out of range`,
          hint: 'A weight is 0 (no new clients) to 2147483647',
        }
      : {
          failure: 'usage',
          code: 'thresholds-reversed',
          message: `lower threshold ${lowerThreshold} of server ${formatServerKey(key)} is above its upper threshold ${upperThreshold}`,
          hint: 'The server takes clients again below the lower threshold: it cannot be the higher one, nor stand alone',
        },
  ),
  row(['add-server', 'edit-server'], 'EINVAL', (operation) => ({
    failure: 'usage',
    code: 'server-refused',
    message: `the kernel refuses server ${formatServerKey(operation.server)} in ${formatServiceKey(operation.service)} as invalid`,
    ...hintOf(reasonsAgainst(operation)),
  })),
  row(['delete-server'], 'EINVAL', ({service, server}) => ({
    failure: 'usage',
    code: 'server-refused',
    message: `the kernel refuses to look for server ${formatServerKey(server)} in ${formatServiceKey(service)}`,
  })),
  row(['set-timeouts'], 'EINVAL', ({timeouts}) => ({
    failure: 'usage',
    code: 'timeout-out-of-range',
    message: `the kernel refuses the timeouts ${Object.values(timeouts).join(', ')}: one is too long`,
    hint: 'The longest depends on its clock (CONFIG_HZ): 2147483 s at 1000, 8589934 s at 250, 21474836 s at 100',
  })),
  row(['start-daemon'], 'EEXIST', ({daemon}) => ({
    failure: 'exists',
    code: 'daemon-exists',
    message: `a ${daemon.role} sync daemon already runs`,
    hint: `Stop it first: lvsctl sync stop ${daemon.role}`,
  })),
  row(['start-daemon'], 'ENODEV', ({daemon}) => ({
    failure: 'missing',
    code: 'interface-missing',
    message: `no interface ${daemon.interface} to send or receive synchronisation on`,
    hint: 'What there is: ip link',
  })),
  row(['start-daemon'], 'EINVAL', ({daemon}) => ({
    failure: 'usage',
    code: 'daemon-refused',
    message: `the kernel refuses the ${daemon.role} sync daemon as invalid`,
    hint:
      daemon.group === undefined
        ? 'Servers of another family than their service cannot be synchronised: remove them first'
        : `${daemon.group} must be a multicast address, and no service may have servers of another family`,
  })),
  ...['EADDRNOTAVAIL', 'ENETUNREACH', 'ENETDOWN', 'EADDRINUSE'].map((errno) =>
    row(['start-daemon'], errno, ({daemon}) => ({
      failure: 'unexpected',
      code: 'daemon-socket',
      message: `the ${daemon.role} sync daemon cannot use ${daemon.interface} (${errno})`,
      hint: 'The interface must be up and have an address of the same family as the group, and the UDP port must be free',
    })),
  ),
  row(['stop-daemon'], 'ESRCH', ({role}) => ({
    failure: 'missing',
    code: 'daemon-missing',
    message: `no ${role} sync daemon runs`,
  })),
]

/** What any request can be answered with. */
const general: Readonly<Record<string, Meaning>> = {
  EPERM: {
    failure: 'permission',
    code: 'not-permitted',
    message:
      'not permitted: the IPVS table needs CAP_NET_ADMIN in the initial user namespace (root, outside of containers with users of their own)',
    hint: 'Run it with sudo',
  },
  EAFNOSUPPORT: {
    failure: 'unsupported',
    code: 'family-unsupported',
    message: 'this kernel does not balance IPv6: it is built without, or IPv6 is disabled',
    hint: 'See /sys/module/ipv6/parameters/disable',
  },
  EOPNOTSUPP: {
    failure: 'unsupported',
    code: 'command-unsupported',
    message: "this kernel's IPVS does not know that command",
  },
  ENOPROTOOPT: {
    failure: 'unsupported',
    code: 'ipvs-leaving',
    message: 'the kernel is just unloading IPVS',
    hint: 'Try again, or: modprobe ip_vs',
  },
  ENOMEM: {failure: 'unexpected', code: 'no-memory', message: 'the kernel has no memory for it'},
  ETIMEDOUT: {
    failure: 'deadline',
    code: 'no-answer',
    message: 'the kernel did not answer in time; whether it did what was asked is unknown',
    hint: 'See what is so: lvsctl list',
  },
  ENOBUFS: {
    failure: 'unexpected',
    code: 'answers-lost',
    message: 'the kernel had more answers than the socket could hold; whether it did what was asked is unknown',
    hint: 'See what is so: lvsctl list',
  },
  EAGAIN: {
    failure: 'unexpected',
    code: 'table-unsettled',
    message: 'the table kept changing while it was read',
    hint: 'Try again; another program may be writing it',
  },
}

/** Of the lookup of the family by its name, which also loads the module where it can. */
const lookup: Readonly<Record<string, Meaning>> = {
  ENOENT: {
    failure: 'unsupported',
    code: 'ipvs-unavailable',
    message: 'this kernel has no IPVS, or its module ip_vs is not loaded and could not be',
    hint: 'Load it: modprobe ip_vs. To rehearse without it: lvsctl lab',
  },
  EPROTONOSUPPORT: {
    failure: 'unsupported',
    code: 'netlink-unavailable',
    message: 'this kernel has no generic netlink, through which IPVS is managed',
    hint: 'To rehearse without it: lvsctl lab',
  },
}

/** What became of an operation that the kernel refused. */
export function explain(operation: Operation, errno: string, cause?: unknown): LvsctlError {
  const own = meanings.find(({kinds, errno: one}) => one === errno && kinds.includes(operation.do))
  return errorOf(own?.meaning(operation) ?? general[errno] ?? unexplained(operation.do, errno), cause)
}

/** For failures of reading, where no operation is to blame. */
export function explainRead(error: NetlinkError): LvsctlError {
  return errorOf(general[error.errno] ?? unexplained(error.operation, error.errno), error)
}

export function explainLookup(error: NetlinkError): LvsctlError {
  return errorOf(lookup[error.errno] ?? general[error.errno] ?? unexplained(error.operation, error.errno), error)
}

const errorOf = (meaning: Meaning, cause: unknown): LvsctlError => new LvsctlError({...meaning, cause})

const unexplained = (what: string, errno: string): Meaning => ({
  failure: 'unexpected',
  code: 'kernel-refused',
  message: `${what}: the kernel answered ${errno}`,
})

const hintOf = (reasons: readonly string[]): {hint?: string} =>
  reasons.length === 0 ? {} : {hint: `Possible reasons: ${reasons.join('; ')}`}

const noService = (key: ServiceKey | undefined): Meaning =>
  key === undefined
    ? {failure: 'missing', code: 'service-missing', message: 'no such service'}
    : {
        failure: 'missing',
        code: 'service-missing',
        message: `no service ${formatServiceKey(key)}`,
        hint: `What there is: lvsctl list. To create it: lvsctl service add ${optionOf(key)}`,
      }

/** Either can be what the kernel lacks: it answers the same. */
function neededModules({scheduler, engine}: Service): readonly {what: string; module: string}[] {
  const modules = [{what: `scheduler "${scheduler}"`, module: `ip_vs_${scheduler}`}]
  if (engine !== undefined) modules.push({what: `persistence engine "${engine}"`, module: `ip_vs_pe_${engine}`})
  return modules.filter(({module}) => module !== 'ip_vs_none')
}

/** What the checks before sending cannot see, or did not look at. */
function reasonsAgainst({do: kind, service, server}: Of<'add-server' | 'edit-server'>): readonly string[] {
  const {address, tunnel} = server
  const mixed = familyOf(address) !== familyOfKey(service)
  const adding = kind === 'add-server'
  const rows: readonly (readonly [applies: boolean, reason: string])[] = [
    [mixed, 'a server of another family than its service must be tunneled to, and no sync daemon may run'],
    [tunnel.type === 'gue' && tunnel.port === 0, 'a gue tunnel needs a port'],
    [adding && familyOf(address) === 'ipv6', `${address} is multicast, link-local, IPv4-mapped or unspecified`],
    [adding && familyOf(address) === 'ipv4', `${address} is multicast, 0.0.0.0, or the broadcast address of a network`],
    [adding && familyOf(address) === 'ipv4', 'lo was never up in this network namespace (ip link set lo up)'],
    [server.upperThreshold > 0x7fff_ffff, 'newer kernels take thresholds up to 2147483647'],
  ]
  return rows.filter(([applies]) => applies).map(([, reason]) => reason)
}

/** As it is typed; a protocol that has no option is named as it is shown. */
const optionOf = (key: ServiceKey): string => serviceArguments(key)?.join(' ') ?? formatServiceKey(key)
