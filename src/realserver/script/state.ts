// The script's state file: what start found and what it did, line by line, so that stop goes back to exactly that.
//
// One for all such scripts of a host, or of a network namespace: while the VIP of any of them is up, ARP stays quiet. It
// lies under /run, in a folder that only root can enter, so nobody can plant a link where it goes.

import {sh} from './sh.ts'

const stateFolder = '/run/lvs-realserver'

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

# What is noted, a line for each: $noted, VIPs, "ADDRESS DEVICE added|adopted METHOD"; adopted ones were there before the
# first start. $settings: sysctls, "KEY FOUND SET". $ways: what else was made or changed, "KIND METHOD ...". $present:
# host addresses that were there before the first start. $text: the file as it is. $fresh: yes where nothing is noted
# that still holds.
load_state() {
  noted=
  settings=
  ways=
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
  while read -r kind rest; do
    text="$text$kind $rest$newline"
    case $kind in
      boot) since=$rest ;;
      present) present="$present$rest$newline" ;;
      sysctl) settings="$settings$rest$newline" ;;
      way) ways="$ways$rest$newline" ;;
      vip) noted="$noted$rest$newline" ;;
      *) fail 1 "$state has a line that is none of this script's: $kind; to go on without it: mv $state $state.broken" ;;
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
  ways=
  present=
}

# Notes of which nothing is so any more were left by a start that never began, or by a network namespace that is gone
# and whose number was given out again.
is_live() {
  [ -z "$ways" ] || return 0
  while read -r address on _; do
    while read -r interface one _; do
      if [ -n "$address" ] && [ "$interface $one" = "$on $address" ]; then return 0; fi
    done <<ADDRESSES
$addresses
ADDRESSES
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

without() { # WORD LINES: $lines, but for those that begin with the word
  lines=
  while read -r first rest; do
    case $first in
      '' | "$1") ;;
      *) lines="$lines$first $rest$newline" ;;
    esac
  done <<END
$2
END
}

forget() { # KEY
  without "$1" "$settings"
  settings=$lines
}

forget_vip() {
  without "$1" "$noted"
  noted=$lines
}

# Who put this VIP there: $origin, and where: $on. False where it is not noted.
origin_of() {
  while read -r address on origin _; do
    [ "$address" != "$1" ] || return 0
  done <<END
$noted
END
  return 1
}

prefixed() { # WORD LINES: the word before each line
  while read -r line; do
    [ -z "$line" ] || printf '%s %s\n' "$1" "$line"
  done <<END
$2
END
}

save_state() {
  if [ -z "$noted$settings$ways" ]; then
    write_state ''
  else
    write_state "boot $boot$newline$(
      prefixed present "$present"
      prefixed sysctl "$settings"
      prefixed way "$ways"
      prefixed vip "$noted"
    )$newline"
  fi
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
