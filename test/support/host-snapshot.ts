// Everything that a role may leave behind on a lab host, as sorted lines to compare: sysctls, links, addresses, routes,
// rules, and files.

import type {Lab} from './lab.ts'

/**
 * What moves by itself, and what requests of a test take to come from fresh ports. The kernel's own link-local addresses are
 * tentative for a second or two, and their routes come after that.
 */
const moving =
  /^\/proc\/sys\/net\/(?:netfilter\/nf_conntrack_count|nf_conntrack_count|ipv4\/ip_local_port_range)|\bfe80::/

/** An interface that is made anew has another number, and a random hardware address. */
const sameEachTime = 's/^[0-9]+: //; s/@if[0-9]+//; s/fe80::[0-9a-f:]+/fe80::/; s/(link.ether) [0-9a-f:]+/\\1/'

/**
 * `folders`: whose files are told by their checksums; but for locks, which stay, empty. A host
 * shares /etc and /run with the others, but for what lies in /etc/netns/HOST.
 */
export async function hostSnapshot(lab: Lab, host: string, folders: readonly string[]): Promise<readonly string[]> {
  const {stdout} = await lab.on(
    host,
    `{
      grep -rs . /proc/sys/net || :
      ip -o link
      ip -o addr
      ip -4 route show table all
      ip -6 route show table all
      ip -4 rule
      ip -6 rule
      ip fou show 2>/dev/null || :
      find ${folders.join(' ')} -path /etc/netns -prune -o -type f ! -name '*.lock' -exec sha1sum {} + -o -type l -printf '%p -> %l\\n' 2>/dev/null || :
    } | sed -E '${sameEachTime}' | sort`,
  )
  return stdout.split('\n').filter((line) => line !== '' && !moving.test(line))
}

/** What is different, as a diff has it: `-line` was there before, `+line` is there now. */
export function changedLines(before: readonly string[], after: readonly string[]): readonly string[] {
  const [old, now] = [new Set(before), new Set(after)]
  return [
    ...before.filter((line) => !now.has(line)).map((line) => `-${line}`),
    ...after.filter((line) => !old.has(line)).map((line) => `+${line}`),
  ]
}
