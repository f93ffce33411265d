// `lvsctl realserver script`: what makes a host a real server, as one file for a POSIX shell. Pure: request → text.
//
// It keeps to the same order and the same rules as setup.ts and teardown.ts, for hosts on which nobody wants Node. Only
// the parts that a request needs are in its file.

import {listVips} from '../../host/vip.ts'
import {methods, type SetupRequest} from '../request.ts'
import {arpPart, settingsPart} from './arp.ts'
import {machinePart} from './machine.ts'
import {methodPart} from './method.ts'
import {checkNames, scriptLine} from './request.ts'
import {sh} from './sh.ts'
import {startPart} from './start.ts'
import {statePart} from './state.ts'
import {statusPart} from './status.ts'
import {stopPart} from './stop.ts'

const name = 'lvs-realserver'

/** Throws one usage error with everything that cannot be in a script. */
export function realServerScript(request: SetupRequest): string {
  checkNames(request)
  return [
    head(request),
    machinePart,
    statePart,
    settingsPart,
    request.method === 'nat' ? '' : arpPart,
    methodPart(request),
    statusPart,
    startPart,
    stopPart,
    commandPart,
  ].join('')
}

function head(request: SetupRequest): string {
  const {vips, method = 'dr', gateways = []} = request
  const what = method === 'nat' ? `answers go through ${listVips(gateways)}` : `for ${listVips(vips)}`
  return sh`#!/bin/sh
# Makes this host a real server of a Linux Virtual Server: ${methods[method]}, ${what}.
# It needs ip and sysctl, and is made by:
#   ${scriptLine(request)}
#
#   start    what the role needs is set, the VIP last; once more does nothing
#   stop     the VIP goes, then everything goes back to what start found
#   status   exit 0: all is well; 3: it is not, with the reasons
#
# As /etc/init.d/${name}: update-rc.d ${name} defaults. As a systemd service:
#
#   [Unit]
#   Description=Real server of a Linux Virtual Server
#   After=network.target systemd-sysctl.service
#   [Service]
#   Type=oneshot
#   RemainAfterExit=yes
#   ExecStart=/usr/local/sbin/${name} start
#   ExecStop=/usr/local/sbin/${name} stop
#   [Install]
#   WantedBy=multi-user.target
#
### BEGIN INIT INFO
# Provides:          ${name}
# Required-Start:    $network
# Required-Stop:     $network
# Should-Start:      procps
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: real server of a Linux Virtual Server
# Description:       ${methods[method]}, ${what}
### END INIT INFO

# Nothing in a name is a pattern.
set -euf

name=${name}
method=${method}
vips='${vips.join(' ')}'
`
}

const commandPart = sh`
case \${1-} in
  start | stop | status) "$1" ;;
  restart)
    stop
    start
    ;;
  force-reload) start ;;
  *)
    printf 'usage: %s start|stop|restart|force-reload|status\n' "$0" >&2
    exit 2
    ;;
esac
`
