import {changeFlags} from '../../cli/flags.ts'
import {RoleCommand, vipFlag} from '../../cli/role-command.ts'

export default class RealServerSetup extends RoleCommand {
  static override summary = 'Make this host a real server for direct routing.'
  static override description =
    `ARP is made quiet first (arp_ignore=1, arp_announce=2), then the VIP comes up on lo: packets for it are taken, and nobody on the LAN is told.
What was found is noted, so that "lvsctl realserver teardown" can go back to it. Doing it twice does nothing the second time.`
  static override examples = [
    {description: 'One VIP', command: '<%= config.bin %> realserver setup --vip 192.168.1.200'},
    {
      description: 'Two, and only say what would be done',
      command: '<%= config.bin %> realserver setup --vip 192.168.1.200,192.168.1.201 --dry-run',
    },
  ]
  static override flags = {...vipFlag, ...changeFlags}

  async run(): Promise<object> {
    const {flags} = await this.parse(RealServerSetup)
    const request = {vips: this.requireVips(flags.vip)}
    const dryRun = flags['dry-run']
    const [host, {observe}, {planSetup}, {setUpRealServer}, {setupReport}] = await Promise.all([
      this.context.host(),
      import('../../realserver/observe.ts'),
      import('../../realserver/setup.ts'),
      import('../../realserver/run.ts'),
      import('../../realserver/report.ts'),
    ])
    const plan = dryRun ? planSetup(request, observe(host)) : setUpRealServer(host, request, this.events)
    if (dryRun) this.printPlan(plan)
    this.say(setupReport(plan, {dryRun}).join('\n'))
    return this.planShape(plan, dryRun)
  }
}
