// `lvsctl realserver script`: what makes a host a real server, as one file for a POSIX shell. Pure: request → text.
//
// It keeps to the same order and the same rules as setup.ts and teardown.ts, for hosts on which nobody wants Node.

import type {Address} from '../../domain/address.ts'
import {listVips} from '../../host/vip.ts'
import {arpPart} from './arp.ts'
import {machinePart} from './machine.ts'
import {sh} from './sh.ts'
import {startPart} from './start.ts'
import {statePart} from './state.ts'
import {statusPart} from './status.ts'
import {stopPart} from './stop.ts'

export interface ScriptRequest {
  readonly vips: readonly Address[]
}

const name = 'lvs-realserver'

export function realServerScript(request: ScriptRequest): string {
  return [head(request), machinePart, statePart, arpPart, statusPart, startPart, stopPart, commandPart].join('')
}

function head({vips}: ScriptRequest): string {
  return sh`#!/bin/sh
# Makes this host a real server of a Linux Virtual Server, by direct routing, with ip and sysctl only.
# Made by: lvsctl realserver script --vip ${vips.join(',')}
#
#   start    ARP is made quiet, then the VIP comes up; once more does nothing
#   stop     the VIP goes, then every setting goes back to what start found
#   status   exit 0: all is well; 3: it is not, with the reasons
#
# As /etc/init.d/${name}: update-rc.d ${name} defaults. As a systemd service:
#
#   [Unit]
#   Description=Real server for ${listVips(vips)}
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
# Description:       Takes packets for ${listVips(vips)} and is silent about it on the LAN.
### END INIT INFO

set -eu

name=${name}
vips='${vips.join(' ')}'
device=lo
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
