import {changeFlags} from '../../cli/flags.ts'
import {RoleCommand, vipFlag} from '../../cli/role-command.ts'
import {parseVips} from '../../host/vip.ts'

export default class RealServerTeardown extends RoleCommand {
  static override summary = 'Take the role of a real server back.'
  static override description =
    'Without --vip everything that set-up added goes. ARP stays quiet while any IPv4 VIP remains; with the last one the settings go back to what set-up found. So do tunnels, routes and MTUs.'
  static override examples = [
    {description: 'One VIP; others stay', command: '<%= config.bin %> realserver teardown --vip 192.168.1.200'},
    {description: 'Everything that was set up here', command: '<%= config.bin %> realserver teardown'},
  ]
  static override flags = {...vipFlag, ...changeFlags}

  async run(): Promise<object> {
    const {flags} = await this.parse(RealServerTeardown)
    const request = flags.vip ? {vips: parseVips(flags.vip)} : {}
    const dryRun = flags['dry-run']
    const [host, {planRealServerTeardown, tearDownRealServer}, {teardownReport}] = await Promise.all([
      this.context.host(),
      import('../../realserver/run.ts'),
      import('../../realserver/report.ts'),
    ])
    const plan = dryRun ? planRealServerTeardown(request, host) : tearDownRealServer(host, request, this.events)
    if (dryRun) this.printPlan(plan)
    this.say(teardownReport(plan, {dryRun}).join('\n'))
    return this.planShape(plan, dryRun)
  }
}
