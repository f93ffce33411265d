// What the commands share that change timeouts and sync daemons: --dry-run, the echo, rows for people and for pipes. Their
// sentences and JSON are their own.

import type {IpvsClient} from '../ipvs/client.ts'
import {ipvsadmLine} from '../plan/ipvsadm-line.ts'
import {carryOutSettings, type SettingsChange} from '../table/settings.ts'
import {BaseCommand} from './base-command.ts'
import {problemShape} from './problem-shape.ts'

export interface Sentences {
  readonly done: readonly string[]
  readonly planned: readonly string[]
  /** Where there is nothing to do. */
  readonly idle: string
}

export abstract class SettingsCommand extends BaseCommand {
  /** Carries a change out while no other lvsctl changes anything; with --dry-run says what it would be. */
  protected async change<Change extends SettingsChange>(
    dryRun: boolean,
    prepare: (client: IpvsClient) => Change,
    sentences: (change: Change) => Sentences,
  ): Promise<Change> {
    const client = await this.context.ipvs()
    if (dryRun) return this.tell(client, dryRun, prepare, sentences)
    const host = await this.context.host()
    return host.exclusively('table', () => this.tell(client, dryRun, prepare, sentences))
  }

  private tell<Change extends SettingsChange>(
    client: IpvsClient,
    dryRun: boolean,
    prepare: (client: IpvsClient) => Change,
    sentences: (change: Change) => Sentences,
  ): Change {
    const change = prepare(client)
    const {done, planned, idle} = sentences(change)
    const lines = change.operations.map((operation) => ipvsadmLine(operation) as string)
    this.warnAbout(change.warnings)
    if (lines.length === 0) this.say(`nothing to do: ${idle}`)
    else if (dryRun) {
      for (const line of [...planned, ...lines.map((one) => `  ${one}`)]) this.print(line)
      this.print('nothing was changed (dry run)')
    } else {
      for (const line of lines) this.detail(`[#] ${line}`)
      carryOutSettings(client, change)
      for (const line of done) this.say(line)
    }
    return change
  }

  protected changeShape({operations, changes, warnings}: SettingsChange, dryRun: boolean) {
    return {
      changed: !dryRun && operations.length > 0,
      dryRun,
      steps: operations.map((operation) => ({operation: operation.do, line: ipvsadmLine(operation) ?? null})),
      changes: changes?.map(({property, from, to}) => ({property, from, to})) ?? null,
      warnings: warnings.map(problemShape),
    }
  }
}
