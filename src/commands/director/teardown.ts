import {deviceFlag} from '../../cli/device-flag.ts'
import {DirectorCommand} from '../../cli/director-command.ts'
import {changeFlags} from '../../cli/flags.ts'
import {vipFlag} from '../../cli/role-command.ts'
import {parseVips} from '../../host/vip.ts'

export default class DirectorTeardown extends DirectorCommand {
  static override summary = 'Take the role of a director back.'
  static override description =
    'Without --vip everything that set-up added goes. Only addresses that set-up adds (/32, /128) are removed, never the own address of an interface; with the last VIP the settings go back to what set-up found. Services stay in the table: see "lvsctl service delete".'
  static override examples = [
    {
      description: 'One VIP, from one interface',
      command: '<%= config.bin %> director teardown --vip 192.168.1.200 --dev eth0',
    },
    {description: 'One VIP, wherever it is', command: '<%= config.bin %> director teardown --vip 192.168.1.200'},
    {description: 'Everything that was set up here', command: '<%= config.bin %> director teardown'},
  ]
  static override flags = {...vipFlag, ...deviceFlag, ...changeFlags}

  async run(): Promise<object> {
    const {flags} = await this.parse(DirectorTeardown)
    const {dev, 'dry-run': dryRun} = flags
    const named = {...(flags.vip && {vips: parseVips(flags.vip)}), ...(dev !== undefined && {device: dev})}
    const [host, services, {rehearseTeardown, tearDownDirector}, {teardownReport}] = await Promise.all([
      this.context.host(),
      this.services(),
      import('../../director/run.ts'),
      import('../../director/report.ts'),
    ])
    const request = {...named, services}
    const plan = dryRun ? rehearseTeardown(host, request) : tearDownDirector(host, request, this.events)
    if (dryRun) this.printPlan(plan)
    this.say(teardownReport(plan, {dryRun}).join('\n'))
    return this.planShape(plan, dryRun)
  }
}
