// The wizard from its first question to the last line: what was answered, the plan, a check of everything before anything,
// a yes, the commands, a look at the result, and what is left to do elsewhere.

import {exitCodes, type Failure, LvsctlError, type Problem, problem, warning} from '../domain/problem.ts'
import type {Texts} from './answers.ts'
import {apply} from './apply.ts'
import {check, type Refused} from './check.ts'
import {
  askLine,
  back,
  begun,
  type Conversation,
  converse,
  greeting,
  Interrupted,
  type Person,
  stepBack,
} from './dialogue.ts'
import type {Facts} from './facts.ts'
import {resolve, withProposals} from './flow.ts'
import type {OwnCommands} from './own-commands.ts'
import {type Command, type Complete, inNamespace, isComplete, type Plan, planOf} from './plan.ts'
import {questionOf} from './questions.ts'
import {commandLine, otherLines, planLines, planShape, repeatLine, thereLines} from './report.ts'
import {type Trying, tryServer, tryUntried} from './try-servers.ts'
import type {Verified} from './verify.ts'
import {wrap} from './wrap.ts'

export interface Request {
  readonly given: Texts
  readonly dryRun: boolean
  /** Agreed to beforehand. */
  readonly yes: boolean
  readonly netns: string | undefined
}

export interface World extends Trying {
  readonly commands: OwnCommands
  readonly verify: (answers: Complete) => Promise<Verified>
  /** A line of the result. */
  readonly print: (line: string) => void
  /** A line beside it. */
  readonly note: (line: string) => void
  /** What nobody was told in a conversation. */
  readonly warn: (problems: readonly Problem[]) => void
}

export interface Outcome {
  /** For programs. */
  readonly shape: object
  readonly warnings: readonly Problem[]
}

/** Throws Interrupted where somebody ended it before anything was changed, else LvsctlError. */
export async function runWizard(request: Request, world: World): Promise<Outcome> {
  const {dryRun, netns} = request
  const {person, print} = world
  requireSound(request.given, world.facts)
  const tried = new Set<string>()
  let conversation = begun(person ? request.given : withProposals(request.given, world.facts))
  if (person) person.tell(wrap(greeting))
  if (person && !world.facts.mayChange) person.warn(powerless)
  for (;;) {
    conversation = await settle(conversation, world, tried)
    const {answers, warnings: said} = settled(conversation.texts, world.facts)
    const unreached = await tryUntried(answers, world, tried)
    const warnings = [...said, ...unreached]
    const plan = planOf(answers, world.facts)
    if (!person) world.warn(warnings)
    for (const line of planLines(plan, answers, netns)) print(line)
    const checked = await check(plan.here, netns, world.commands)
    for (const line of thereLines(checked.there, netns)) print(line)
    const agreed = await agree(checked.refused, plan, request, world)
    if (agreed === back) {
      conversation = stepBack(conversation) ?? conversation
      continue
    }
    const first =
      dryRun || plan.here.length === 0
        ? undefined
        : await carryOut({...plan, here: checked.steps}, answers, request, world)
    for (const line of otherLines(plan, answers, netns)) print(line)
    const verified = person && first?.ok === false ? await tryAgain(answers, person, world) : first
    print('')
    print(dryRun ? 'nothing was changed (dry run)' : `the same again without a question: ${repeatLine(answers, netns)}`)
    const changed = !dryRun && plan.here.length > 0
    return {
      shape: {changed, dryRun, ...planShape(plan, answers, checked.there, netns), served: verified?.ok ?? null},
      warnings,
    }
  }
}

const powerless = warning('not-root', 'this is not root: there will be a plan, and nothing can be done', {
  hint: 'To do it: sudo lvsctl wizard',
})

/** Everything that is wrong with what was given, at once. */
function requireSound(given: Texts, facts: Facts): void {
  const errors = resolve(given, facts)
    .verdicts.map((one) => one.problem)
    .filter(({severity}) => severity === 'error')
  if (errors.length > 0) throw refusal(errors)
}

async function settle(conversation: Conversation, world: World, tried: Set<string>): Promise<Conversation> {
  const {person, facts} = world
  if (!person) {
    requireSound(conversation.texts, facts)
    const {open} = resolve(conversation.texts, facts)
    if (open.length > 0) throw missing(open.map((key) => questionOf(key)))
    return conversation
  }
  return converse(conversation, {
    person,
    facts,
    tryServer: async (server, texts) => {
      if (resolve(texts, facts).answers.service?.protocol !== 'tcp') return
      await tryServer(server, world, tried)
    },
  })
}

function settled(texts: Texts, facts: Facts) {
  const {answers, verdicts, idle} = resolve(texts, facts)
  // Every question that applies is answered: what has no condition is there.
  if (!isComplete(answers)) throw new Error(`the wizard ended with open questions: ${JSON.stringify(texts)}`)
  const unused = idle.map((key) =>
    warning('answer-unused', `${questionOf(key).flag} is not used: nothing asks for it with these answers`),
  )
  return {answers, warnings: [...verdicts.map((one) => one.problem), ...unused]}
}

/** A yes, given or asked for; `back` to the question before. */
async function agree(
  refused: readonly Refused[],
  plan: Plan,
  request: Request,
  world: World,
): Promise<typeof back | undefined> {
  const {person} = world
  const problems = refused.flatMap((one) => one.problems)
  if (refused[0] && (!person || request.dryRun)) throw nothingChanged(problems, refused[0])
  if (refused[0] && person) {
    for (const one of problems) person.refuse(one)
    const said = await askLine('That cannot be done. < goes back, Enter ends', '', ['Nothing was changed.'], person)
    if (said === back) return back
    throw nothingChanged(problems, refused[0])
  }
  if (request.dryRun || request.yes || plan.here.length === 0) return undefined
  if (!person)
    throw new LvsctlError({
      failure: 'usage',
      code: 'consent-missing',
      message: 'nobody can be asked for a yes: nothing was changed',
      hint: 'To do it: --yes. Only the plan: --dry-run',
    })
  for (;;) {
    person.tell([''])
    const said = await askLine('Do this now? yes or no', 'no', consentExplained, person)
    if (said === back) return back
    if (/^y(es)?$/i.test(said)) return undefined
    if (/^no?$/i.test(said))
      throw new LvsctlError({failure: 'usage', code: 'declined', message: 'not confirmed: nothing was changed'})
  }
}

const consentExplained = [
  'yes runs the commands above, in that order, and shows what each does. If one fails, those before it are taken back.',
  'no ends it here; nothing was changed.',
]

async function carryOut(plan: Plan, answers: Complete, {netns}: Request, world: World): Promise<Verified> {
  const {commands, print, note, verify} = world
  const runner = {
    run: (command: Command) => commands.run(inNamespace(command, netns)),
    get interrupted() {
      return commands.interrupted
    },
  }
  commands.hold()
  try {
    print('')
    const applied = await apply(plan.here, runner, {
      doing: (command) => note(`[#] ${commandLine(command, netns)}`),
      undoing: (command) => note(`[#] ${commandLine(command, netns)}    (back again)`),
    })
    if (applied.outcome !== 'done') throw failed(applied, netns)
  } finally {
    commands.release()
  }
  const verified = await verify(answers)
  print('')
  if (plan.status) {
    const {exit, answer, said} = await commands.ask(inNamespace(plan.status, netns))
    const line = commandLine(plan.status, netns)
    print(exit === 0 ? `✓ this host is as it should be (${line})` : `! this host is not as it should be: ${line}`)
    if (exit !== 0) for (const one of `${answer}${said}`.trimEnd().split('\n')) print(`  ${one}`)
  }
  print(`${verified.ok === undefined ? '–' : verified.ok ? '✓' : '!'} ${verified.line}`)
  return verified
}

/** Until it serves, or nobody wants to know any more: the other hosts are set up meanwhile. */
async function tryAgain(answers: Complete, person: Person, {print, verify}: World): Promise<Verified> {
  for (;;) {
    person.tell([''])
    const said = await askLine('Is all that done? yes tries again, no ends', 'yes', retryExplained, person).catch(
      (error: unknown): typeof back => {
        // This host is set up: who leaves now gives nothing up.
        if (error instanceof Interrupted) return back
        throw error
      },
    )
    if (said === back || /^no?$/i.test(said)) return {ok: false, line: ''}
    const verified = await verify(answers)
    print(`${verified.ok ? '✓' : '!'} ${verified.line}`)
    if (verified.ok) return verified
  }
}

const retryExplained = ['This host is set up, and stays so. Set the others up, and yes asks the service once more.']

type Failed = Exclude<Awaited<ReturnType<typeof apply>>, {outcome: 'done'}>

function failed({outcome, command, exit, said, undone, left}: Failed, netns: string | undefined): Error {
  const rest = left.map((one) => commandLine(one, netns)).join('; ')
  const state =
    left.length > 0
      ? `not everything could be taken back; what is left: ${rest}`
      : undone > 0
        ? 'what was done before is taken back'
        : 'nothing was changed'
  if (outcome === 'interrupted') return new Interrupted(state)
  const line = command ? commandLine(command, netns) : ''
  return new LvsctlError({
    failure: undone > 0 || left.length > 0 ? 'partial' : failureOf(exit),
    code: 'wizard-failed',
    message: `"${line}" failed (exit ${exit}): ${state}`,
    ...(said.trim() !== '' && {hint: said.trim()}),
  })
}

const failureOf = (exit: number): Failure =>
  (Object.keys(exitCodes) as Failure[]).find((failure) => exitCodes[failure] === exit) ?? 'unexpected'

function nothingChanged(problems: readonly Problem[], {exit}: Refused): LvsctlError {
  const {failure, code, message, hint} = refusal(problems, failureOf(exit))
  return new LvsctlError({
    failure,
    code,
    message,
    hint: `${hint === undefined ? '' : `${hint}\n`}Nothing was changed`,
    problems,
  })
}

function refusal(errors: readonly Problem[], failure: Failure = 'usage'): LvsctlError {
  const [first] = errors as readonly [Problem, ...Problem[]]
  return new LvsctlError({
    failure,
    code: first.code,
    message: errors.map(({where, message}) => (where ? `${where}: ${message}` : message)).join('\n'),
    hint: errors.length === 1 ? first.hint : undefined,
    problems: errors,
  })
}

function missing(questions: readonly {readonly flag: string; readonly asks: string}[]): LvsctlError {
  const problems = questions.map(({flag, asks}) => problem('answer-missing', `not answered: ${asks}`, {where: flag}))
  return new LvsctlError({
    failure: 'usage',
    code: 'answers-missing',
    message: `nobody can be asked, and answers are missing: ${questions.map(({flag}) => flag).join(', ')}`,
    hint: 'Give them as options or with --answers FILE',
    problems,
  })
}
