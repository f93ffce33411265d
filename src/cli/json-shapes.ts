// The one shape in which services, servers and their figures appear in every command's JSON. Every key is always there;
// null is "not set" or "has none". test/golden/cli/*-json.txt show it.

import {familyOf} from '../domain/address.ts'
import {schedulerFlagName} from '../domain/schedulers.ts'
import {formatServerKey, type Server, type ServerKey} from '../domain/server.ts'
import {familyOfKey, formatServiceKey, type Service, type ServiceKey} from '../domain/service.ts'
import {ipvsadmLine} from '../plan/ipvsadm-line.ts'
import type {Operation} from '../plan/operation.ts'
import type {TableChange} from '../table/change.ts'
import type {ListedServer, ListedService} from '../table/listing.ts'
import {problemShape} from './problem-shape.ts'

function keyShape(key: ServiceKey) {
  return key.kind === 'address'
    ? {
        id: formatServiceKey(key),
        protocol: key.protocol,
        address: key.address,
        port: key.port,
        mark: null,
        family: familyOfKey(key),
      }
    : {id: formatServiceKey(key), protocol: null, address: null, port: null, mark: key.mark, family: key.family}
}

function serviceShape(service: Service) {
  return {
    ...keyShape(service.key),
    scheduler: service.scheduler,
    schedulerFlags: service.schedulerFlags.map((flag) => schedulerFlagName(service.scheduler, flag)),
    persistence: service.persistence ?? null,
    netmask: service.netmask,
    engine: service.engine ?? null,
    onePacket: service.onePacket,
  }
}

const serverKeyShape = (key: ServerKey) => ({
  id: formatServerKey(key),
  address: key.address,
  port: key.port,
  family: familyOf(key.address),
})

function serverShape(server: Server) {
  return {
    ...serverKeyShape(server),
    forwarding: server.forwarding,
    weight: server.weight,
    upperThreshold: server.upperThreshold,
    lowerThreshold: server.lowerThreshold,
    tunnel: server.forwarding === 'tunneling' ? server.tunnel : null,
  }
}

/** The answer of every command that changes the table. */
export function changeShape({operation, changes, lost, warnings}: TableChange, dryRun: boolean) {
  return {
    operation: operation.do,
    changed: !dryRun && changes?.length !== 0,
    dryRun,
    ...targetShape(operation),
    changes: changes?.map(({property, from, to}) => ({property, from, to})) ?? null,
    removed: lost ? {servers: lost.servers ?? null, activeConnections: lost.activeConnections} : null,
    ipvsadm: ipvsadmLine(operation) ?? null,
    warnings: warnings.map(problemShape),
  }
}

/** `service` and `server` in full where they are set, by their identity where they are named only. */
function targetShape(operation: Operation) {
  switch (operation.do) {
    case 'add-service':
    case 'edit-service':
      return {service: serviceShape(operation.service), server: null}
    case 'add-server':
    case 'edit-server':
      return {service: keyShape(operation.service), server: serverShape(operation.server)}
    case 'delete-server':
      return {service: keyShape(operation.service), server: serverKeyShape(operation.server)}
    case 'delete-service':
      return {service: keyShape(operation.service), server: null}
    case 'zero':
      return {service: operation.service ? keyShape(operation.service) : null, server: null}
    default:
      return {service: null, server: null}
  }
}

const runningServiceShape = ({service, statistics}: Running<ListedService>) => ({
  ...serviceShape(service),
  statistics: statistics ?? null,
})

const runningServerShape = ({server, connections, statistics}: Running<ListedServer>) => ({
  ...serverShape(server),
  connections,
  statistics: statistics ?? null,
})

type Running<Listed extends ListedServer | ListedService> = NonNullable<Listed['running']>

/** What /proc/net/ip_vs does not tell is null; the list command names those keys in `unknown`. */
export function listedServiceShape(one: ListedService) {
  const servers = one.servers.map(listedServerShape)
  if (one.running) return {...runningServiceShape(one.running), servers}
  return {
    ...keyShape(one.key),
    scheduler: one.scheduler,
    schedulerFlags: null,
    persistence: null,
    netmask: one.proc?.netmask ?? null,
    engine: null,
    onePacket: one.proc?.onePacket ?? null,
    statistics: null,
    servers,
  }
}

/** Without the servers, which are counted. */
export function listedServiceSummary(one: ListedService) {
  const {servers, ...service} = listedServiceShape(one)
  return {...service, servers: servers.length, connections: {active: one.active, inactive: one.inactive}}
}

export function listedServerShape(one: ListedServer) {
  if (one.running) return runningServerShape(one.running)
  return {
    ...serverKeyShape(one),
    forwarding: one.forwarding,
    weight: one.weight,
    upperThreshold: null,
    lowerThreshold: null,
    tunnel: null,
    connections: {active: one.active, inactive: one.inactive, persistent: null},
    statistics: null,
  }
}
