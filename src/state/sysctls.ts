// The settings of IPVS below net.ipv4.vs that a save with --all keeps: which there are, what they are on a fresh kernel,
// and what would have to be set. What each means: Documentation/networking/ipvs-sysctl.rst in the kernel sources.

import type {Effect, HostReader} from '../host/host.ts'

/**
 * As the kernel starts (ip_vs_control_net_init_sysctl in net/netfilter/ipvs/ip_vs_ctl.c). Not here, and so neither saved
 * nor restored, is what has no such value: sync_qlen_max follows the memory, est_cpulist the processors, conn_lfactor
 * and svc_lfactor the namespace; and debug_level, which is of the whole machine.
 */
const defaults: Readonly<Record<string, string>> = {
  am_droprate: '10',
  amemthresh: '1024',
  backup_only: '0',
  cache_bypass: '0',
  conn_reuse_mode: '1',
  conntrack: '0',
  drop_entry: '0',
  drop_packet: '0',
  est_nice: '0',
  expire_nodest_conn: '0',
  expire_quiescent_template: '0',
  ignore_tunneled: '0',
  lblc_expiration: '86400',
  lblcr_expiration: '86400',
  nat_icmp_send: '0',
  pmtu_disc: '1',
  run_estimation: '1',
  schedule_icmp: '0',
  secure_tcp: '0',
  sloppy_sctp: '0',
  sloppy_tcp: '0',
  snat_reroute: '1',
  sync_persist_mode: '0',
  sync_ports: '1',
  sync_refresh_period: '0',
  sync_retries: '0',
  sync_sock_size: '0',
  sync_threshold: '3 50',
  sync_version: '1',
}

export const sysctlKey = (name: string): string => `net.ipv4.vs.${name}`

/** Several numbers come with tabs between them. */
const read = (host: Pick<HostReader, 'sysctl'>, name: string): string | undefined =>
  host.sysctl(sysctlKey(name))?.trim().replace(/\s+/g, ' ')

/** What is not as on a fresh kernel, by the last word of the key. */
export function changedSysctls(host: Pick<HostReader, 'sysctl'>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(defaults).flatMap(([name, usual]) => {
      const value = read(host, name)
      return value === undefined || value === usual ? [] : [[name, value]]
    }),
  )
}

export interface SysctlChange {
  readonly key: string
  readonly from: string
  readonly to: string
}

export interface SysctlPlan {
  readonly changes: readonly SysctlChange[]
  /** Wanted, and not there: of another kernel, or of a module that is not loaded (lblc_expiration). */
  readonly missing: readonly string[]
}

/** Those that are not wanted go back to what they are on a fresh kernel, unless all that is there is to be kept. */
export function planSysctls(
  host: Pick<HostReader, 'sysctl'>,
  wanted: Readonly<Record<string, string>> | undefined,
  {keep}: {readonly keep: boolean},
): SysctlPlan {
  if (!wanted) return {changes: [], missing: []}
  const missing: string[] = []
  const changes = Object.entries(keep ? wanted : {...defaults, ...wanted}).flatMap(([name, to]) => {
    const from = read(host, name)
    if (from === undefined && name in wanted) missing.push(name)
    return from === undefined || from === to ? [] : [{key: sysctlKey(name), from, to}]
  })
  return {changes, missing}
}

export const sysctlEffect = ({key, to}: SysctlChange): Effect => ({do: 'set-sysctl', key, value: to})

/** What leads back. */
export const sysctlInverse = ({key, from}: SysctlChange): Effect => ({do: 'set-sysctl', key, value: from})
