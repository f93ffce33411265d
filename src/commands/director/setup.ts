import {boolean, string} from '@oclif/core/flags'
import {deviceFlag} from '../../cli/device-flag.ts'
import {DirectorCommand} from '../../cli/director-command.ts'
import {changeFlags} from '../../cli/flags.ts'
import {persistFlag, vipFlag} from '../../cli/role-command.ts'
import {problem} from '../../domain/problem.ts'

const deviceMissing = problem('device-missing', 'no interface is named', {
  hint: 'Name the one where clients arrive: --dev eth0',
})

export default class DirectorSetup extends DirectorCommand {
  static override summary = 'Make this host the director for a virtual IP address.'
  static override description =
    `The VIP comes up on the interface where requests of clients arrive, and the neighbours are told at once (gratuitous ARP, or an unsolicited neighbour advertisement), because they may still have another machine noted for it. Before, the LAN is asked whether another machine answers for it.
With --method nat this host forwards and sends no redirects; with --masquerade servers may be in the clients' own subnet.
What was found is noted, so that "lvsctl director teardown" can go back to it.`
  static override examples = [
    {description: 'One VIP', command: '<%= config.bin %> director setup --vip 192.168.1.200 --dev eth0'},
    {
      description: 'Only say what would be done',
      command: '<%= config.bin %> director setup --vip 192.168.1.200,2001:db8::200 --dev eth0 --dry-run',
    },
    {
      description: 'For servers behind this host, with the recommended settings',
      command: '<%= config.bin %> director setup --vip 192.168.1.200 --dev eth0 --method nat --tune',
    },
    {
      description: "For servers in the clients' own subnet",
      command: '<%= config.bin %> director setup --vip 192.168.1.200 --dev eth0 --method nat --masquerade',
    },
  ]
  static override flags = {
    ...vipFlag,
    ...deviceFlag,
    method: string({
      summary: 'How requests reach the servers: dr (direct routing), tun (tunnels), nat (translated here).',
      options: ['dr', 'tun', 'nat'] as const,
      helpValue: 'METHOD',
    }),
    masquerade: boolean({
      summary: "Servers see this host in place of the client: NAT for servers in the clients' subnet.",
      default: false,
    }),
    tune: boolean({summary: 'Set what is recommended for IPVS; otherwise it is only told.', default: false}),
    'take-over': boolean({summary: 'Take a VIP for which another machine answers.', default: false}),
    ...persistFlag,
    ...changeFlags,
  }

  async run(): Promise<object> {
    const {flags} = await this.parse(DirectorSetup)
    const {dev: device = '', 'dry-run': dryRun, masquerade, tune, 'take-over': takeOver} = flags
    const vips = this.requireVips(flags.vip, flags.dev === undefined ? [deviceMissing] : [])
    const [host, services, {methodNamed}, {rehearseSetup, setUpDirector, sharedAfter}, {setupReport}] =
      await Promise.all([
        this.context.host(),
        this.services(),
        import('../../director/request.ts'),
        import('../../director/run.ts'),
        import('../../director/report.ts'),
      ])
    const method = methodNamed(flags.method)
    const request = {
      vips,
      device,
      ...(method && {method}),
      masquerade,
      tune,
      takeOver,
      services,
      ...this.persistOf(flags),
    }
    const plan = dryRun ? rehearseSetup(host, request) : setUpDirector(host, request, this.events)
    if (dryRun) this.printPlan(plan)
    const shared = takeOver && !dryRun ? sharedAfter(host, request) : []
    this.warnAbout(shared)
    this.say(setupReport(plan, device, {dryRun, shared: shared.length > 0}).join('\n'))
    return {...this.planShape({...plan, warnings: [...plan.warnings, ...shared]}, dryRun), advice: plan.advice}
  }
}
