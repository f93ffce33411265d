// What the commands of the host roles share: VIPs, the echo of every change as the line an operator would type, JSON.

import {string} from '@oclif/core/flags'
import type {Address} from '../domain/address.ts'
import {LvsctlError} from '../domain/problem.ts'
import type {RunEvents} from '../host/carry-out.ts'
import {echoLines, type RolePlan, type Step} from '../host/step.ts'
import {parseVips} from '../host/vip.ts'
import {BaseCommand} from './base-command.ts'
import {problemShape} from './problem-shape.ts'

export const vipFlag = {
  vip: string({
    summary: 'The virtual IP address, or several with commas between them.',
    helpValue: 'ADDRESS,…',
    multiple: true,
    multipleNonGreedy: true,
  }),
}

export abstract class RoleCommand extends BaseCommand {
  protected requireVips(given: readonly string[] | undefined): readonly Address[] {
    if (given) return parseVips(given)
    throw new LvsctlError({
      failure: 'usage',
      code: 'vip-missing',
      message: 'no VIP is named',
      hint: `Such as: lvsctl ${this.id?.replace(':', ' ')} --vip 192.168.1.200`,
    })
  }

  /** Echoes on stderr what is being done. */
  protected get events(): RunEvents {
    let echoes: ReadonlyMap<Step, string> = new Map()
    return {
      planned: (plan) => {
        this.warnAbout(plan.warnings)
        echoes = echoLines(plan.steps)
      },
      doing: (step) => {
        const line = echoes.get(step)
        if (line !== undefined) this.note(line)
      },
      undoing: (line) => this.note(`[#] ${line}    (back again)`),
    }
  }

  /** A plan that will not be carried out is the result. */
  protected printPlan(plan: RolePlan): void {
    this.warnAbout(plan.warnings)
    for (const line of echoLines(plan.steps).values()) this.print(line)
  }

  protected planShape({vips, steps, warnings}: RolePlan, dryRun: boolean): object {
    return {
      changed: !dryRun && steps.length > 0,
      dryRun,
      vips,
      steps: steps.filter(({bookkeeping}) => !bookkeeping).map(({line, note}) => ({line, note: note ?? null})),
      warnings: warnings.map(problemShape),
    }
  }

  /** Of a status. Rows aligned for people, with tabs in a pipe. */
  protected async printRows(rows: readonly (readonly string[])[]): Promise<void> {
    const {out} = this.context
    if (!out.terminal) return this.say(rows.map((row) => `${row.join('\t')}\n`).join(''))
    const {renderTable} = await import('./table.ts')
    const table = rows.map((row) =>
      row.map((text, column) => ({text, paint: column === 0 ? this.paint.bold : this.mark(text)})),
    )
    this.say(await renderTable(table))
  }

  private mark(text: string): ((text: string) => string) | undefined {
    if (text.endsWith('✗')) return this.paint.red
    return text.endsWith('✓') ? this.paint.green : undefined
  }
}
