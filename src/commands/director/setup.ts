import {deviceFlag} from '../../cli/device-flag.ts'
import {changeFlags} from '../../cli/flags.ts'
import {RoleCommand, vipFlag} from '../../cli/role-command.ts'
import {LvsctlError} from '../../domain/problem.ts'

export default class DirectorSetup extends RoleCommand {
  static override summary = 'Bring a virtual IP address to this director.'
  static override description =
    'The VIP comes up on the interface where requests of clients arrive, and the neighbours are told at once (gratuitous ARP, or an unsolicited neighbour advertisement), because they may still have another machine noted for it.'
  static override examples = [
    {description: 'One VIP', command: '<%= config.bin %> director setup --vip 192.168.1.200 --dev eth0'},
    {
      description: 'Only say what would be done',
      command: '<%= config.bin %> director setup --vip 192.168.1.200,2001:db8::200 --dev eth0 --dry-run',
    },
  ]
  static override flags = {...vipFlag, ...deviceFlag, ...changeFlags}

  async run(): Promise<object> {
    const {flags} = await this.parse(DirectorSetup)
    const {dev: device, 'dry-run': dryRun} = flags
    const vips = this.requireVips(flags.vip)
    if (device === undefined)
      throw new LvsctlError({
        failure: 'usage',
        code: 'device-missing',
        message: 'no interface is named',
        hint: `Name the one where clients arrive: --dev eth0`,
      })
    const [host, {observe}, {planSetup}, {setUpDirector}, {setupReport}] = await Promise.all([
      this.context.host(),
      import('../../director/observe.ts'),
      import('../../director/setup.ts'),
      import('../../director/run.ts'),
      import('../../director/report.ts'),
    ])
    const plan = dryRun ? planSetup({vips, device}, observe(host)) : setUpDirector(host, {vips, device}, this.events)
    if (dryRun) this.printPlan(plan)
    this.say(setupReport(plan, device, {dryRun}).join('\n'))
    return this.planShape(plan, dryRun)
  }
}
