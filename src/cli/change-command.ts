// What the commands that change the IPVS table share: --dry-run, the sentence that says what was done, its JSON.

import type {Host} from '../host/host.ts'
import type {IpvsClient} from '../ipvs/client.ts'
import {describeOperation} from '../plan/describe.ts'
import {ipvsadmLine} from '../plan/ipvsadm-line.ts'
import {carryOut, type Lost, type MachineFacts, type TableChange} from '../table/change.ts'
import {BaseCommand} from './base-command.ts'
import {changeShape} from './json-shapes.ts'
import {countOf} from './output.ts'

interface StateMachine {
  readonly client: IpvsClient
  readonly host: Host
}

type Prepare = (client: IpvsClient) => TableChange

export abstract class ChangeCommand extends BaseCommand {
  /**
   * Carries a change out, or with --dry-run says what it would be. No other change comes in between: what was read is
   * written back whole, and a restore that runs at the same time finds at its end what it has made.
   */
  protected async change(dryRun: boolean, prepare: Prepare): Promise<object> {
    const client = await this.context.ipvs()
    if (dryRun) return this.tell(client, dryRun, prepare)
    const host = await this.context.host()
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

  /** For commands about the table as a whole. */
  protected async stateMachine(): Promise<StateMachine> {
    return {client: await this.context.ipvs(), host: await this.context.host()}
  }

  /** Throws where what would be lost is not agreed to. */
  protected async requireConsent(what: string): Promise<void> {
    const {requireConsent} = await import('./confirm.ts')
    const {input, err} = this.context
    await requireConsent(what, {input, err, json: this.jsonEnabled()})
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
