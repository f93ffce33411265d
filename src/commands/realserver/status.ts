import {problemShape} from '../../cli/problem-shape.ts'
import {RoleCommand, vipFlag} from '../../cli/role-command.ts'
import {exitCodes} from '../../domain/problem.ts'
import {parseVips} from '../../host/vip.ts'

export default class RealServerStatus extends RoleCommand {
  static override summary = 'Say whether this host is the real server that it should be.'
  static override description =
    'For every VIP that is set up here, or for those named: is it on lo, is ARP quiet about it, which TCP ports have a listener. Exit 9 where something is not as it must be. Needs no root.'
  static override examples = [
    {description: 'Whatever is set up here', command: '<%= config.bin %> realserver status'},
    {
      description: 'In a script',
      command: '<%= config.bin %> realserver status --vip 192.168.1.200 --quiet || echo "not ready"',
    },
  ]
  static override flags = {...vipFlag}

  async run(): Promise<object> {
    const {flags} = await this.parse(RealServerStatus)
    const vips = flags.vip && {vips: parseVips(flags.vip)}
    const [host, {listeners}, {observe}, {realServerStatus}, {statusRows}, {problemLines}] = await Promise.all([
      this.context.host(),
      import('../../host/listeners.ts'),
      import('../../realserver/observe.ts'),
      import('../../realserver/status.ts'),
      import('../../realserver/report.ts'),
      import('../../host/problem-lines.ts'),
    ])
    const status = realServerStatus(observe(host), {...vips, listeners: listeners(host)})
    const problems = [...status.vips.flatMap((one) => one.problems), ...status.problems]
    await this.printRows(statusRows(status.vips))
    if (status.vips.length === 0) this.say('no VIP is set up here; to do it: lvsctl realserver setup --vip ADDRESS')
    for (const line of problemLines(problems)) this.note(line)
    if (!status.ok) this.context.setExitCode(exitCodes.differences)
    return {
      ok: status.ok,
      vips: status.vips.map((one) => ({
        ...one,
        prefixLength: one.prefixLength ?? null,
        problems: one.problems.map(problemShape),
      })),
      problems: status.problems.map(problemShape),
    }
  }
}
