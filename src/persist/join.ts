// A role's plan and what makes it last, as one: so that both are done, or neither.

import type {Address} from '../domain/address.ts'
import {isFine, warning} from '../domain/problem.ts'
import type {HostReader} from '../host/host.ts'
import {emptyLedger, type Ledger, parseLedger, type Role} from '../host/ledger.ts'
import {planEffects, type RolePlan, type Step} from '../host/step.ts'
import {diffLines} from '../host/text-diff.ts'
import type {BackendName} from './backend-names.ts'
import {freshHost, kernelDefaults, settingOf} from './fresh-host.ts'
import {isEmpty, type Lasting, lastingOf, mergeLasting, withoutVips} from './lasting.ts'
import {type PersistPlan, planForget, planPersist} from './plan.ts'
import {isHere, readLastingLedger, readRecord, recordPath} from './record.ts'
import {keptBy, notKept} from './report.ts'
import {bootProblems} from './status.ts'

export interface SetupToLast<Plan extends RolePlan> {
  readonly role: Role
  readonly backend: BackendName
  readonly vips: readonly Address[]
  readonly host: HostReader
  /** What set-up comes to on a machine: this one, and this one just booted. */
  readonly planOn: (host: HostReader) => Plan
}

/**
 * Files come right after the role's notes: where /etc cannot be written, nothing else was changed. What was made to last
 * earlier lasts on. Throws one usage error with everything that speaks against it.
 */
export function planLastingSetup<Plan extends RolePlan>({role, backend, vips, host, planOn}: SetupToLast<Plan>): Plan {
  const plan = planOn(host)
  const old = readRecord(role, host)
  const recorded = readLastingLedger(role, host)
  const fresh = lastingOf(effectsOf(planOn(freshHost(host, vips, recorded.ledger, [recorded.path, recordPath(role)]))))
  const wanted = asRunning(fresh, plan, host)
  const kept = old && isHere(old, host) ? old : undefined
  const all = [...new Set([...(kept?.vips ?? []), ...vips])]
  const ledger = ledgerAfter(plan, role, recorded.path) ?? recorded.ledger ?? emptyLedger(role, recorded.bootId)
  const lasting = kept ? mergeLasting(kept.lasting, wanted) : wanted
  if (isEmpty(lasting)) return {...plan, warnings: [...plan.warnings, nothingToLast]}
  const persist = planPersist(
    {
      role,
      backend,
      vips: all,
      lasting,
      ledger: onlyAbout(ledger, all),
    },
    host,
  )
  const notes = plan.steps.findIndex(({bookkeeping}) => !bookkeeping)
  const at = notes < 0 ? plan.steps.length : notes
  const whole = joined(plan, persist, role, host, at)
  return persist.blockedBy ? whole : {...whole, kept: keptBy(backend)}
}

/** What is set up once more without a word about reboots may last already. */
export function withKept<Plan extends RolePlan>(
  role: Role,
  vips: readonly Address[],
  host: HostReader,
  plan: Plan,
): Plan {
  const record = readRecord(role, host)
  const covered =
    record &&
    isHere(record, host) &&
    (vips.length > 0 ? vips.every((vip) => record.vips.includes(vip)) : record.lasting.routes.length > 0)
  return covered && isFine(bootProblems(role, record, host)) ? {...plan, kept: keptBy(record.backend)} : plan
}

/**
 * What no longer should come back goes first, the record last: it has the ledger that teardown needs after a reboot.
 * `vips`: undefined for all.
 */
export function planLastingTeardown(
  role: Role,
  vips: readonly Address[] | undefined,
  host: HostReader,
  plan: RolePlan,
): RolePlan {
  const record = readRecord(role, host)
  if (!record || !isHere(record, host)) return plan
  if (vips && !vips.some((vip) => record.vips.includes(vip))) return plan
  const rest = vips && withoutVips(record.lasting, vips)
  if (!rest) return joined(plan, planForget(role, host), role, host, 0)
  const left = record.vips.filter((vip) => !vips.includes(vip))
  const {backend, ledger} = record
  return joined(
    plan,
    planPersist({role, backend, vips: left, lasting: rest, ledger: onlyAbout(ledger, left)}, host),
    role,
    host,
    0,
  )
}

const nothingToLast = warning(
  'persist-nothing',
  'all of it is so without lvsctl, and nothing is written for the boot',
  {
    where: '--persist',
  },
)

const effectsOf = ({steps}: RolePlan) => steps.map(({effect}) => effect)

/** Settings as they are when this plan is done: stricter ones than set-up would make are kept at boot too. */
function asRunning(lasting: Lasting, plan: RolePlan, host: HostReader): Lasting {
  const set = new Map(effectsOf(plan).flatMap((one) => (one.do === 'set-sysctl' ? [[one.key, one.value]] : [])))
  return {
    ...lasting,
    sysctls: lasting.sysctls.map(({key, value}) => {
      const current = settingOf(key) in kernelDefaults ? host.sysctl(key) : undefined
      return {key, value: set.get(key) ?? current ?? value}
    }),
  }
}

function ledgerAfter(plan: RolePlan, role: Role, path: string): Ledger | undefined {
  const written = effectsOf(plan).findLast((one) => one.do === 'write-state' && one.path === path)
  return written?.do === 'write-state' ? parseLedger(written.content, path, role) : undefined
}

const onlyAbout = (ledger: Ledger, vips: readonly Address[]): Ledger => ({
  ...ledger,
  vips: ledger.vips.filter(({address}) => vips.includes(address)),
})

function joined<Plan extends RolePlan>(
  plan: Plan,
  {effects, last, warnings, blockedBy}: PersistPlan,
  role: Role,
  host: HostReader,
  at: number,
): Plan {
  const stepsOf = (some: PersistPlan['effects']) =>
    planEffects([], [], host, some).steps.map((step) => withDetails(step, role, host))
  return {
    ...plan,
    ...(blockedBy && {notKept: notKept(blockedBy)}),
    warnings: [...plan.warnings, ...warnings],
    steps: [...plan.steps.slice(0, at), ...stepsOf(effects), ...plan.steps.slice(at), ...stepsOf(last)],
  }
}

function withDetails(step: Step, role: Role, host: HostReader): Step {
  const {effect} = step
  if ('path' in effect && effect.path === recordPath(role)) return {...step, bookkeeping: true}
  if (effect.do !== 'write-file') return step
  return {...step, details: diffLines(host.readFile(effect.path), effect.content)}
}
