// The script's status: whether this host is the real server that it should be, in words and as LSB's exit codes.

import {sh} from './sh.ts'

export const vipDifferencesPart = sh`
vip_differences() { # VIP
  if is_there "$1"; then
    [ "$prefix" = "$full" ] || problem "$1 is on $device with /$prefix and must be /$full"
    if [ "$full" = 32 ]; then
      find_loud "$scope"
      [ -z "$loud" ] || problem "this host gives $1 away on the LAN: $loud"
    fi
  else
    problem "$1 is not on $device"
  fi
  while read -r interface address _; do
    if [ "$address" = "$1" ] && [ "$interface" != "$device" ]; then problem "$1 is on $interface, too"; fi
  done <<END
$addresses
END
}

device_differences() { # DEVICE
  if ! has_interface "$1"; then
    problem "there is no interface $1"
  elif is_among "$1" "$down"; then
    problem "$1 is down: this host cannot take packets there"
  fi
}
`

export const statusPart = sh`
# Values that somebody changed since start, be they as good or not.
changed_since() {
  while read -r key found set; do
    if [ -n "$key" ] && value_of "$key" && [ "$value" != "$set" ]; then
      warn "$key is $value; start found $found and made it $set"
    fi
  done <<END
$settings
END
}

# 0: all is well; 3: it is not, or nothing is set up.
status() {
  tools
  look
  load_state
  changed_since
  differences
  if [ -n "$problems" ]; then
    printf '%s' "$problems"
    exit 3
  fi
  printf '%s: ready: %s\n' "$name" "$ready"
}
`
