import {deviceFlag} from '../../cli/device-flag.ts'
import {changeFlags} from '../../cli/flags.ts'
import {RoleCommand, vipFlag} from '../../cli/role-command.ts'

export default class DirectorTeardown extends RoleCommand {
  static override summary = 'Take a virtual IP address away from this director.'
  static override description =
    'Only addresses that set-up adds (/32, /128) are removed, never the own address of an interface. Services stay in the table: see "lvsctl service delete".'
  static override examples = [
    {
      description: 'From one interface',
      command: '<%= config.bin %> director teardown --vip 192.168.1.200 --dev eth0',
    },
    {description: 'Wherever it is', command: '<%= config.bin %> director teardown --vip 192.168.1.200'},
  ]
  static override flags = {...vipFlag, ...deviceFlag, ...changeFlags}

  async run(): Promise<object> {
    const {flags} = await this.parse(DirectorTeardown)
    const {dev, 'dry-run': dryRun} = flags
    const request = {vips: this.requireVips(flags.vip), ...(dev !== undefined && {device: dev})}
    const [host, {observe}, {planTeardown}, {tearDownDirector}, {teardownReport}] = await Promise.all([
      this.context.host(),
      import('../../director/observe.ts'),
      import('../../director/teardown.ts'),
      import('../../director/run.ts'),
      import('../../director/report.ts'),
    ])
    const plan = dryRun ? planTeardown(request, observe(host)) : tearDownDirector(host, request, this.events)
    if (dryRun) this.printPlan(plan)
    this.say(teardownReport(plan, {dryRun}).join('\n'))
    return this.planShape(plan, dryRun)
  }
}
