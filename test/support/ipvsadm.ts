// What the real ipvsadm says of the table of a lab host, as lines that can be compared: the judge of what lvsctl did.

import type {Lab} from './lab.ts'

/** `ipvsadm -Sn`: the table as the lines that would make it (all but thresholds, which it never writes). */
export async function savedRules(lab: Lab, host: string): Promise<readonly string[]> {
  return linesOf((await lab.on(host, 'ipvsadm -Sn')).stdout)
}

/** Everything that can be set, thresholds included; no figures. What must be the same when nothing was changed. */
export async function wholeTable(lab: Lab, host: string): Promise<readonly string[]> {
  const {stdout} = await lab.on(host, 'ipvsadm -Sn; ipvsadm -Ln --thresholds')
  return linesOf(stdout)
}

/**
 * A listing (`ipvsadm -Ln` with whatever columns) as rows with single blanks: `TCP 192.0.2.1:80 rr` for a service,
 * `TCP 192.0.2.1:80 -> 10.0.0.1:80 Route 1 0 0` for a server.
 */
export async function listing(lab: Lab, host: string, options: string): Promise<readonly string[]> {
  const {stdout} = await lab.on(host, `ipvsadm -Ln ${options}`)
  let service = ''
  return linesOf(stdout)
    .filter((line) => !/^IP Virtual Server|^Prot |^ {2}-> RemoteAddress:Port/.test(line))
    .map((line) => {
      const row = line.trim().replace(/ +/g, ' ')
      if (row.startsWith('->')) return `${service} ${row}`
      service = /^FWM \S+( IPv6)?|^\S+ \S+/.exec(row)?.[0] ?? ''
      return row
    })
}

export const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')
