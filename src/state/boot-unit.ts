// The text of lvsctl-restore.service. Directives are of
// systemd.unit(5), systemd.service(5) and systemd.exec(5). Where it lies and when it is written: boot.ts.

import type {Program} from '../domain/program.ts'
import {sign} from '../host/signed-text.ts'
import {confinement, quoteWord} from '../host/systemd.ts'
import {bootRulesPaths} from './boot-rules.ts'

export const unitName = 'lvsctl-restore.service'

export interface UnitOptions {
  /**
   * What is restored needs interfaces with addresses: sync daemons do. Rules alone need lo, which systemd itself brings
   * up before anything else.
   */
  readonly network: boolean
}

const early = `# Before any interface is configured, as a firewall is: the first packet for a virtual
# address finds its service, and is not refused by the director itself.
DefaultDependencies=no
Conflicts=shutdown.target
Wants=network-pre.target
After=local-fs.target systemd-modules-load.service systemd-sysctl.service
Before=network-pre.target shutdown.target keepalived.service
`

const late = `# The rules come with sync daemons, which need an interface with an address.
Wants=network-online.target
After=network-online.target systemd-modules-load.service systemd-sysctl.service
Before=keepalived.service
`

export function formatUnit({node, script}: Program, {network}: UnitOptions): string {
  const command = [node, script, 'restore', '--boot'].map(quoteWord).join(' ')
  return sign(`# Written by "lvsctl save --boot", removed by "lvsctl save --no-boot".
# Your own settings belong into "systemctl edit ${unitName}": lvsctl leaves this file alone
# once somebody else has changed it.

[Unit]
Description=IPVS services and real servers
Documentation=man:lvsctl(8)
${network ? late : early}# Any one of them; "lvsctl restore --boot" chooses.
${bootRulesPaths.map((path) => `ConditionPathExists=|${path}\n`).join('')}
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${command}
ExecReload=${command}
# No ExecStop: stopping this unit leaves the rules, and with them the connections.
TimeoutStartSec=5min
CapabilityBoundingSet=CAP_NET_ADMIN
NoNewPrivileges=yes
RestrictAddressFamilies=AF_NETLINK AF_UNIX
${confinement}ProtectHome=read-only
ProtectControlGroups=yes

[Install]
WantedBy=multi-user.target
`)
}
