// The script's part about routes: how one line of ip-route(8) is read, noted, replaced and put back.

import {sh} from './sh.ts'

export const routesPart = sh`
word_after() { # WORD LINE ELSE: $word, what follows in the line
  case " $2 " in
    *" $1 "*)
      word=" $2 "
      word=\${word#*" $1 "}
      word=\${word%% *}
      ;;
    *) word=$3 ;;
  esac
}

# $destination and $metric: what the kernel tells routes apart by.
route_words() { # LINE
  destination=\${1%% *}
  word_after metric "$1" 0
  metric=$word
}

# Notes what becomes of a route, with its $destination and $metric, by two words that it will have. What was found first
# stays what is gone back to.
note_route() { # METHOD FAMILY MARK WAS
  was=$4
  key="route $1 $2 $destination $metric"
  others=
  while read -r way; do
    case $way in
      '') ;;
      "$key "*) was=\${way#*|} ;;
      *) others="$others$way$newline" ;;
    esac
  done <<END
$ways
END
  ways="$others$key $3|$was$newline"
}

set_routes() { # "FAMILY|WAS|LINE"
  while read -r entry; do
    [ -n "$entry" ] || continue
    family=\${entry%%|*}
    entry=\${entry#*|}
    was=\${entry%%|*}
    if [ -n "$was" ]; then
      change "ip -$family route replace $was" "ip -$family route replace \${entry#*|}"
    else
      change "ip -$family route del \${entry#*|}" "ip -$family route add \${entry#*|}"
    fi
  done <<END
$routes_to_set
END
}

# Goes back to what was found, unless somebody else changed the route since: then its mark, $rest, is gone. $one, $two and
# $three: family, destination and metric.
close_route() {
  was=\${way#*|}
  listing=$(ip -o "-$one" route show table main type unicast)
  while read -r line; do
    route_words "$line"
    [ "$destination $metric" = "$two $three" ] || continue
    case " $line " in
      *" $rest "*)
        if [ -n "$was" ]; then run "ip -$one route replace $was"; else run "ip -$one route del $line"; fi
        ;;
      *) [ "$line" = "$was" ] || warn "the route $line was changed since start: it is left alone" ;;
    esac
    return 0
  done <<END
$listing
END
  [ -z "$was" ] || warn "the route $was was removed since start: it is left so"
}
`
