// What the commands of the host roles share: VIPs, the echo of every change as the line an operator would type, JSON.

import {string} from '@oclif/core/flags'
import type {Address} from '../domain/address.ts'
import {exitCodes, isFine, type Problem, problem, refuse, warning} from '../domain/problem.ts'
import type {RunEvents} from '../host/carry-out.ts'
import type {HostReader} from '../host/host.ts'
import type {Role} from '../host/ledger.ts'
import type {Managed} from '../host/managed.ts'
import {shellLine} from '../host/setup-line.ts'
import {echoLines, type RolePlan, type Step} from '../host/step.ts'
import {readVips, vipMissing} from '../host/vip.ts'
import {type BackendName, backendNames} from '../persist/backend-names.ts'
import {BaseCommand} from './base-command.ts'
import type {OptionFacts} from './implied-values.ts'
import {problemShape} from './problem-shape.ts'

export const vipFlag = {
  vip: string({
    summary: 'The virtual IP address, or several with commas between them.',
    helpValue: 'ADDRESS,…',
    multiple: true,
    multipleNonGreedy: true,
  }),
}

/** `--persist` alone: the backend that works wherever systemd does. */
const impliedBackend: Pick<OptionFacts, 'implied'> = {implied: 'systemd'}

export const persistFlag = {
  persist: Object.assign(
    string({
      summary: `Have it come back after a reboot, by files for one of: ${backendNames.join(', ')}; systemd where none is named.`,
      options: [...backendNames],
      helpValue: '[BACKEND]',
    }),
    impliedBackend,
  ),
}

interface PersistWords {
  readonly persist?: string | undefined
  readonly netns?: string | undefined
}

interface RoleStatus {
  readonly ok: boolean
  readonly vips: readonly {readonly vip: Address; readonly managed: Managed; readonly problems: readonly Problem[]}[]
  /** What is not about one VIP. */
  readonly problems: readonly Problem[]
}

interface Told {
  /** VIPs were named. */
  readonly named?: boolean
  /** What set-up did is root's to read. */
  readonly hidden?: boolean
  /** There is no row: the line that sets one up. */
  readonly none?: string
}

/** Lines that are for this host: not those for the director, for a real server, for whoever has the VIP now. */
const linesOf = (role: string): RegExp =>
  new RegExp(
    `(?<!\\b(?:on the director|another director|on the host)\\b[^:;\\n]*: )lvsctl ${role} (?:setup|teardown|status)`,
    'gi',
  )

export abstract class RoleCommand extends BaseCommand {
  /** In the namespace that was named: that option goes with the line. */
  protected override linesHere(text: string): string {
    if (this.netns === undefined) return text
    const typed = shellLine(['--netns', this.netns])
    const words = this.jsonEnabled() ? JSON.stringify(typed).slice(1, -1) : typed
    return text.replace(linesOf(this.words.split(' ')[0] ?? ''), (line) => `${line} ${words}`)
  }

  /** Throws with everything at once. `others`: what else is missing. */
  protected requireVips(given: readonly string[] | undefined, others: readonly Problem[] = []): readonly Address[] {
    const {vips, problems} = given ? readVips(given) : {vips: [], problems: [vipMissing(this.words)]}
    refuse([...problems, ...others])
    return vips
  }

  /** Throws where it cannot be meant: no machine boots in another network namespace. */
  protected persistOf({persist, netns}: PersistWords): {readonly persist?: BackendName} {
    const backend = backendNames.find((name) => name === persist)
    if (backend === undefined) return {}
    if (netns !== undefined)
      refuse([problem('options-conflict', 'the machine boots in its own network namespace', {where: '--persist'})])
    return {persist: backend}
  }

  /**
   * The end of a status, below its rows: whether the role comes back after a reboot, and everything that is wrong. Sets the
   * exit code; returns what JSON has of it.
   */
  protected async endStatus(
    role: Role,
    host: HostReader,
    {ok, vips, problems}: RoleStatus,
    {named = false, hidden = false, none}: Told = {},
  ) {
    const [{persistStatus}, {persistLine}, {isHidden}, {problemLines}] = await Promise.all([
      import('../persist/status.ts'),
      import('../persist/report.ts'),
      import('../persist/record.ts'),
      import('../host/problem-lines.ts'),
    ])
    const ours = vips.filter(({managed}) => managed !== 'no').map(({vip}) => vip)
    const persist = persistStatus(role, host, ours)
    const persistHidden = isHidden(role, host)
    const unseen = persistHidden ? [warning('persist-hidden', 'what comes back after a reboot only root can see')] : []
    const lasting = [...(persist?.problems ?? []), ...unseen]
    // Of VIPs that are named everything that counts can be seen.
    const unknown = !named && (hidden || persistHidden)
    if (none !== undefined)
      this.say(unknown ? 'unknown: what is set up here only root can read' : `no VIP is set up here; to do it: ${none}`)
    if (persist) this.say(persistLine(persist))
    for (const line of problemLines([...vips.flatMap((one) => one.problems), ...problems, ...lasting])) this.note(line)
    return {
      ok: this.verdict(ok && isFine(lasting), unknown),
      problems: [...problems, ...unseen].map(problemShape),
      persist: persist ? {...persist, problems: persist.problems.map(problemShape)} : null,
    }
  }

  /**
   * What a status comes to, with its exit code: true, false, or null where nothing is wrong that can be seen, and notes that
   * are root's may tell of more that should be here.
   */
  private verdict(ok: boolean, unknown: boolean): boolean | null {
    if (ok && !unknown) return true
    this.context.setExitCode(ok ? exitCodes.permission : exitCodes.differences)
    return ok ? null : false
  }

  /** Echoes on stderr what is being done. */
  protected get events(): RunEvents {
    let echoes: ReadonlyMap<Step, string> = new Map()
    return {
      planned: (plan) => {
        this.foretell(plan)
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
    this.foretell(plan)
    for (const [step, line] of echoLines(plan.steps)) {
      this.print(line)
      for (const detail of step.details ?? []) this.print(`    ${detail}`)
    }
  }

  /** What will not last although that was asked for is a difference. */
  private foretell({warnings, notKept}: RolePlan): void {
    this.warnAbout(warnings)
    if (notKept !== undefined) this.context.setExitCode(exitCodes.differences)
  }

  protected planShape({vips, steps, warnings, kept, notKept}: RolePlan, dryRun: boolean): object {
    return {
      changed: !dryRun && steps.length > 0,
      dryRun,
      vips,
      ...(kept !== undefined && {kept}),
      ...(notKept !== undefined && {notKept}),
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
