// What only a script has to say about its request: it is not this machine that can tell whether an interface is there, so
// that a name is all there is to look at; and the script says how it was made.

import {problem, refuse} from '../../domain/problem.ts'
import type {SetupRequest} from '../request.ts'

/** The kernel takes more (dev_valid_name() in net/core/dev.c); nobody's interface needs it, and no shell stumbles over these. */
const plainName = /^[\w][\w.@-]{0,14}$/

/** Throws one usage error. */
export function checkNames({device, arpScope}: SetupRequest): void {
  const names = [
    ['--interface', device],
    ['--arp-scope', arpScope],
  ] as const
  refuse(
    names.flatMap(([where, name]) =>
      name === undefined || plainName.test(name)
        ? []
        : [
            problem('interface-name', `"${name}" is no name of an interface that goes into a script`, {
              where,
              hint: 'It has at most 15 letters, digits and . _ - @',
            }),
          ],
    ),
  )
}

/** The command line that asks for this script. */
export function scriptLine(request: SetupRequest): string {
  const {vips, method = 'dr', device, arpScope, tunnel, mtuCure, gateways = []} = request
  const options: readonly (readonly [string, string | number | undefined])[] = [
    ['--method', method === 'dr' ? undefined : method],
    ['--tun-type', tunnel?.type],
    ['--tun-port', tunnel?.port],
    ['--mtu-cure', mtuCure],
    ['--interface', device],
    ['--arp-scope', arpScope],
    ['--vip', vips.length > 0 ? vips.join(',') : undefined],
    ['--gateway', gateways.length > 0 ? gateways.join(',') : undefined],
  ]
  const words = options.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]))
  return ['lvsctl realserver script', ...words].join(' ')
}
