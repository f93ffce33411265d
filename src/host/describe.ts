// An effect as the line that an operator would type for it. What is printed before a change, in a dry run and in JSON.

import {familyOf} from '../domain/address.ts'
import type {Effect, InterfaceAddress} from './host.ts'

export function describeEffect(effect: Effect): string {
  switch (effect.do) {
    case 'set-sysctl':
      return `sysctl -w ${effect.key}=${quoteWhereNeeded(effect.value)}`
    case 'link-up':
      return `ip link set ${effect.interface} up`
    case 'link-down':
      return `ip link set ${effect.interface} down`
    case 'add-address':
      return `ip addr add ${describeAddress(effect.address)}`
    case 'remove-address':
      return `ip addr del ${effect.address.address}/${effect.address.prefixLength} dev ${effect.address.interface}`
    case 'announce':
      return familyOf(effect.address) === 'ipv4'
        ? `arping -U -c ${announcements} -I ${effect.interface} ${effect.address}`
        : `ndsend ${effect.address} ${effect.interface}`
    case 'write-file':
      return `install -D -m 644 /dev/stdin ${effect.path}`
    case 'remove-file':
    case 'remove-symlink':
      return `rm ${effect.path}`
    case 'make-symlink':
      return `ln -s ${effect.target} ${effect.path}`
    case 'systemd-reload':
      return 'systemctl daemon-reload'
  }
}

/** How often an announcement is repeated: a switch or host may miss one frame, hardly three. */
export const announcements = 3

/** In the words of ip-address(8); what is the default there is not said. */
export function describeAddress(address: InterfaceAddress): string {
  const {peer, broadcast} = address
  const words = [`${address.address}${peer === undefined ? '' : ` peer ${peer}`}/${address.prefixLength}`]
  if (broadcast !== undefined) words.push(`broadcast ${broadcast}`)
  words.push(`dev ${address.interface}`)
  if (address.label !== undefined) words.push(`label ${address.label}`)
  if (address.scope !== 'global') words.push(`scope ${address.scope}`)
  if (address.noDad) words.push('nodad')
  if (address.valid !== undefined) words.push(`valid_lft ${address.valid}`)
  if (address.preferred !== undefined) words.push(`preferred_lft ${address.preferred}`)
  return words.join(' ')
}

/** Values of several numbers (`4096 131072 6291456`) are one word for the shell. */
function quoteWhereNeeded(value: string): string {
  return /^[\w./:-]+$/.test(value) ? value : `'${value}'`
}
