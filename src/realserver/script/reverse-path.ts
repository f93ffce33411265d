// The script's part about the reverse path filter. The rules are those of ../reverse-path.ts.

import {sh} from './sh.ts'

export const reversePathPart = sh`
# The reverse path filter drops what comes out of a tunnel, because no route back to the client leads into one. The larger
# of "all" and of the device counts: 1 drops, and 2 does where the device has no IPv4 address.
lets_through() { # ALL ADDRESSED: $value does beside them
  larger "$value" "$1"
  case $larger:$2 in
    0:*) return 0 ;;
    1:*) return 1 ;;
    *:yes) return 0 ;;
  esac
  return 1
}

find_addressed() { # DEVICE: $addressed, yes where it has or will have an IPv4 address
  addressed=no
  for vip in $vips; do
    place_of "$vip"
    case $device:$vip in
      *:*:*) ;;
      "$1":*) addressed=yes ;;
    esac
  done
  while read -r interface address _; do
    case $interface:$address in
      *:*:*) ;;
      "$1":*) addressed=yes ;;
    esac
  done <<END
$addresses
END
}

plan_reverse_path() { # DEVICE
  find_addressed "$1"
  value_of net/ipv4/conf/all/rp_filter || value=0
  if [ "$addressed" = no ] && [ "$value" -ne 0 ]; then
    problem "net.ipv4.conf.all.rp_filter is $value: what comes out of $1 is dropped as long as that has no IPv4 address"
    return 0
  fi
  all=$value
  case $addressed in
    yes) settle "net/ipv4/conf/$1/rp_filter" 2 lets_through "$all" yes ;;
    no) settle "net/ipv4/conf/$1/rp_filter" 0 lets_through "$all" no ;;
  esac
}

reverse_path_differences() { # DEVICE
  find_addressed "$1"
  value_of net/ipv4/conf/all/rp_filter || value=0
  all=$value
  value_of "net/ipv4/conf/$1/rp_filter" || return 0
  lets_through "$all" "$addressed" || problem "rp_filter is $larger on $1: what comes out of the tunnel is dropped"
}
`
