// One change of the IPVS table from beginning to end: what is asked is checked against what runs, carried out as one
// operation, and read back. The commands bring the keys and settings and show the result.

import {type Address, familyOf} from '../domain/address.ts'
import {LvsctlError, type Problem, refuse} from '../domain/problem.ts'
import {formatServerKey, type Server, type ServerKey, server} from '../domain/server.ts'
import {familyOfKey, formatServiceKey, type Service, type ServiceKey, service} from '../domain/service.ts'
import {describeServer, describeService} from '../domain/settings-words.ts'
import {validateServer, validateService} from '../domain/validate.ts'
import type {IpvsClient} from '../ipvs/client.ts'
import {explain} from '../ipvs/errors.ts'
import {type Change, serverChanges, serviceChanges} from '../plan/changes.ts'
import type {Operation} from '../plan/operation.ts'
import {type GivenServer, type GivenService, patchServer, patchService} from '../plan/patch.ts'
import {editServerLine, editServiceLine} from './edit-arguments.ts'
import {findServer, requireServer, requireService} from './find.ts'

export interface TableChange {
  readonly operation: Operation
  /** Of an edit; empty: everything is as asked already, and nothing will be done. */
  readonly changes?: readonly Change[]
  /** Worth knowing and no reason to stop. */
  readonly warnings: readonly Problem[]
  /** Of a deletion: what goes with it. */
  readonly lost?: Lost
}

export interface Lost {
  /** Only of a service. */
  readonly servers?: number
  readonly activeConnections: number
}

/** What is known of the machine, for checks that the table alone does not allow. */
export interface MachineFacts {
  /** undefined: not known. */
  ipv4Configured(): boolean | undefined
  /** What speaks against reaching a server by direct routing from here. */
  offLink?(server: Address): readonly Problem[]
}

export function addService(client: IpvsClient, key: ServiceKey, given: GivenService): TableChange {
  const asked = patchService(service(key), given).after
  const problems = validateService(asked)
  refuse(problems)
  const current = client.service(key)?.service
  if (current) throw serviceExists(asked, current)
  return {operation: {do: 'add-service', service: asked}, warnings: warningsOf(problems)}
}

export function editService(
  client: IpvsClient,
  key: ServiceKey,
  read: (current: Service) => GivenService,
): TableChange {
  const current = requireService(client, key).service
  const given = read(current)
  requireSettings(given, 'service edit')
  const {after, changes} = patchService(current, given)
  const problems = validateService(after, {current})
  refuse(problems)
  return {operation: {do: 'edit-service', service: after}, changes, warnings: warningsOf(problems)}
}

export function deleteService(client: IpvsClient, key: ServiceKey): TableChange {
  requireService(client, key)
  const servers = client.servers(key)
  const activeConnections = servers.reduce((sum, {connections}) => sum + connections.active, 0)
  return {
    operation: {do: 'delete-service', service: key},
    warnings: [],
    lost: {servers: servers.length, activeConnections},
  }
}

export function zeroService(client: IpvsClient, key: ServiceKey | undefined): TableChange {
  if (key) requireService(client, key)
  return {operation: key ? {do: 'zero', service: key} : {do: 'zero'}, warnings: []}
}

export function addServer(
  client: IpvsClient,
  machine: MachineFacts,
  serviceKey: ServiceKey,
  key: ServerKey,
  given: GivenServer,
): TableChange {
  const {service: of} = requireService(client, serviceKey, 'create')
  const asked = patchServer(server(key), given).after
  const problems = validateServer(of, asked, {
    ipv4Configured: machine.ipv4Configured(),
    syncDaemonRuns: isMixed(serviceKey, key) && client.daemons().length > 0,
  })
  refuse(problems)
  const current = findServer(client.servers(serviceKey), key)?.server
  if (current) throw serverExists(serviceKey, asked, current)
  const far = asked.forwarding === 'gatewaying' ? (machine.offLink?.(key.address) ?? []) : []
  return {
    operation: {do: 'add-server', service: serviceKey, server: asked},
    warnings: warningsOf([...problems, ...far]),
  }
}

export function editServer(
  client: IpvsClient,
  serviceKey: ServiceKey,
  key: ServerKey,
  given: GivenServer,
): TableChange {
  const {service: of} = requireService(client, serviceKey)
  const current = requireServer(client, serviceKey, key).server
  requireSettings(given, 'server edit')
  const {after, changes} = patchServer(current, given)
  const problems = validateServer(of, after, {
    current,
    syncDaemonRuns: isMixed(serviceKey, key) && client.daemons().length > 0,
  })
  refuse(problems)
  return {operation: {do: 'edit-server', service: serviceKey, server: after}, changes, warnings: warningsOf(problems)}
}

export function deleteServer(client: IpvsClient, serviceKey: ServiceKey, key: ServerKey): TableChange {
  requireService(client, serviceKey)
  const {connections} = requireServer(client, serviceKey, key)
  return {
    operation: {do: 'delete-server', service: serviceKey, server: key},
    warnings: [],
    lost: {activeConnections: connections.active},
  }
}

/** Throws where an edit has nothing to say. */
function requireSettings(given: GivenService | GivenServer, command: string): void {
  if (Object.values(given).some((value) => value !== undefined)) return
  throw new LvsctlError({
    failure: 'usage',
    code: 'settings-missing',
    message: 'nothing to change: no setting is given',
    hint: `What there is to change: lvsctl ${command} --help`,
  })
}

/** Throws what the kernel's refusal means, or `partial` where the table is not as asked afterwards. */
export function carryOut(client: IpvsClient, {operation, changes}: TableChange): void {
  if (changes?.length === 0) return
  const [outcome] = client.execute([operation])
  if (outcome?.ok === false) throw explain(operation, outcome.errno)
  const differences = verify(client, operation)
  if (differences.length === 0) return
  throw new LvsctlError({
    failure: 'partial',
    code: 'not-as-asked',
    message: `the kernel took the change, but the table is not as asked: ${differences.join(', ')}`,
    hint: 'Another program may have written it at the same moment. What is so: lvsctl list',
  })
}

/** What differs between what was asked and what is there now. */
function verify(client: IpvsClient, operation: Operation): readonly string[] {
  const texts = (changes: readonly Change[]): readonly string[] => changes.map(({text}) => text)
  switch (operation.do) {
    case 'add-service':
    case 'edit-service': {
      const there = client.service(operation.service.key)?.service
      return there ? texts(serviceChanges(operation.service, there)) : ['the service is not there']
    }
    case 'delete-service':
      return client.service(operation.service) ? ['the service is still there'] : []
    case 'add-server':
    case 'edit-server': {
      const there = findServer(client.servers(operation.service), operation.server)?.server
      return there ? texts(serverChanges(operation.server, there)) : ['the server is not there']
    }
    case 'delete-server':
      return findServer(client.servers(operation.service), operation.server) ? ['the server is still there'] : []
    default:
      return []
  }
}

const isMixed = (service: ServiceKey, key: ServerKey): boolean => familyOfKey(service) !== familyOf(key.address)

const warningsOf = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter(({severity}) => severity === 'warning')

function serviceExists(asked: Service, current: Service): LvsctlError {
  const changes = serviceChanges(current, asked)
  return new LvsctlError({
    failure: 'exists',
    code: changes.length === 0 ? 'service-exists-as-asked' : 'service-exists',
    message: `${formatServiceKey(asked.key)} already exists (${describeService(current)})`,
    hint:
      changes.length === 0
        ? 'It is set as asked: nothing is to be done'
        : differing(changes, editServiceLine(asked, changes)),
  })
}

function serverExists(of: ServiceKey, asked: Server, current: Server): LvsctlError {
  const changes = serverChanges(current, asked)
  return new LvsctlError({
    failure: 'exists',
    code: changes.length === 0 ? 'server-exists-as-asked' : 'server-exists',
    message: `${formatServerKey(asked)} already exists in ${formatServiceKey(of)} (${describeServer(current)})`,
    hint:
      changes.length === 0
        ? 'It is set as asked: nothing is to be done'
        : differing(changes, editServerLine(of, asked, changes)),
  })
}

const differing = (changes: readonly Change[], line: string): string =>
  `Asked for would be: ${changes.map(({text}) => text).join(', ')}\nTo change it: ${line}`
