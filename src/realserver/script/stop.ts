// The script's stop: the VIP away first; the settings to what was found only when no VIP needs the silence any more.

import {sh} from './sh.ts'

export const stopPart = sh`
# An address that a talkative ARP would give away: another script's, one that somebody added since, or a VIP that was there
# before start and stays. $heard: one of them.
needs_silence() {
  while read -r heard _; do
    case $heard in
      *.*) return 0 ;;
    esac
  done <<END
$noted
END
  host_addresses
  while read -r heard; do
    case $heard in
      *.*) if is_listed "$heard" "$staying" || ! is_listed "$heard" "$gone$present"; then return 0; fi ;;
    esac
  done <<END
$hosts
END
  return 1
}

# One of the VIPs that stay is of this method, or on this device.
still_used() { # METHOD [DEVICE]
  while read -r address on _ by; do
    [ -n "$address" ] || continue
    if [ "$by" = "$1" ] || [ "$on" = "\${2:--}" ]; then return 0; fi
  done <<END
$noted
END
  return 1
}

# Only what still is as start made it goes back: a value that somebody chose since is theirs.
restore_settings() {
  silence=no
  if [ -n "$settings" ] && needs_silence; then
    silence=yes
    case "$noted:$settings" in
      :*arp_*) warn "ARP stays quiet: $heard is here, and it was not start that put it there; when it is gone: $0 stop" ;;
    esac
  fi
  reversed=
  kept=
  while read -r key found set; do
    case $key:$silence in
      :*) ;;
      */arp_*:yes) kept="$kept$key $found $set$newline" ;;
      */arp_*) reversed="$key $found $set$newline$reversed" ;;
      *)
        if still_used tun; then
          kept="$kept$key $found $set$newline"
        else
          reversed="$key $found $set$newline$reversed"
        fi
        ;;
    esac
  done <<END
$settings
END
  while read -r key found set; do
    if [ -z "$key" ] || ! value_of "$key"; then continue; fi
    case $value in
      "$set") run "sysctl -q -w $key=$found" ;;
      "$found") ;;
      *) warn "$key is $value, neither what was found ($found) nor what was set ($set): it is left alone" ;;
    esac
  done <<END
$reversed
END
  settings=$kept
}

# $gone: VIPs that are to be removed, one a line; $staying: those that stay.
plan_removal() {
  gone=
  staying=
  for vip in $vips; do
    origin=nobody
    origin_of "$vip" || origin=nobody
    if ! is_there "$vip"; then
      [ "$origin" = nobody ] || warn "$vip was no longer on $device"
    elif [ "$origin" != added ]; then
      staying="$staying$vip$newline"
      warn "$vip stays: it was not start that put it on $device; to remove it: ip addr del $vip/$prefix dev $device"
    elif [ "$prefix" = "$full" ]; then
      gone="$gone$vip$newline"
    else
      problem "$vip is on $device with /$prefix, which start never sets up; remove it: ip addr del $vip/$prefix dev $device"
    fi
  done
}

stop() {
  require
  open_folder
  look
  load_state
  plan_removal
  refuse

  for vip in $gone; do
    place_of "$vip"
    full_prefix "$vip"
    run "ip addr del $vip/$full dev $device"
  done
  for vip in $vips; do forget_vip "$vip"; done
  close_ways
  restore_settings
  save_state
}
`
