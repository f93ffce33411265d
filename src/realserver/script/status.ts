// The script's status: whether this host is the real server that it should be, in words and as LSB's exit codes.

import {sh} from './sh.ts'

export const statusPart = sh`
# What is not as it must be: $problems.
differences() {
  problems=
  if is_down "$device"; then problem "$device is down: this host cannot take traffic for an address on it"; fi
  for vip in $vips; do
    if ! on_device "$vip"; then
      problem "$vip is not on $device"
      continue
    fi
    full_prefix "$vip"
    [ "$prefix" = "$full" ] || problem "$vip is on $device with /$prefix and must be /$full"
    [ "$full" = 32 ] || continue
    find_loud "$scope"
    [ -z "$loud" ] || problem "this host gives $vip away on the LAN: $loud"
  done
  for vip in $vips; do
    while read -r interface address _; do
      if [ "$address" = "$vip" ] && [ "$interface" != "$device" ]; then problem "$vip is on $interface, too"; fi
    done <<END
$addresses
END
  done
}

# Values that somebody changed since start, quiet or not.
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
  printf '%s: ready: %s on %s, nobody on the LAN is told\n' "$name" "$vips" "$device"
}
`
