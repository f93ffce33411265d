import {DirectorCommand} from '../../cli/director-command.ts'
import {problemShape} from '../../cli/problem-shape.ts'
import {vipFlag} from '../../cli/role-command.ts'
import {parseVips} from '../../host/vip.ts'

export default class DirectorStatus extends DirectorCommand {
  static override summary = 'Say whether this host is the director that it should be.'
  static override description =
    'For every VIP that was set up here and the address of every service in the table, or for those named: is it on an interface that is up and answers for it. And of what else set-up made, forwarding, masquerading, settings: is it still so. Exit 9 where something is not as it must be. Needs no root, but for masquerading and for what set-up noted: without it, and without --vip, the exit code is 5 where nothing wrong can be seen.'
  static override examples = [
    {description: 'All VIPs and services', command: '<%= config.bin %> director status'},
    {
      description: 'One address, with or without a service',
      command: '<%= config.bin %> director status --vip 192.168.1.200',
    },
  ]
  static override flags = {...vipFlag}

  async run(): Promise<object> {
    const {flags} = await this.parse(DirectorStatus)
    const vips = flags.vip && {vips: parseVips(flags.vip)}
    const [host, services, {observe}, {directorStatus}, {madeRows, statusRows}] = await Promise.all([
      this.context.host(),
      this.services({needed: true}),
      import('../../director/observe.ts'),
      import('../../director/status.ts'),
      import('../../director/report.ts'),
    ])
    const observed = observe(host)
    const status = directorStatus({...vips, services}, observed)
    await this.printRows(statusRows(status.vips))
    const made = madeRows(status)
    if (made.length > 0) await this.printRows(made)
    const {ok, ...end} = await this.endStatus('director', host, status, {
      named: vips !== undefined,
      hidden: observed.recorded.hidden,
      ...(status.vips.length === 0 && {none: 'lvsctl director setup --vip ADDRESS --dev IF'}),
    })
    return {
      ...status,
      ok,
      vips: status.vips.map((one) => ({...one, method: one.method ?? null, problems: one.problems.map(problemShape)})),
      settings: status.settings.map(({key, current, set, found}) => ({key, is: current ?? null, should: set, found})),
      masquerades: status.masquerades.map((one) => ({...one, there: one.there ?? null})),
      ...end,
    }
  }
}
