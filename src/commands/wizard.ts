import {string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.ts'
import {deviceFlag} from '../cli/device-flag.ts'
import {changeFlags, yesFlag} from '../cli/flags.ts'
import {paintFor} from '../cli/output.ts'
import {problemShape} from '../cli/problem-shape.ts'
import {type Problem, refuse} from '../domain/problem.ts'
import type {Key, Texts} from '../wizard/answers.ts'
import type {Person} from '../wizard/dialogue.ts'
import type {Facts} from '../wizard/facts.ts'

export default class Wizard extends BaseCommand {
  static override summary = 'Set load balancing up for the first time, question by question.'
  static override description =
    `Asks what is served, by which real servers, and how packets get there, with a proposal drawn from the answers and from this host. Shows the plan as commands and as a picture; after a yes runs the commands, and takes them back if one fails. Says what is to be done on every other host.

Answers can be given as options or in a file; then they are not asked for. Where nobody can be asked, all that decide are needed, and --yes.`
  static override examples = [
    {description: 'Be asked', command: '<%= config.bin %> wizard'},
    {
      description: 'What is to be done on every host, told on another one',
      command:
        '<%= config.bin %> wizard --service 192.168.1.200:80 --server 192.168.1.111 --server 192.168.1.115 --method dr --role other',
    },
    {description: 'Again, from a file', command: '<%= config.bin %> wizard --answers web.yaml --yes'},
  ]
  static override flags = {
    service: string({
      summary: 'What clients connect to: 192.168.1.200:80, udp://192.168.1.200:53.',
      helpValue: 'VIP:PORT',
      helpGroup: 'ANSWERS',
    }),
    server: string({
      summary: 'A real server, with its weight where that is not 1: 192.168.1.111, "192.168.1.115:8080 3".',
      helpValue: 'ADDRESS[:PORT]',
      helpGroup: 'ANSWERS',
      multiple: true,
      multipleNonGreedy: true,
    }),
    method: string({
      summary: 'How packets get to the real servers: dr, nat or tun.',
      helpValue: 'METHOD',
      helpGroup: 'ANSWERS',
    }),
    scheduler: string({summary: 'How servers are chosen; wlc by default.', helpValue: 'NAME', helpGroup: 'ANSWERS'}),
    persistence: string({
      summary: 'How long a client stays with its server: seconds, 15m, or no.',
      helpValue: 'SECONDS|no',
      helpGroup: 'ANSWERS',
    }),
    role: string({
      summary: 'What this host is: director, real-server or other.',
      helpValue: 'ROLE',
      helpGroup: 'ANSWERS',
    }),
    ...deviceFlag,
    masquerade: string({
      summary: "Whether the director puts its own address in place of the clients' (NAT).",
      helpValue: 'yes|no',
      helpGroup: 'ANSWERS',
    }),
    gateway: string({
      summary: "The director's address that is the real servers' gateway (NAT).",
      helpValue: 'ADDRESS',
      helpGroup: 'ANSWERS',
    }),
    'mtu-cure': string({
      summary: 'What real servers do about packets that grow (tunnels): clamp, director, path or none.',
      helpValue: 'CURE',
      helpGroup: 'ANSWERS',
    }),
    keep: string({
      summary: 'Whether it is there after a reboot: boot, no, or a file that the table is saved to.',
      helpValue: 'boot|no|FILE',
      helpGroup: 'ANSWERS',
    }),
    answers: string({
      summary: 'Read answers from a file, YAML or JSON: the options above are its keys, with servers for --server.',
      helpValue: 'FILE',
    }),
    ...yesFlag,
    ...changeFlags,
  }

  async run(): Promise<object> {
    const {flags} = await this.parse(Wizard)
    const [{runWizard}, {observe}, {ownCommands}, {reach}, {verify}, {Interrupted}, {keys}, {wrap}] = await Promise.all(
      [
        import('../wizard/run.ts'),
        import('../wizard/facts.ts'),
        import('../wizard/own-commands.ts'),
        import('../wizard/reach.ts'),
        import('../wizard/verify.ts'),
        import('../wizard/dialogue.ts'),
        import('../wizard/questions.ts'),
        import('../wizard/wrap.ts'),
      ],
    )
    const {answers: file, yes, 'dry-run': dryRun} = flags
    const {netns, quiet} = flags as {netns?: string; quiet?: boolean}
    const facts = observe(await this.context.host(), this.portNames, netns !== undefined)
    const options = {...flags, servers: flags.server?.join(', '), device: flags.dev, cure: flags['mtu-cure']}
    const given: Texts = {...(file !== undefined && (await this.answersOf(file, facts))), ...onlyAnswers(options, keys)}
    const {input, err} = this.context
    const asks = !this.jsonEnabled() && input.terminal && err.terminal
    try {
      const outcome = await runWizard(
        {given, dryRun, yes, netns},
        {
          facts,
          person: asks ? this.person(Interrupted, wrap) : undefined,
          commands: ownCommands(this.context.program(), {shown: !this.jsonEnabled() && quiet !== true}),
          reach,
          verify,
          print: (line) => (dryRun ? this.print(`${line}\n`) : this.say(`${line}\n`)),
          note: (line) => this.note(line),
          warn: (problems) => this.warnAbout(problems),
        },
      )
      return {...outcome.shape, warnings: outcome.warnings.map(problemShape)}
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error
      this.note(`\nended: ${error.message || 'nothing was changed'}`)
      this.context.setExitCode(interruptedExit)
      return {}
    }
  }

  /** Throws with every problem of the file at its line. */
  private async answersOf(file: string, facts: Facts): Promise<Texts> {
    const [{readSavedText}, {readAnswers}, {keys}, {resolve}, {placedAsProblems}] = await Promise.all([
      import('../cli/saved-text.ts'),
      import('../formats/answers.ts'),
      import('../wizard/questions.ts'),
      import('../wizard/flow.ts'),
      import('../cli/placed-problems.ts'),
    ])
    const {name, content} = readSavedText(this.context, file)
    const {texts, problems, place} = await readAnswers(content, keys)
    const verdicts = resolve(texts, facts).verdicts.filter(({problem}) => problem.severity === 'error')
    const found = [...problems, ...place(verdicts)].sort((a, b) => a.line - b.line || a.column - b.column)
    refuse(placedAsProblems(name, found))
    return texts
  }

  private person(Interrupted: new () => Error, wrap: (lines: readonly string[]) => readonly string[]): Person {
    const {input, err} = this.context
    const {red, yellow} = paintFor(err)
    const mark = (sign: string, {message, hint}: Problem) => {
      for (const [index, line] of wrap([
        `  ${message}`,
        ...(hint?.split('\n') ?? []).map((one) => `  ${one}`),
      ]).entries())
        this.note(index === 0 ? `${sign} ${line.trimStart()}` : line)
    }
    return {
      ask: async (question, proposal) => {
        const answer = await input.prompt(question, proposal)
        if (answer === undefined) throw new Interrupted()
        return answer
      },
      tell: (lines) => {
        for (const line of lines) this.note(line)
      },
      warn: (problem) => mark(yellow('!'), problem),
      refuse: (problem) => mark(red('✗'), problem),
    }
  }
}

function onlyAnswers(options: Readonly<Record<string, unknown>>, keys: readonly Key[]): Texts {
  return Object.fromEntries(keys.flatMap((key) => (typeof options[key] === 'string' ? [[key, options[key]]] : [])))
}

/** 128 and the number of SIGINT, as a shell has it. */
const interruptedExit = 130
