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

# Every change is said before it is made. What takes it back is noted first: a start that fails is undone. Both are lines
# of words with one blank between them; nothing in them is expanded or run by the shell.
undo=
change() { # HOW-TO-UNDO LINE
  undo="$1$newline$undo"
  run "$2"
}

run() { # LINE
  printf '[#] %s\n' "$1" >&2
  # shellcheck disable=SC2086 # words on purpose
  $1
}

# $value: of this sysctl, written with slashes. False where the kernel has none of that name. Not by read(1) from
# /proc/sys: it reads byte by byte, and the kernel gives the first one only.
value_of() {
  value=$(sysctl -n "$1" 2>/dev/null)
}

# $addresses: a line for each, "INTERFACE ADDRESS PREFIX SCOPE". $mtus: "INTERFACE MTU" of each interface. By name, with
# blanks between them: $talking, interfaces that are up and on which neighbours ask for addresses; $silent, those where
# nobody does (lo, dummies, tunnels without another end); $down.
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
  mtus=
  talking=
  silent=
  down=
  while read -r _ interface flags _ mtu _; do
    interface=\${interface%:}
    interface=\${interface%%@*}
    mtus="$mtus$interface $mtu$newline"
    case $flags in
      *[\<,]UP[,\>]*) is_up=yes ;;
      *)
        is_up=no
        down="$down $interface"
        ;;
    esac
    case $flags in
      *[\<,]LOOPBACK[,\>]*) silent="$silent $interface" ;;
      *[\<,]POINTOPOINT[,\>]*) ;;
      *[\<,]NOARP[,\>]*) silent="$silent $interface" ;;
    esac
    case $is_up$flags in
      no* | *[\<,]LOOPBACK[,\>]* | *[\<,]NOARP[,\>]*) ;;
      *) talking="$talking $interface" ;;
    esac
  done <<END
$listing
END
}

is_among() { # WORD WORDS
  case " $2 " in
    *" $1 "*) return 0 ;;
  esac
  return 1
}

has_interface() { # $mtu: of it; false where there is no such interface
  while read -r interface mtu; do
    [ "$interface" != "$1" ] || return 0
  done <<END
$mtus
END
  return 1
}

is_listed() { # LINE LINES
  case "$newline$2$newline" in
    *"$newline$1$newline"*) return 0 ;;
  esac
  return 1
}

full_prefix() { # $full: the prefix length that covers this address and nothing else
  case $1 in
    *:*) full=128 ;;
    *) full=32 ;;
  esac
}

# $device: where this VIP goes. $prefix and $scope: as it is there; of the one that covers nothing else, if there are
# several. False where it is not there.
is_there() {
  place_of "$1"
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

# $hosts: what somebody put on a silent interface for itself alone, one a line; every real server's VIP looks like that.
host_addresses() {
  hosts=
  while read -r interface address prefix _; do
    is_among "$interface" "$silent" || continue
    case $address in
      127.* | ::1 | fe80:*) continue ;;
    esac
    full_prefix "$address"
    [ "$prefix" != "$full" ] || hosts="$hosts$address$newline"
  done <<END
$addresses
END
}
`
