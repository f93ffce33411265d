// The default: one oneshot unit of ours, and the sysctl.d file. Directives are of systemd.unit(5), systemd.service(5) and
// systemd.exec(5).
//
// The unit runs plain lines of systemd-sysctl and ip, and not lvsctl: it works early in the boot, with /usr only, whatever
// becomes of Node; whoever reads it sees what it does; and what set-up found wrong with this host was said at set-up, when
// somebody was there to hear it.

import {type Problem, warning} from '../../domain/problem.ts'
import type {HostReader} from '../../host/host.ts'
import type {Role} from '../../host/ledger.ts'
import {confinement, deviceUnit, enablingLinkOf, quoteWord, unitFolder} from '../../host/systemd.ts'
import {type Backend, bootFileText, type PersistRequest} from '../backend.ts'
import {type Command, makeCommands, programPath, programsOn, startCommands, stopCommands} from '../commands.ts'
import {commonFiles, sysctlFilePath, sysctlLinks} from '../common-files.ts'
import {outsideLinks} from '../lasting.ts'
import {networkFileOf} from './networkd.ts'

const unitNameOf = (role: Role): string => `lvsctl-${role}.service`

export const systemd: Backend = {
  title: 'systemd',
  traces: ['/run/systemd/system', '/usr/lib/systemd/systemd', '/lib/systemd/systemd'],
  plan: (request, host) => {
    const name = unitNameOf(request.role)
    const path = `${unitFolder}/${name}`
    return {
      files: [...commonFiles(request), {path, content: unitText(request, host)}],
      links: [{path: enablingLinkOf(name), target: path}],
      problems: outsideLinks(request.lasting).flatMap((link) => dropped(link, host)),
    }
  },
}

/** networkd takes from an interface of its own what it does not know when it configures it anew. */
function dropped(link: string, host: HostReader): readonly Problem[] {
  const file = networkFileOf(link, host)
  if (file === undefined) return []
  const better = file.startsWith('10-netplan-') ? 'netplan' : 'networkd'
  return [
    warning(
      'persist-managed',
      `${link} is systemd-networkd's, which may take the address away when it is reconfigured`,
      {
        where: '--persist',
        hint: `Better is: --persist=${better}`,
      },
    ),
  ]
}

const descriptions: Readonly<Record<Role, string>> = {
  realserver: 'Real server for',
  director: 'Director for',
}

function unitText(request: PersistRequest, host: HostReader): string {
  const {role, lasting} = request
  const programs = programsOn(host)
  const vips = lasting.addresses.map(({address}) => address).join(' ') || 'clients behind NAT'
  return bootFileText(
    role,
    `[Unit]
Description=${descriptions[role]} ${vips}
Documentation=man:lvsctl(8)
${outsideLinks(lasting).length === 0 ? early : late}${devices(request)}
[Service]
Type=oneshot
RemainAfterExit=yes
# Addresses come last. A line that fails, unless it begins with "-", keeps those below it from being run.
${[...makeCommands(lasting, programs), ...applySysctls(request, host), ...startCommands(lasting, programs)].map((one) => `ExecStart=${line(one)}\n`).join('')}\
# Stopping takes the addresses away. Settings stay: other addresses may need them.
${stopCommands(lasting, programs)
  .map((one) => `ExecStop=${line(one)}\n`)
  .join('')}\
TimeoutStartSec=1min
CapabilityBoundingSet=CAP_NET_ADMIN CAP_SYS_MODULE${lasting.masquerades.length > 0 ? ' CAP_NET_RAW' : ''}
NoNewPrivileges=yes
${confinement}ProtectHome=yes
ProtectControlGroups=yes

[Install]
WantedBy=multi-user.target
`,
  )
}

/** The file is read once more: between systemd-sysctl.service and now somebody may have set something else. */
function applySysctls({role, lasting}: PersistRequest, host: HostReader): readonly Command[] {
  if (lasting.sysctls.length === 0) return []
  const program = programPath(host, '/usr/lib/systemd/systemd-sysctl', '/lib/systemd/systemd-sysctl')
  return [{words: [program, sysctlFilePath(role)]}]
}

const line = ({words, mayFail}: Command): string => `${mayFail ? '-' : ''}${words.map(quoteWord).join(' ')}`

const early = `# Before any interface is configured, and so before every service that binds to the address.
DefaultDependencies=no
Conflicts=shutdown.target
Wants=network-pre.target
After=local-fs.target systemd-modules-load.service systemd-sysctl.service
Before=network-pre.target network.target shutdown.target
`

const late = `# It needs an interface that a network manager brings up, and that it would take foreign addresses from.
Wants=network-online.target
After=network-online.target systemd-modules-load.service systemd-sysctl.service
Before=keepalived.service
`

/** Settings of an interface can be made when it is there. */
function devices(request: PersistRequest): string {
  const units = sysctlLinks(request).map(deviceUnit)
  return units.length === 0 ? '' : `Wants=${units.join(' ')}\nAfter=${units.join(' ')}\n`
}
