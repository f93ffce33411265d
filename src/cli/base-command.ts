// What every command has: the global options, the way into a network namespace, results on stdout and talk on stderr,
// and one way to end with an error. What a command does is in commands/.

import {Command} from '@oclif/core/command'
import {boolean, string} from '@oclif/core/flags'
import type {FlagInput, Input, ParserOutput} from '@oclif/core/interfaces'
import {findForeignCharacter, plainText} from '../domain/foreign-characters.ts'
import type {Problem} from '../domain/problem.ts'
import {LvsctlError} from '../domain/problem.ts'
import type {ProtocolPortNames} from '../domain/service-key.ts'
import {type PortFinder, parseEtcServices} from '../formats/etc-services.ts'
import {currentContext} from './context.ts'
import {expandImpliedValues} from './implied-values.ts'
import {toJson} from './json.ts'
import {type Paint, paintFor} from './output.ts'

type Values = Record<string, unknown>

export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true
  static override baseFlags: FlagInput = {
    netns: string({
      summary: 'Work in another network namespace: a name from /run/netns, a path, or a process id.',
      helpValue: 'NAME',
      helpGroup: 'GLOBAL',
    }),
    quiet: boolean({summary: 'Say nothing about what was done; errors are still told.', helpGroup: 'GLOBAL'}),
    verbose: boolean({
      summary: 'Also say the equivalent ipvsadm lines, and where an error came from.',
      helpGroup: 'GLOBAL',
    }),
  }

  protected readonly context = currentContext()
  protected readonly paint: Paint = paintFor(this.context.out)
  /** The network namespace that the arguments name. */
  protected netns: string | undefined
  private quiet = false
  private verbose = this.argv.includes('--verbose')

  /** Parses, and enters the namespace that the arguments name: nothing may touch the kernel before. */
  protected override async parse<F extends Values, B extends Values, A extends Values>(
    options?: Input<F, B, A>,
    argv: string[] = this.argv,
  ): Promise<ParserOutput<F, B, A>> {
    // Whatever comes of it: oclif warns programmers whose command did not get here.
    this.parsed = true
    refusePastedDashes(argv)
    // A command without options of its own has no list of them either.
    const parsed = await super.parse<F, B, A>(options, [...expandImpliedValues(argv, this.ctor.flags ?? {})])
    const {netns, quiet, verbose} = parsed.flags as {netns?: string; quiet?: boolean; verbose?: boolean}
    this.quiet = quiet === true
    this.verbose = verbose === true
    this.netns = netns
    if (netns !== undefined) await this.context.enterNamespace(netns)
    return parsed
  }

  /** A result, as text for people; --json has its own. */
  protected print(text: string): void {
    if (!this.jsonEnabled() && text !== '')
      this.context.out.write(this.linesHere(text.endsWith('\n') ? text : `${text}\n`))
  }

  /** What was done, in a sentence: a result that --quiet does without. */
  protected say(text: string): void {
    if (!this.quiet) this.print(text)
  }

  /** Talk beside the result; not where a program reads. */
  protected note(text: string): void {
    if (!this.quiet && !this.jsonEnabled()) this.context.err.write(this.linesHere(`${text}\n`))
  }

  /** Talk for those who want to know how. */
  protected detail(text: string): void {
    if (this.verbose) this.note(text)
  }

  /** Problems that are no reason to stop. In JSON they are part of the result. */
  protected warnAbout(problems: readonly Problem[]): void {
    const {yellow} = paintFor(this.context.err)
    for (const {where, message, hint} of problems) {
      this.note(`${yellow('!')} ${where ? `${where}: ` : ''}${message}`)
      if (hint) this.note(`  ${hint.replaceAll('\n', '\n  ')}`)
    }
  }

  /** The words after lvsctl: `server add`. */
  protected get words(): string {
    return this.id?.replaceAll(':', ' ') ?? ''
  }

  /** Ports by name, as in -t 192.0.2.10:http; the file is read when somebody uses one. */
  protected get portNames(): ProtocolPortNames {
    let find: PortFinder | undefined
    return (name, protocol) => {
      find ??= parseEtcServices(this.context.readFile('/etc/services') ?? '')
      return find(name, protocol)
    }
  }

  protected override logJson(json: unknown): void {
    this.context.out.write(this.linesHere(`${toJson(json)}\n`))
  }

  /** A text, with what its lines to type need here: for commands whose lines depend on how they were called. */
  protected linesHere(text: string): string {
    return text
  }

  protected override async catch(thrown: Error & {code?: string; oclif?: {exit?: number}}): Promise<void> {
    // --help and --version end a command by throwing this.
    if (thrown.code === 'EEXIT') return this.context.setExitCode(thrown.oclif?.exit ?? 0)
    const {errorObject, errorText, explainThrown} = await import('./errors.ts')
    const error = explainThrown(thrown, {
      name: this.words,
      flags: {...this.ctor.baseFlags, ...this.ctor.flags},
    })
    if (this.jsonEnabled()) this.logJson(errorObject(error))
    else this.context.err.write(this.linesHere(errorText(error, paintFor(this.context.err), {stack: this.verbose})))
    this.context.setExitCode(error.exit)
  }

  protected override async finally(): Promise<void> {
    this.context.close()
  }
}

/** `–s` from a web page is no option, and oclif would take it for an argument. */
function refusePastedDashes(argv: readonly string[]): void {
  for (const word of argv) {
    const foreign = findForeignCharacter(word)
    if (foreign?.index !== 0 || !plainText(word)?.startsWith('-')) continue
    const meant = (plainText(word) as string).replace(/^--(?=.$)/, '-')
    throw new LvsctlError({
      failure: 'usage',
      code: 'pasted-dash',
      message: `"${word}" begins with ${foreign.name} where an option should begin`,
      hint: `Write ${meant}`,
    })
  }
}
