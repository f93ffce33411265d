// The script's state file: what start found, line by line, so that stop goes back to exactly that.
//
// One for all such scripts of a host, or of a network namespace: while the VIP of any of them is up, ARP stays quiet. It
// lies under /run, in a folder that only root can enter, so nobody can plant a link where it goes.

import {sh} from './sh.ts'

export const stateFolder = '/run/lvs-realserver'

export const statePart = sh`
folder=${stateFolder}
state=$(readlink /proc/self/ns/net)
state=\${state#*\[}
state=$folder/\${state%\]}

# Only root enters the folder. One script at a time changes something, where there is flock(1).
open_folder() {
  umask 077
  if [ ! -e "$folder" ] && [ ! -L "$folder" ]; then mkdir -m 700 "$folder" || :; fi
  listing=$(ls -ldn "$folder")
  read -r mode _ owner _ <<END
$listing
END
  case "$mode $owner" in
    "drwx------"*" 0") ;;
    *) fail 1 "$folder must be a folder, no link, of root's alone (mode 0700); look at it, remove it, try again" ;;
  esac
  command -v flock >/dev/null || return 0
  exec 9<"$folder"
  waited=0
  until flock -n 9; do # BusyBox knows no -w
    [ "$waited" -lt 30 ] || fail 1 "another script of this kind is at work, still after 30 s; nothing was changed"
    waited=$((waited + 1))
    sleep 1
  done
}

# $noted: VIPs, "ADDRESS DEVICE added|adopted"; adopted ones were there before the first start. $settings: sysctls,
# "KEY FOUND SET". $present: addresses that were on the device before the first start. $text: the file's lines. $fresh:
# yes where nothing is noted that still holds.
load_state() {
  noted=
  settings=
  present=
  text=
  fresh=yes
  value_of kernel/random/boot_id || value=unknown
  boot=$value
  if [ -L "$state" ] || { [ -e "$state" ] && [ ! -f "$state" ]; }; then
    fail 1 "$state is no file; look at it, remove it, try again"
  fi
  [ -r "$state" ] || return 0
  since=
  while read -r kind one two three rest; do
    text="$text$kind $one\${two:+ $two}\${three:+ $three}$newline"
    case "$kind:\${one:+1}\${two:+2}\${three:+3}$rest" in
      boot:1) since=$one ;;
      present:1) present="$present$one$newline" ;;
      sysctl:123) settings="$settings$one $two $three$newline" ;;
      vip:123) noted="$noted$one $two $three$newline" ;;
      *) fail 1 "$state has a line that is none of this script's, \"$kind $one\"; to go on without it: mv $state $state.broken" ;;
    esac
  done <"$state"
  if [ "$since" != "$boot" ]; then
    warn "the notes in $state are of before a reboot: they are forgotten"
  elif is_live; then
    fresh=no
    return 0
  fi
  noted=
  settings=
  present=
}

# Notes of which nothing is so any more were left by a start that never began, or by a network namespace that is gone
# and whose number was given out again.
is_live() {
  while read -r address _; do
    if [ -n "$address" ] && on_device "$address"; then return 0; fi
  done <<END
$noted
END
  while read -r key found set; do
    if [ -n "$key" ] && value_of "$key" && [ "$value" = "$set" ]; then return 0; fi
  done <<END
$settings
END
  return 1
}

is_noted() { # $found and $set: of a sysctl that start has set; false for others
  while read -r key found set; do
    [ "$key" != "$1" ] || return 0
  done <<END
$settings
END
  return 1
}

forget() { # KEY
  kept=
  while read -r key found set; do
    case $key in
      '' | "$1") ;;
      *) kept="$kept$key $found $set$newline" ;;
    esac
  done <<END
$settings
END
  settings=$kept
}

# Who put this VIP there: $origin. False where it is not noted.
origin_of() {
  while read -r address _ origin; do
    [ "$address" != "$1" ] || return 0
  done <<END
$noted
END
  return 1
}

forget_vip() {
  kept=
  while read -r address on origin; do
    case $address in
      '' | "$1") ;;
      *) kept="$kept$address $on $origin$newline" ;;
    esac
  done <<END
$noted
END
  noted=$kept
}

prefixed() { # WORD LINES: the word before each line
  while read -r line; do
    [ -z "$line" ] || printf '%s %s\n' "$1" "$line"
  done <<END
$2
END
}

save_state() {
  write_state "boot $boot$newline$(
    prefixed present "$present"
    prefixed sysctl "$settings"
    prefixed vip "$noted"
  )$newline"
}

# Whole or not at all. An empty text: nothing is left to remember.
write_state() {
  [ "$1" != "$text" ] || return 0
  if [ -z "$1" ]; then
    rm -f "$state"
  else
    rm -f "$state.new"
    (
      set -C # makes a new file or fails; never follows a link
      printf '%s' "$1" >"$state.new"
    )
    mv -f "$state.new" "$state"
  fi
  text=$1
}
`
