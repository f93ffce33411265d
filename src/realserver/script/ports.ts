// The script's part about UDP ports at which gue is unwrapped.

import {sh} from './sh.ts'

export const portPart = sh`
# $port_words: as ip-fou(8) wants them. False where nothing unwraps gue at this port.
has_port() { # FAMILY PORT
  port_words="port $2 gue"
  [ "$1" = 4 ] || port_words="$port_words -6"
  listing=$(ip fou show 2>/dev/null) || return 1
  while read -r line; do
    case " $line " in
      *" -6 "*) family=6 ;;
      *) family=4 ;;
    esac
    case "$family $line " in
      "$1 port $2 "*) return 0 ;;
    esac
  done <<END
$listing
END
  return 1
}

ports_to_open=
plan_port() { # FAMILY PORT
  if has_port "$1" "$2"; then return 0; fi
  ports_to_open="$ports_to_open$port_words$newline"
  note_way fou tun "$1" "$2"
}

close_fou() {
  ! has_port "$one" "$two" || run "ip fou del $port_words"
}

open_ports() {
  while read -r words; do
    [ -z "$words" ] || change "ip fou del $words" "ip fou add $words"
  done <<END
$ports_to_open
END
}
`
