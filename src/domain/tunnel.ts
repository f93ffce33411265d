// The options of the tunnelling method (--tun-type, --tun-port, --tun-csum …) and of the methods themselves
// (-g, -i, -m), from what was typed. Which combinations make sense is in validate.ts.

import {shown} from './foreign-characters.ts'
import {
  type ForwardingMethod,
  forwardingMethods,
  type TunnelChecksum,
  type TunnelType,
  tunnelChecksums,
  tunnelTypes,
} from './forwarding.ts'
import {nearest} from './nearest.ts'
import {accept, type Parsed, reject} from './parsed.ts'

export function parseTunnelType(text: string, where = '--tun-type'): Parsed<TunnelType> {
  const row = tunnelTypes.find(({name}) => name === text)
  if (row) return accept(row.name)
  const names = tunnelTypes.map(({name}) => name)
  const [near] = nearest(text.toLowerCase(), names)
  return reject('tunnel-type-unknown', text === '' ? 'the tunnel type is missing' : `no tunnel type ${shown(text)}`, {
    where,
    meant: near,
    hint: `Tunnel types are ${names.join(', ')}`,
  })
}

/** Of the checksum options that were given (`['--tun-csum']`), the one; undefined for none. */
export function chooseTunnelChecksum(options: readonly string[]): Parsed<TunnelChecksum | undefined> {
  return chooseOne(options, tunnelChecksums, 'tunnel-checksum-ambiguous')
}

/** Of the method options that were given (`['-g']`), the one; undefined for none. */
export function chooseForwarding(options: readonly string[]): Parsed<ForwardingMethod | undefined> {
  return chooseOne(options, forwardingMethods, 'forwarding-ambiguous')
}

function chooseOne<Name>(
  options: readonly string[],
  rows: readonly {readonly name: Name; readonly option: string | undefined}[],
  code: string,
): Parsed<Name | undefined> {
  const chosen = rows.filter(({option}) => option !== undefined && options.includes(option))
  const [first, second] = chosen
  if (!second) return accept(first?.name)
  return reject(code, `${chosen.map(({option}) => option).join(' and ')} exclude each other`, {
    where: second.option,
    hint: `Give one of ${rows.flatMap(({option}) => option ?? []).join(', ')}`,
  })
}
