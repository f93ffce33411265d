import {string} from '@oclif/core/args'
import {deviceFlag} from '../../cli/device-flag.ts'
import {problemShape} from '../../cli/problem-shape.ts'
import {RoleCommand} from '../../cli/role-command.ts'
import {exitCodes} from '../../domain/problem.ts'
import {parseVips} from '../../host/vip.ts'

/** Everybody on a LAN has answered by then: in measurements the slowest took 8 ms. */
const timeoutMs = 900

export default class ArpProbe extends RoleCommand {
  static override summary = 'Ask the LAN who has a virtual IP address.'
  static override description =
    'Asks as a client does, by ARP or IPv6 neighbour solicitation, and names everybody who answers: this host, a neighbour by its other addresses, or unknown. Exactly one must answer: exit 9 where nobody does, or several. Nothing is changed. Needs root (CAP_NET_RAW).'
  static override examples = [
    {description: 'Who has it', command: '<%= config.bin %> arp probe 192.168.1.200'},
    {
      description: 'On an interface that has no address in its subnet',
      command: '<%= config.bin %> arp probe 2001:db8::200 --dev eth1',
    },
  ]
  static override args = {address: string({description: 'the address to ask for', required: true})}
  static override flags = {...deviceFlag}

  async run(): Promise<object> {
    const {args, flags} = await this.parse(ArpProbe)
    const [target] = parseVips([args.address], 'ADDRESS')
    if (target === undefined) throw new Error('an address list without addresses')
    const [host, {observe}, {findLink, deviceFor}, answersOf, {problemLines}] = await Promise.all([
      this.context.host(),
      import('../../director/observe.ts'),
      import('../../director/device.ts'),
      import('../../director/answers.ts'),
      import('../../host/problem-lines.ts'),
    ])
    const observed = observe(host)
    const device = flags.dev === undefined ? deviceFor(target, observed) : findLink(flags.dev, observed)
    const heard = host.probe({interface: device.name, targets: [target], timeoutMs}).get(target) ?? []
    const answers = answersOf.nameAnswers(target, device, heard, {observed, neighbours: host.neighbours()})
    const problems = answersOf.answerProblems(target, device.name, answers)
    await this.printRows(answers.map((one) => [one.mac, answersOf.describeAnswer(one)]))
    for (const line of problemLines(problems)) this.note(line)
    if (problems.length > 0) this.context.setExitCode(exitCodes.differences)
    return {
      ok: problems.length === 0,
      address: target,
      interface: device.name,
      answers: answers.map(({interface: name, ...one}) => ({...one, interface: name ?? null})),
      problems: problems.map(problemShape),
    }
  }
}
