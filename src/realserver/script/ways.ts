// The script's part about what set-up makes or changes besides addresses and sysctls: interfaces, routes, MTUs, UDP ports.
// Each is a line of the notes, and stop goes through them backwards.

import {sh} from './sh.ts'

export const waysPart = sh`
# Somebody has an address on this interface that does not go now.
is_occupied() { # DEVICE
  while read -r interface address _; do
    [ "$interface" = "$1" ] || continue
    case $address in
      fe80:*) continue ;;
    esac
    is_listed "$address" "$gone" || return 0
  done <<END
$addresses
END
  return 1
}

# What is closed: $kind, and what else is noted of it in $way, $one to $rest; by close_mtu, close_route and
# so on, in the parts that make such things.
#
# What brought packets here and answers away, backwards, where no VIP that stays needs it.
close_ways() {
  reversed=
  while read -r way; do
    reversed="$way$newline$reversed"
  done <<END
$ways
END
  ways=
  while read -r way; do
    read -r kind by one two three rest <<WAY
\${way%%|*}
WAY
    if [ -z "$way" ]; then
      continue
    elif [ "$by" != "$method" ] || is_needed; then
      ways="$way$newline$ways"
      continue
    fi
    case $kind in
      up) is_among "$one" "$down" || ! has_interface "$one" || run "ip link set $one down" ;;
      link) ! has_interface "$one" || run "ip link del $one" ;;
      *) "close_$kind" ;;
    esac
  done <<END
$reversed
END
}

is_needed() { # what $kind and $one tell of
  case $kind in
    up | link)
      if still_used - "$one" || { is_among "$one" "$tunnels" && still_used tun; }; then return 0; fi
      is_occupied "$one" || return 1
      warn "$one stays as it is: somebody else has an address on it; when that is gone: $0 stop"
      ;;
    *) [ "$method" = tun ] && still_used tun ;;
  esac
}
`

/** For scripts that neither make nor change such things; those of others stay noted. */
export const noWaysPart = sh`
close_ways() {
  :
}
`

export const devicesPart = sh`
to_load=
to_make=
to_raise=
coming=

note_way() { # KIND METHOD WORDS...
  is_listed "$*" "$ways" || ways="$ways$*$newline"
}

plan_module() { # MODULE
  if [ -d "/sys/module/$1" ] || is_among "$1" "$to_load"; then return 0; fi
  if modprobe -D "$1" >/dev/null 2>&1; then
    to_load="$to_load $1"
  else
    problem "this kernel has no module $1; it may be in a package of its own (linux-modules-extra-...)"
  fi
}

# An interface without hardware that is not there comes with its module; a dummy, and one whose module is loaded and did
# not bring it (net.core.fb_tunnels_only_for_init_net), is made.
plan_link() { # NAME KIND MODULE
  ! has_interface "$1" || return 0
  coming="$coming $1"
  if [ "$2" = dummy ] || [ -d "/sys/module/$3" ]; then
    to_make="$to_make $1:$2"
    note_way link "$method" "$1" "$2"
  fi
  plan_module "$3"
}

plan_device() { # DEVICE: where VIPs go
  if is_among "$1" "$coming"; then
    :
  elif ! has_interface "$1"; then
    problem "there is no interface $1"
  elif ! is_among "$1" "$silent"; then
    problem "neighbours ask for addresses on $1; take lo, a dummy interface (dummy0) or the device of the tunnel"
  fi
}

plan_up() { # DEVICE
  if has_interface "$1" && ! is_among "$1" "$down"; then return 0; fi
  to_raise="$to_raise $1"
  # lo stays up: whoever uses it meanwhile must not lose it. What is made here goes as a whole.
  case "$1:$to_make " in
    lo:* | *" $1:"*) ;;
    *) note_way up "$method" "$1" ;;
  esac
}

make_devices() {
  for module in $to_load; do run "modprobe $module"; done
  for one in $to_make; do
    # The module dummy makes dummy0 by itself.
    ip link show dev "\${one%:*}" >/dev/null 2>&1 || change "ip link del \${one%:*}" "ip link add \${one%:*} type \${one#*:}"
  done
}

raise_devices() {
  for one in $to_raise; do change "ip link set $one down" "ip link set $one up"; done
}
`
