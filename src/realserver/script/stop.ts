// The script's stop: the VIP away first; the settings to what was found only when no VIP needs the silence any more.

import {sh} from './sh.ts'

export const stopPart = sh`
# An address that a talkative ARP would give away: another script's, or one that somebody added since. $heard: one of them.
needs_silence() {
  while read -r heard _; do
    case $heard in
      *.*) return 0 ;;
    esac
  done <<END
$remaining
END
  host_addresses
  while read -r heard; do
    case $heard in
      *.*) if ! is_listed "$heard" "$gone$newline$present"; then return 0; fi ;;
    esac
  done <<END
$hosts
END
  return 1
}

# Only what still is as start made it goes back: a value that somebody chose since is theirs.
restore_settings() {
  reversed=
  while read -r key found set; do
    [ -z "$key" ] || reversed="$key $found $set$newline$reversed"
  done <<END
$settings
END
  while read -r key found set; do
    if [ -z "$key" ] || ! value_of "$key"; then continue; fi
    case $value in
      "$set") run sysctl -q -w "$key=$found" ;;
      "$found") ;;
      *) warn "$key is $value, neither what was found ($found) nor what was set ($set): it is left alone" ;;
    esac
  done <<END
$reversed
END
  settings=
}

stop() {
  require
  open_folder
  look
  load_state
  gone=
  for vip in $vips; do
    origin=nobody
    origin_of "$vip" || origin=nobody
    if ! on_device "$vip"; then
      [ "$origin" = nobody ] || warn "$vip was no longer on $device"
    elif [ "$origin" != added ]; then
      warn "$vip stays: it was not start that put it on $device; to remove it: ip addr del $vip/$prefix dev $device"
    else
      full_prefix "$vip"
      if [ "$prefix" = "$full" ]; then gone="$gone$vip$newline"; else
        problem "$vip is on $device with /$prefix, which start never sets up; remove it: ip addr del $vip/$prefix dev $device"
      fi
    fi
  done
  refuse

  for vip in $gone; do
    full_prefix "$vip"
    run ip addr del "$vip/$full" dev "$device"
  done
  for vip in $vips; do forget_vip "$vip"; done
  remaining=$noted
  if [ -z "$settings" ]; then
    :
  elif needs_silence; then
    [ -n "$remaining" ] || warn "ARP stays quiet: $heard is on $device, put there by somebody else since start; when it is gone: $0 stop"
  else
    restore_settings
  fi
  if [ -z "$noted$settings" ]; then write_state ''; else save_state; fi
}
`
