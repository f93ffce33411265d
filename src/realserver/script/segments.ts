// The script's part about packets that do not fit the way once they are wrapped. The rules are those of ../segments.ts.

import {sh} from './sh.ts'

export const segmentsPart = sh`
routes_to_set=
wider=
had_tunnels=no

has_family() { # DEVICE FAMILY: an address that goes beyond the link
  while read -r interface address _; do
    case $2:$address in
      ?:fe80:*) continue ;;
      6:*:*) ;;
      4:*.*) ;;
      *) continue ;;
    esac
    [ "$interface" != "$1" ] || return 0
  done <<END
$addresses
END
  return 1
}

# Interfaces that cannot take what the director sends: a client's packet of 1500 bytes, wrapped.
plan_segments() { # FAMILY OVERHEAD HEADERS, in bytes
  if still_used tun; then had_tunnels=yes; fi
  for one in $talking; do
    has_interface "$one"
    if [ "$mtu" -ge $((1500 + $2)) ] || ! has_family "$one" "$1"; then continue; fi
    listing=$(ip -o "-$1" route show table main type unicast)
    while read -r line; do
      word_after dev "$line" ''
      case $word:$line in
        "$one":fe80:*) ;;
        "$one":*) plan_segment "$1" "$2" "$3" ;;
      esac
    done <<END
$listing
END
  done
}

plan_segment() { # FAMILY OVERHEAD HEADERS, for the route $line of the interface $one
  word_after mtu "$line" "$mtu"
  segment=$((word - $2 - $3))
  word_after advmss "$line" 65535
  [ "$word" -gt "$segment" ] || return 0
  case $mtu_cure in
    '')
      [ "$had_tunnels" = no ] || return 0
      case $problems in
        *"wrapped, and $one takes"*) ;;
        *) problem "a client's packet of 1500 bytes has $((1500 + $2)) when it is wrapped, and $one takes $mtu: large requests hang where ICMP is filtered; make this script with --mtu-cure" ;;
      esac
      ;;
    director) [ "$had_tunnels" = yes ] || warn "the director has to fragment what it wraps; there: sysctl -w net.ipv4.vs.pmtu_disc=0" ;;
    path)
      word_after "$one" "$wider" 0
      [ "$word" -ge $((1500 + $2)) ] || wider="$wider $one $((1500 + $2))"
      ;;
    clamp)
      case $line in
        *nexthop* | *expires*)
          problem "the route $line has more to it than this script could put back; give it an advmss yourself"
          return 0
          ;;
      esac
      clamped=$line
      word_after advmss "$line" ''
      [ -z "$word" ] || clamped="\${line%" advmss $word"*}\${line#*" advmss $word"}"
      routes_to_set="$routes_to_set$1|$line|$clamped advmss $segment$newline"
      route_words "$line"
      note_route tun "$1" "advmss $segment" "$line"
      ;;
  esac
}

plan_wider() {
  # shellcheck disable=SC2086 # words on purpose
  set -- $wider
  while [ $# -gt 0 ]; do
    has_interface "$1"
    known=
    while read -r kind _ one found _; do
      [ "$kind $one" != "mtu $1" ] || known=$found
    done <<END
$ways
END
    note_way mtu tun "$1" "\${known:-$mtu}" "$2"
    shift 2
  done
}

set_segments() {
  set_routes
  # shellcheck disable=SC2086 # words on purpose
  set -- $wider
  while [ $# -gt 0 ]; do
    has_interface "$1"
    change "ip link set $1 mtu $mtu" "ip link set $1 mtu $2"
    shift 2
  done
}

close_mtu() {
  if has_interface "$one" && [ "$mtu" = "$three" ]; then run "ip link set $one mtu $two"; fi
}

mtu_differences() {
  while read -r kind _ one _ set; do
    if [ "$kind" = mtu ] && has_interface "$one" && [ "$mtu" != "$set" ]; then
      problem "the MTU of $one is $mtu, and was set to $set"
    fi
  done <<END
$ways
END
}
`
