// How the script speaks, changes something and looks at the machine.

import {sh} from './sh.ts'

export const machinePart = sh`
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL
newline='
'

warn() {
  printf '%s: %s\n' "$name" "$*" >&2
}

fail() { # EXIT-CODE MESSAGE
  code=$1
  shift
  warn "$@"
  exit "$code"
}

# Problems are collected, and told all at once before anything is changed.
problems=
problem() {
  problems="$problems$name: $*$newline"
}

refuse() {
  [ -n "$problems" ] || return 0
  printf '%s%s: nothing was changed\n' "$problems" "$name" >&2
  exit 1
}

require() {
  [ "$(id -u)" -eq 0 ] || fail 4 "only root can do this"
  tools
}

tools() {
  for tool in ip sysctl; do
    command -v "$tool" >/dev/null || fail 5 "this host has no program \"$tool\""
  done
}

# Every change is said before it is made. What takes it back is noted first: a start that fails is undone.
undo=
change() { # HOW-TO-UNDO COMMAND...
  undo="$1$newline$undo"
  shift
  run "$@"
}

run() {
  printf '[#] %s\n' "$*" >&2
  "$@"
}

# $value: of this sysctl, written with slashes. False where the kernel has none of that name. Not by read(1) from
# /proc/sys: it reads byte by byte, and the kernel gives the first one only.
value_of() {
  value=$(sysctl -n "$1" 2>/dev/null)
}

larger() { # $larger: of two numbers
  larger=$1
  [ "$2" -le "$1" ] || larger=$2
}

# $addresses: a line for each, "INTERFACE ADDRESS PREFIX SCOPE". $talking: interfaces that are up and on which
# neighbours ask for addresses. $down: interfaces that are down.
look() {
  listing=$(ip -o addr show)
  addresses=
  while read -r _ interface family address rest; do
    case $family in
      inet | inet6) ;;
      *) continue ;;
    esac
    prefix=\${address#*/}
    case $rest in
      "peer "*)
        prefix=\${rest#*/}
        prefix=\${prefix%% *}
        ;;
    esac
    scope=\${rest#*scope }
    addresses="$addresses$interface \${address%/*} $prefix \${scope%% *}$newline"
  done <<END
$listing
END

  listing=$(ip -o link show)
  talking=
  down=
  while read -r _ interface flags _; do
    interface=\${interface%:}
    interface=\${interface%%@*}
    case $flags in
      *[\<,]UP[,\>]*) ;;
      *)
        down="$down $interface"
        continue
        ;;
    esac
    case $flags in
      *[\<,]LOOPBACK[,\>]* | *[\<,]NOARP[,\>]*) ;;
      *) talking="$talking $interface" ;;
    esac
  done <<END
$listing
END
}

is_down() {
  case " $down " in
    *" $1 "*) return 0 ;;
  esac
  return 1
}

full_prefix() { # $full: the prefix length that covers this address and nothing else
  case $1 in
    *:*) full=128 ;;
    *) full=32 ;;
  esac
}

# $prefix and $scope: of this address on $device; the one that covers nothing else, if there are several. False where
# it is not there.
on_device() {
  full_prefix "$1"
  there=
  while read -r interface address prefix scope; do
    [ "$interface $address" = "$device $1" ] || continue
    there="$prefix $scope"
    [ "$prefix" != "$full" ] || break
  done <<END
$addresses
END
  prefix=\${there% *}
  scope=\${there#* }
  [ -n "$there" ]
}

# What somebody put on $device, for itself alone: every real server's VIP looks like that. $hosts: one a line.
host_addresses() {
  hosts=
  while read -r interface address prefix _; do
    [ "$interface" = "$device" ] || continue
    case $address in
      127.* | ::1 | fe80:*) continue ;;
    esac
    full_prefix "$address"
    [ "$prefix" != "$full" ] || hosts="$hosts$address$newline"
  done <<END
$addresses
END
}

is_listed() { # WORD LIST: a line of the list is this word
  case "$newline$2$newline" in
    *"$newline$1$newline"*) return 0 ;;
  esac
  return 1
}
`
