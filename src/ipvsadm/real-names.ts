// Names as this machine knows them: hosts through the C library's resolver (/etc/hosts, DNS, whatever nsswitch.conf
// says), ports through /etc/services.

import type {LookupAddress} from 'node:dns'
import type {Address} from '../domain/address.ts'
import {parseEtcServices, parsePortNames} from '../formats/etc-services.ts'
import type {Names} from './world.ts'

export function realNames(readFile: (path: string) => string | undefined): Names {
  let text: string | undefined
  const services = (): string => {
    text ??= readFile('/etc/services') ?? ''
    return text
  }
  let ports: ReturnType<typeof parseEtcServices> | undefined
  let portNames: ReturnType<typeof parsePortNames> | undefined
  return {
    async addressOf(host) {
      // Node would make another name of it (IDNA), and with some signs an address: ㊴ becomes 39.
      if (!/^[\0-\x7f]*$/.test(host)) return undefined
      const {lookup} = process.getBuiltinModule('node:dns')
      return new Promise((resolve) => {
        lookup(host, {family: 4}, (_error, address: string | LookupAddress[] | undefined) =>
          resolve(typeof address === 'string' ? (address as Address) : undefined),
        )
      })
    },
    async hostOf(address) {
      const {lookupService} = process.getBuiltinModule('node:dns')
      return new Promise((resolve) => {
        // The port is of no matter here.
        lookupService(address, 0, (error, host) => resolve(error ? undefined : host))
      })
    },
    async portOf(service, protocol) {
      ports ??= parseEtcServices(services())
      return ports(service, protocol)
    },
    async serviceOf(port, protocol) {
      portNames ??= parsePortNames(services())
      return portNames(port, protocol)
    },
  }
}
