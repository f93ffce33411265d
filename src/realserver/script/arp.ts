// The script's part about ARP: which sysctls must change so that no interface speaks about addresses on lo. What is
// quiet comes from the table of arp.ts, so that the script and set-up cannot disagree.

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

const required = arpRules.map((rule) => `${rule.setting}:${rule.required}`).join(' ')

export const arpPart = sh`
# For both settings the kernel takes the larger of "all" and of the interface that the ARP packet uses; those of lo never
# count.
quiet() { # SETTING VALUE SCOPE: with this value nobody hears of an address of this scope on lo
  case $1:$2:$3 in
    ${quietPatterns()}) return 0 ;;
  esac
  return 1
}

# What SETTING of INTERFACE will be: $value. What it is, where the larger of it and ALL is quiet; else REQUIRED, to be set.
settle() { # SETTING INTERFACE REQUIRED ALL
  wanted=net/ipv4/conf/$2/$1
  value_of "$wanted" || fail 1 "this kernel has no sysctl $wanted here"
  larger "$value" "$4"
  if quiet "$1" "$larger" host; then
    if is_noted "$wanted" && [ "$set" != "$value" ]; then
      forget "$wanted"
      warn "$wanted was changed to $value since start: it is kept, and stop will leave it"
    fi
    return 0
  fi
  if is_noted "$wanted" && [ "$value" != "$found" ]; then
    warn "$wanted was changed to $value since start: it is set to $3 again, and stop will go back to $value"
  fi
  forget "$wanted"
  settings="$settings$wanted $value $3$newline"
  todo="$todo$wanted $value $3$newline"
  value=$3
}

# Decides, and changes nothing. $todo: sysctls to set, "KEY FOUND SET". $vip_scope: of IPv4 VIPs.
plan_arp() {
  for rule in ${required}; do
    setting=\${rule%:*}
    settle "$setting" all "\${rule#*:}" 0
    all=$value
    quiet "$setting" "$all" global || vip_scope=host
    for one in $talking; do
      settle "$setting" "$one" "\${rule#*:}" "$all"
      larger "$value" "$all"
      quiet "$setting" "$larger" global || vip_scope=host
      case $setting:$larger in
        arp_ignore:8) warn "arp_ignore is 8 on $one: this host answers for none of its addresses there" ;;
      esac
    done
  done
}

# $loud: what gives an address of this scope away, in words.
find_loud() { # SCOPE
  loud=
  for setting in ${arpRules.map(({setting}) => setting).join(' ')}; do
    value_of "net/ipv4/conf/all/$setting" || value=0
    all=$value
    for one in $talking; do
      value_of "net/ipv4/conf/$one/$setting" || value=0
      larger "$value" "$all"
      quiet "$setting" "$larger" "$1" || loud="$loud, $setting is $larger on $one"
    done
  done
  loud=\${loud#, }
}
`
