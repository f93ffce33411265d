// Everything of a lab host that a role can change, as sorted lines to compare: settings, links, addresses, routes, rules,
// ports, and files.

import {shellWords} from '../../src/lab/shell-quote.ts'
import {linesOf} from './ipvsadm.ts'
import type {Lab} from './lab.ts'

/**
 * What moves by itself, and what requests of a test take to come from fresh ports. The kernel makes link-local addresses and
 * their routes by itself, a second or two after a link comes up. A table that was looked into is there from then on, with
 * policies that change nothing.
 */
const moving = [
  '^/proc/sys/net/(netfilter/nf_conntrack_count|nf_conntrack_count|ipv4/ip_local_port_range)',
  '\\bfe80:',
  '^-P .* ACCEPT$',
].join('|')

/** An interface that is made anew has another number, and a random hardware address. */
const sameEachTime = 's/^[0-9]+: //; s/@if[0-9]+//; s/(link.ether) [0-9a-f:]+/\\1/'

/** Modes, checksums and targets. Locks stay, empty. Hosts share /run; what is noted of one has the number of its namespace. */
const filesIn = (folders: readonly string[]): string => `
  own="*-$(stat -Lc %i /proc/self/ns/net).json"
  find ${shellWords(folders)} -path /etc/netns -prune -o -path '/run/lvsctl/*-[0-9]*.json' ! -name "$own" -o \\
    -type f ! -name '*.lock' -printf '%m %p\\n' -exec sha1sum {} + -o -type l -printf '%p -> %l\\n' 2>/dev/null || :`

/**
 * A script that prints it. `folders`: whose files belong to it. A host shares /etc with the others, but for what lies in
 * /etc/netns/HOST.
 */
export const stateScript = (folders: readonly string[] = ['/etc', '/run/lvsctl']): string => `{
  grep -rs . /proc/sys/net || :
  ip -o link
  ip -o addr
  ip -4 route show table all
  ip -6 route show table all
  ip -4 rule
  ip -6 rule
  ip fou show 2>/dev/null || :
  for family in ip ip6; do
    ! grep -qs nat /proc/net/\${family}_tables_names || \${family}tables-legacy -t nat -S
  done
  ${folders.length === 0 ? '' : filesIn(folders)}
} | sed -E '${sameEachTime}' | grep -Ev '${moving}' | sort`

export async function hostState(lab: Lab, host: string, folders?: readonly string[]): Promise<readonly string[]> {
  return linesOf((await lab.on(host, stateScript(folders))).stdout)
}

/** What is different, as a diff has it: `-line` was there before, `+line` is there now. */
export function changedLines(before: readonly string[], after: readonly string[]): readonly string[] {
  const [old, now] = [new Set(before), new Set(after)]
  return [
    ...before.filter((line) => !now.has(line)).map((line) => `-${line}`),
    ...after.filter((line) => !old.has(line)).map((line) => `+${line}`),
  ]
}
