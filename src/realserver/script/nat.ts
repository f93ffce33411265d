// The script's part about NAT: answers go through the director, so the default route leads there. The rules are those of
// ../gateway.ts.

import {sh} from './sh.ts'

export const natPart = sh`
routes_to_set=

find_default() { # FAMILY: $line, the default route that counts first; empty where there is none
  listing=$(ip -o "-$1" route show table main default)
  read -r line <<END
$listing
END
}

plan_gateway() { # FAMILY GATEWAY
  found=$(ip -o "-$1" route get "$2" 2>/dev/null) || found=unreachable
  find_default "$1"
  word_after via "$line" ''
  [ "$word" != "$2" ] || return 0
  case $found in
    local*)
      problem "$2 is this host itself"
      return 0
      ;;
    unreachable* | *" via "*)
      problem "$2 is in no subnet of this host: the director has to be a neighbour"
      return 0
      ;;
  esac
  case $line in
    *nexthop* | *expires*) problem "the default route has more to it than this script could put back: $line" ;;
    *" proto dhcp"* | *" proto ra"*) warn "the default route may come again from where it came: $line" ;;
  esac
  keeps_ssh "$1" || problem "this connection comes from $peer through $old: a new default route would cut it; keep it first: ip route add $peer via $old"
  word_after dev "$found" ''
  next="default via $2 dev $word proto static"
  word_after metric "$line" ''
  case $1:$word:$line in
    6::) next="$next metric 1024" ;; # which it would have anyway
    ?::*) ;;
    *) next="$next metric $word" ;;
  esac
  routes_to_set="$routes_to_set$1|$line|$next$newline"
  route_words "$next"
  note_route nat "$1" "via $2" "$line"
}

# Whoever comes from far away gets the answers through the old gateway; the director would drop them.
keeps_ssh() { # FAMILY, with $line its default route
  peer=\${SSH_CONNECTION-}
  peer=\${peer%% *}
  word_after via "$line" ''
  old=$word
  case $1:$peer in
    ?: | 4:*:* | 6:*.*) return 0 ;;
  esac
  [ -n "$old" ] || return 0
  other=$(ip -o "-$1" route show table main match "$peer")
  case $newline$other in
    *"$newline"[!d]*) return 0 ;;
  esac
  return 1
}

gateway_differences() { # FAMILY GATEWAY
  find_default "$1"
  word_after via "$line" nothing
  [ "$word" = "$2" ] || problem "the default route leads to $word and not to $2: answers bypass the director"
}
`
