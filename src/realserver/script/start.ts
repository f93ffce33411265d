// The script's start: everything is checked and decided first; then the notes are written, ARP is made quiet, and the VIP
// comes up last.

import {sh} from './sh.ts'

export const startPart = sh`
number_of() { # $number: of an IPv4 address
  IFS=. read -r one two three four <<END
$1
END
  number=$(((one << 24) | (two << 16) | (three << 8) | four))
}

# The first and the last address of a subnet are nobody's (RFC 1122); a /31 has no such (RFC 3021).
is_edge() { # VIP ADDRESS PREFIX
  if [ "$3" -lt 1 ] || [ "$3" -gt 30 ]; then return 1; fi
  bits=$(((1 << (32 - $3)) - 1))
  number_of "$1"
  vip_number=$number
  number_of "$2"
  [ $((vip_number | bits)) -eq $((number | bits)) ] || return 1
  edge=$((vip_number & bits))
  [ "$edge" -eq 0 ] || [ "$edge" -eq "$bits" ]
}

# What on this machine stands against the VIP.
check_vip() { # VIP
  full_prefix "$1"
  while read -r interface address prefix scope; do
    [ -n "$interface" ] || continue
    remove="remove it first: ip addr del $address/$prefix dev $interface"
    if [ "$address" = "$1" ] && [ "$interface" != "$device" ]; then
      if [ "$prefix" = "$full" ]; then
        problem "$1 is on $interface already; $remove"
      else
        problem "$1 is this host's own address ($interface, /$prefix)"
      fi
    elif [ "$address" = "$1" ] && [ "$prefix" != "$full" ]; then
      problem "$1 is on $device with /$prefix: this host takes the whole subnet for itself and cannot reach its clients; $remove"
    elif [ "$address" = "$1" ] && [ "$full" = 32 ] && [ "$vip_scope" = host ] && [ "$scope" != host ]; then
      problem "$1 is on $device with scope $scope, and arp_ignore is 3, which hides scope host only; $remove"
    fi
    case $1$address in
      *:*) ;;
      *) if is_edge "$1" "$address" "$prefix"; then problem "$1 is the first or last address of $address/$prefix on $interface"; fi ;;
    esac
  done <<END
$addresses
END
  [ "$full" = 128 ] || return 0
  if ! value_of "net/ipv6/conf/$device/disable_ipv6"; then
    problem "$1: this kernel runs without IPv6"
  elif [ "$value" != 0 ]; then
    problem "$1: IPv6 is switched off on $device; sysctl -w net.ipv6.conf.$device.disable_ipv6=0"
  fi
}

set_noted() { # sets what $todo says
  while read -r key found set; do
    [ -z "$key" ] || change "sysctl -q -w $key=$found" sysctl -q -w "$key=$set"
  done <<END
$todo
END
}

add_vip() {
  case $1 in
    *:*) change "ip addr del $1/128 dev $device" ip addr add "$1/128" dev "$device" nodad preferred_lft 0 ;;
    *)
      if [ "$vip_scope" = host ]; then
        change "ip addr del $1/32 dev $device" ip addr add "$1/32" dev "$device" scope host
      else
        change "ip addr del $1/32 dev $device" ip addr add "$1/32" dev "$device"
      fi
      ;;
  esac
}

start() {
  require
  open_folder
  look
  load_state
  todo=
  vip_scope=global
  case $vips in
    *.*) plan_arp ;;
  esac
  for vip in $vips; do check_vip "$vip"; done
  refuse

  if [ "$fresh" = yes ]; then
    host_addresses
    present=$hosts
  fi
  missing=
  for vip in $vips; do
    if ! on_device "$vip"; then
      missing="$missing $vip"
      forget_vip "$vip"
      noted="$noted$vip $device added$newline"
    elif ! origin_of "$vip"; then
      warn "$vip was on $device already and is left as it is, also by stop"
      noted="$noted$vip $device adopted$newline"
    fi
  done

  text_before=$text
  trap take_back EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  save_state
  set_noted
  if is_down "$device"; then change "ip link set $device down" ip link set "$device" up; fi
  for vip in $missing; do add_vip "$vip"; done

  look
  differences
  [ -z "$problems" ] || fail 1 "everything was done, and read back it is not so:$newline$problems"
  trap - EXIT HUP INT TERM
}

# A start that fails leaves nothing behind.
take_back() {
  code=$?
  trap '' HUP INT TERM
  trap - EXIT
  set +e
  while read -r line; do
    [ -n "$line" ] || continue
    printf '[#] %s    (back again)\n' "$line" >&2
    eval "$line"
  done <<END
$undo
END
  write_state "$text_before"
  exit "$code"
}
`
