// The real machine: interfaces, addresses and routes by rtnetlink, sysctls and files by synchronous fs, announcements by
// packet sockets; an area each in linux-*.ts, beside its twin in fake-*.ts. Everything is of the network namespace that the
// main thread is in. What an errno means to an operator is said in explain.ts.

import {statSync} from 'node:fs'
import {connectNetlink, protocols} from '../../native/netlink-socket.ts'
import type {Connection} from '../netlink/connection.ts'
import type {GenericWords} from '../netlink/generic.ts'
import {routeDictionary} from '../netlink/route.ts'
import {explain} from './explain.ts'
import type {Deeds, Effect, Host} from './host.ts'
import {linuxAddresses} from './linux-addresses.ts'
import {linuxFiles} from './linux-files.ts'
import {linuxFirewall} from './linux-firewall.ts'
import {linuxFou} from './linux-fou.ts'
import {linuxLinks} from './linux-links.ts'
import {linuxModules} from './linux-modules.ts'
import {linuxNeighbours} from './linux-neighbours.ts'
import {linuxRoutes} from './linux-routes.ts'
import {linuxSysctls} from './linux-sysctls.ts'
import {holding} from './lock.ts'
import {complaintOf, runProgram} from './run-program.ts'

export interface LinuxHostOptions {
  /** What files are looked for below: `/`. Tests have their own. */
  readonly root?: string
  /** Opened when first needed. */
  readonly connect?: () => Connection
  /** The same for generic netlink. */
  readonly connectGeneric?: () => Connection
  /** Told of each generic family that was looked up, for tracing. */
  readonly learnGeneric?: (id: number, words: GenericWords) => void
  /** How long another lvsctl that changes the same role is waited for. */
  readonly lockWaitMs?: number
  /** Where its locks lie; tests have their own. */
  readonly lockFolder?: string
  /** The program that talks to systemd; tests have their own. */
  readonly systemctl?: string
  /** The program that loads kernel modules; tests have their own. */
  readonly modprobe?: string
}

export function linuxHost({
  root = '',
  connect = () => connectNetlink(protocols.route, {dictionary: routeDictionary}),
  connectGeneric = () => connectNetlink(protocols.generic),
  learnGeneric,
  lockWaitMs = 10_000,
  lockFolder = '/run/lvsctl',
  systemctl = 'systemctl',
  modprobe = 'modprobe',
}: LinuxHostOptions = {}): Host {
  let opened: Connection | undefined
  const netlink = (): Connection => {
    opened ??= connect()
    return opened
  }

  const files = linuxFiles(root)
  const sysctls = linuxSysctls(root)
  const modules = linuxModules(modprobe)
  const links = linuxLinks(netlink, connectGeneric)
  const addresses = linuxAddresses(netlink, links)
  const routes = linuxRoutes(netlink, links)
  const neighbours = linuxNeighbours(netlink, links, {...addresses.reads, ...sysctls.reads})
  const fou = linuxFou(connectGeneric, learnGeneric, modules.reads)
  const firewall = linuxFirewall()

  const deeds: Deeds = {
    ...files.deeds,
    ...sysctls.deeds,
    ...modules.deeds,
    ...links.deeds,
    ...addresses.deeds,
    ...routes.deeds,
    ...neighbours.deeds,
    ...fou.deeds,
    ...firewall.deeds,
    'systemd-reload': () => reloadSystemd(systemctl),
  }

  return {
    ...files.reads,
    ...sysctls.reads,
    ...modules.reads,
    ...links.reads,
    ...addresses.reads,
    ...routes.reads,
    ...neighbours.reads,
    ...fou.reads,
    ...firewall.reads,
    namespace: () => String(statSync(`${root}/proc/thread-self/ns/net`).ino),
    exclusively: (lock, work) => holding(lockFolder, lock, lockWaitMs, work),
    apply(effect) {
      try {
        ;(deeds[effect.do] as (effect: Effect) => void)(effect)
      } catch (error) {
        throw explain(effect, error)
      }
    },
  }
}

function reloadSystemd(systemctl: string): void {
  const ran = runProgram([systemctl, 'daemon-reload'])
  if (ran.error) throw ran.error
  if (ran.status !== 0) throw new Error(complaintOf(ran))
}
