// The script's part about sysctls: which must change so that no interface speaks about addresses on lo. What is quiet
// comes from the table of ../arp.ts, so that the script and set-up cannot disagree.

import {arpRules} from '../arp.ts'
import {sh} from './sh.ts'

/** Patterns "SETTING:VALUE:SCOPE" for the effective values that are quiet. Above 9 there is no meaning. */
function quietPatterns(): string {
  return arpRules
    .flatMap(({setting, quiet}) =>
      Array.from({length: 10}, (_, value) => value).flatMap((value) =>
        quiet(value, 'global') ? [`${setting}:${value}:*`] : quiet(value, 'host') ? [`${setting}:${value}:host`] : [],
      ),
    )
    .join(' | ')
}

const rules = arpRules.map((rule) => `${rule.setting}:${rule.required}`).join(' ')

export const settingsPart = sh`
# What the sysctl KEY will be: $value. What it is, where the words behind REQUIRED are true of it; else REQUIRED, to be set.
# An interface that is yet to come has the values of "default".
settle() { # KEY REQUIRED TEST...
  wanted=$1
  required=$2
  shift 2
  if ! value_of "$wanted" && ! value_of "net/ipv4/conf/default/\${wanted##*/}"; then
    fail 1 "this kernel has no sysctl $wanted here"
  fi
  if "$@"; then
    if is_noted "$wanted" && [ "$set" != "$value" ]; then
      forget "$wanted"
      warn "$wanted was changed to $value since start: it is kept, and stop will leave it"
    fi
    return 0
  fi
  if is_noted "$wanted" && [ "$value" != "$found" ]; then
    warn "$wanted was changed to $value since start: it is set to $required again, and stop will go back to $value"
  fi
  forget "$wanted"
  settings="$settings$wanted $value $required$newline"
  todo="$todo$wanted $value $required$newline"
  value=$required
}

set_settings() { # what $todo says
  while read -r key found set; do
    [ -z "$key" ] || change "sysctl -q -w $key=$found" "sysctl -q -w $key=$set"
  done <<END
$todo
END
}
`

export const arpPart = sh`
larger() { # $larger: of two numbers
  larger=$1
  [ "$2" -le "$1" ] || larger=$2
}

# For both settings the kernel takes the larger of "all" and of the interface that the ARP packet uses; those of lo never
# count.
quiet() { # SETTING VALUE SCOPE: with this value nobody hears of an address of this scope on lo
  case $1:$2:$3 in
    ${quietPatterns()}) return 0 ;;
  esac
  return 1
}

quiet_beside() { # SETTING ALL: $value is
  larger "$value" "$2"
  quiet "$1" "$larger" host
}

judge() { # SETTING VALUE INTERFACE, once all is done
  quiet "$1" "$2" global || vip_scope=host
  case $1:$2 in
    arp_ignore:8) warn "arp_ignore is 8 on $3: this host answers for none of its addresses there" ;;
  esac
}

# Decides, and changes nothing. $todo: sysctls to set, "KEY FOUND SET". $vip_scope: of IPv4 VIPs.
plan_arp() {
  if [ "$arp_scope" != all ] && ! is_among "$arp_scope" "$talking"; then
    problem "--arp-scope $arp_scope: there is no such interface, or it is down, or nobody speaks ARP there"
    return 0
  fi
  for rule in ${rules}; do
    setting=\${rule%:*}
    key=net/ipv4/conf/all/$setting
    if [ "$arp_scope" = all ]; then
      settle "$key" "\${rule#*:}" quiet_beside "$setting" 0
      all=$value
      judge "$setting" "$all" all
      for one in $talking; do
        settle "net/ipv4/conf/$one/$setting" "\${rule#*:}" quiet_beside "$setting" "$all"
        larger "$value" "$all"
        judge "$setting" "$larger" "$one"
      done
    else
      value_of "$key" || fail 1 "this kernel has no sysctl $key here"
      all=$value
      larger "$all" "\${rule#*:}"
      if ! quiet "$setting" "$larger" host; then
        problem "$key is $all, which counts for $arp_scope too and lets this host speak about the VIP; sysctl -w $key=\${rule#*:}"
        continue
      fi
      settle "net/ipv4/conf/$arp_scope/$setting" "\${rule#*:}" quiet_beside "$setting" "$all"
      larger "$value" "$all"
      judge "$setting" "$larger" "$arp_scope"
    fi
  done
}

# $loud: what gives an address of this scope away, in words.
find_loud() { # SCOPE
  loud=
  for setting in ${arpRules.map(({setting}) => setting).join(' ')}; do
    value_of "net/ipv4/conf/all/$setting" || value=0
    all=$value
    for one in $talking; do
      [ "$arp_scope" = all ] || [ "$arp_scope" = "$one" ] || continue
      value_of "net/ipv4/conf/$one/$setting" || value=0
      larger "$value" "$all"
      quiet "$setting" "$larger" "$1" || loud="$loud, $setting is $larger on $one"
    done
  done
  loud=\${loud#, }
}
`
