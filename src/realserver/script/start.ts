// The script's start: everything is checked and decided first; then the notes are written, ARP is made quiet, and the VIP
// comes up last. What belongs to one method is a function of the same name in that method's part.

import {sh} from './sh.ts'

export const vipPart = sh`
vip_scope=global
number_of() { # $number: of an IPv4 address
  IFS=. read -r one two three four <<END
$1
END
  number=$(((one << 24) | (two << 16) | (three << 8) | four))
}

# The first and the last address of a subnet are nobody's (RFC 1122); a /31 has no such (RFC 3021). $inside: yes where the
# VIP is in the subnet at all.
is_edge() { # VIP ADDRESS PREFIX
  inside=no
  if [ "$3" -lt 1 ] || [ "$3" -gt 31 ]; then return 1; fi
  bits=$(((1 << (32 - $3)) - 1))
  number_of "$1"
  vip_number=$number
  number_of "$2"
  [ $((vip_number | bits)) -eq $((number | bits)) ] || return 1
  inside=yes
  edge=$((vip_number & bits))
  [ "$3" -lt 31 ] && { [ "$edge" -eq 0 ] || [ "$edge" -eq "$bits" ]; }
}

# What on this machine stands against the VIP.
check_vip() { # VIP
  full_prefix "$1"
  place_of "$1"
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
      *:*) continue ;;
    esac
    if is_edge "$1" "$address" "$prefix"; then
      problem "$1 is the first or last address of $address/$prefix on $interface"
    elif [ "$inside" = yes ] && [ "$address" != "$1" ] && is_among "$interface" "$silent"; then
      problem "$address/$prefix is on $interface: packets for that whole subnet end there, also those to clients of $1; $remove"
    fi
  done <<END
$addresses
END
  [ "$full" = 128 ] || return 0
  if ! value_of "net/ipv6/conf/$device/disable_ipv6" && ! value_of net/ipv6/conf/default/disable_ipv6; then
    problem "$1: this kernel runs without IPv6"
  elif [ "$value" != 0 ]; then
    problem "$1: IPv6 is switched off on $device; sysctl -w net.ipv6.conf.$device.disable_ipv6=0"
  fi
}

# $missing: VIPs that are to be added.
plan_vips() {
  missing=
  for vip in $vips; do
    if ! is_there "$vip"; then
      missing="$missing $vip"
      forget_vip "$vip"
      noted="$noted$vip $device added $method$newline"
    elif ! origin_of "$vip"; then
      warn "$vip was on $device already and is left as it is, also by stop"
      noted="$noted$vip $device adopted $method$newline"
    fi
  done
}

add_vip() {
  place_of "$1"
  full_prefix "$1"
  words="$1/$full dev $device"
  case $full$vip_scope in
    128*) words="$words nodad preferred_lft 0" ;;
    32host) words="$words scope host" ;;
  esac
  change "ip addr del $1/$full dev $device" "ip addr add $words"
}
`

export const startPart = sh`
start() {
  require
  open_folder
  look
  load_state
  if [ "$fresh" = yes ]; then
    host_addresses
    present=$hosts
  fi
  todo=
  plan
  refuse

  text_before=$text
  trap take_back EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  save_state
  carry_out
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
  [ -z "$undo" ] || warn "what was done is undone:"
  while read -r line; do
    [ -z "$line" ] || run "$line"
  done <<END
$undo
END
  write_state "$text_before"
  exit "$code"
}
`
