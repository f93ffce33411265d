import {problemShape} from '../../cli/problem-shape.ts'
import {RoleCommand, vipFlag} from '../../cli/role-command.ts'
import {exitCodes} from '../../domain/problem.ts'
import {parseVips} from '../../host/vip.ts'
import {maybeMore, readListing} from '../../table/read-listing.ts'

export default class DirectorStatus extends RoleCommand {
  static override summary = 'Say whether clients find the addresses of the services at this director.'
  static override description =
    'For the address of every service in the table, or for those named: is it on an interface that is up and answers for it. Exit 9 where something is not as it must be. Needs no root.'
  static override examples = [
    {description: 'All services', command: '<%= config.bin %> director status'},
    {
      description: 'One address, with or without a service',
      command: '<%= config.bin %> director status --vip 192.168.1.200',
    },
  ]
  static override flags = {...vipFlag}

  async run(): Promise<object> {
    const {flags} = await this.parse(DirectorStatus)
    const vips = flags.vip ? parseVips(flags.vip) : await this.serviceAddresses()
    const [host, {observe}, {directorStatus}, {statusRows}, {problemLines}] = await Promise.all([
      this.context.host(),
      import('../../director/observe.ts'),
      import('../../director/status.ts'),
      import('../../director/report.ts'),
      import('../../host/problem-lines.ts'),
    ])
    const status = directorStatus(vips, observe(host))
    await this.printRows(statusRows(status.vips))
    if (status.vips.length === 0) this.say('no service has an address; to add one: lvsctl service add -t ADDRESS:PORT')
    for (const line of problemLines(status.vips.flatMap((one) => one.problems))) this.note(line)
    if (!status.ok) this.context.setExitCode(exitCodes.differences)
    return {ok: status.ok, vips: status.vips.map((one) => ({...one, problems: one.problems.map(problemShape)}))}
  }

  private async serviceAddresses() {
    const {services, whole} = await readListing(this.context)
    if (!whole) this.note(maybeMore)
    return Array.from(services, ({key}) => (key.kind === 'address' ? [key.address] : [])).flat()
  }
}
