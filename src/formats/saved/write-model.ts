// A state as the model of YAML and JSON. What is at its default is left out, but for scheduler, forwarding and weight:
// whoever edits the file looks for those.

import type {StateSource} from '../../domain/saved-state.ts'
import {formatServiceKey} from '../../domain/service.ts'
import {daemonFields, type Json, serverFields, serviceFields, timeoutFields, writeFields} from './fields.ts'

export function writeModel({configuration, timeouts, daemons, sysctls}: StateSource): {readonly [key: string]: Json} {
  return {
    version: 1,
    services: Array.from(configuration, ({service, servers}) => ({
      id: formatServiceKey(service.key),
      ...writeFields(serviceFields, service),
      servers: servers.map((server) => ({
        address: server.address,
        port: server.port,
        ...writeFields(serverFields, server),
      })),
    })),
    ...(timeouts && {timeouts: writeFields(timeoutFields, timeouts)}),
    ...(daemons && {syncDaemons: daemons.map((daemon) => writeFields(daemonFields, daemon))}),
    ...(sysctls && {
      sysctls: Object.fromEntries(Object.entries(sysctls).map(([name, value]) => [name, asNumber(value)])),
    }),
  }
}

/** A number where that reads back as the same text. */
function asNumber(text: string): Json {
  const number = Number(text)
  return Number.isSafeInteger(number) && `${number}` === text ? number : text
}
