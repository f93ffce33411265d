// What the commands that change the IPVS table share: --dry-run, the sentence that says what was done, its JSON.

import type {IpvsClient} from '../ipvs/client.ts'
import {describeOperation} from '../plan/describe.ts'
import {ipvsadmLine} from '../plan/ipvsadm-line.ts'
import {carryOut, type Lost, type MachineFacts, type TableChange} from '../table/change.ts'
import {BaseCommand} from './base-command.ts'
import {changeShape} from './json-shapes.ts'
import {countOf} from './output.ts'

type Prepare = (client: IpvsClient) => TableChange

export abstract class ChangeCommand extends BaseCommand {
  /** Carries a change out, or with --dry-run says what it would be. */
  protected async change(dryRun: boolean, prepare: Prepare): Promise<object> {
    return this.tell(await this.context.ipvs(), dryRun, prepare)
  }

  /** The same, with no other edit in between: what was read is written back whole, and two at once would lose one. */
  protected async edit(dryRun: boolean, prepare: Prepare): Promise<object> {
    if (dryRun) return this.change(dryRun, prepare)
    const [client, host] = [await this.context.ipvs(), await this.context.host()]
    return host.exclusively('table', () => this.tell(client, dryRun, prepare))
  }

  private tell(client: IpvsClient, dryRun: boolean, prepare: Prepare): object {
    const change = prepare(client)
    const {operation, changes, lost} = change
    const idle = changes?.length === 0
    const line = ipvsadmLine(operation)
    this.warnAbout(change.warnings)
    if (dryRun) {
      this.print(describeOperation(operation, {tense: 'planned', ...telling(change)}) + lostWords(lost))
      if (line !== undefined && !idle) this.print(`  ${line}`)
      this.print('nothing was changed (dry run)')
    } else {
      if (line !== undefined && !idle) this.detail(`[#] ${line}`)
      carryOut(client, change)
      this.say(describeOperation(operation, telling(change)) + lostWords(lost))
    }
    return changeShape(change, dryRun)
  }

  /** What servers are checked against. */
  protected readonly machine: MachineFacts = {
    // A namespace that never had an IPv4 address has no routing table, and this file is empty.
    ipv4Configured: () => {
      const start = this.context.readFile('/proc/thread-self/net/fib_trie', 64)
      return start === undefined ? undefined : start !== ''
    },
  }
}

const telling = ({changes, lost}: TableChange) => ({
  ...(changes && {changes}),
  ...(lost?.servers !== undefined && {servers: lost.servers}),
})

/** The kernel keeps the entries of connections whose server is gone, and drops their packets. */
function lostWords(lost: Lost | undefined): string {
  if (!lost || lost.activeConnections === 0) return ''
  return ` (${countOf(lost.activeConnections, 'active connection')} cut)`
}
