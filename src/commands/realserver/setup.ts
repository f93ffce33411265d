import {changeFlags} from '../../cli/flags.ts'
import {realServerFlags} from '../../cli/realserver-flags.ts'
import {persistFlag, RoleCommand} from '../../cli/role-command.ts'

export default class RealServerSetup extends RoleCommand {
  static override summary = 'Make this host a real server.'
  static override description =
    `For direct routing ARP is made quiet first (arp_ignore=1, arp_announce=2), then the VIP comes up on lo: packets for it are taken, and nobody on the LAN is told.
For tunnelling what unwraps packets is made ready besides (module, device, UDP port, rp_filter), and the VIP comes up on the tunnel device.
Behind NAT the default route leads through the director.
What was found is noted, so that "lvsctl realserver teardown" can go back to it. Doing it twice does nothing the second time.`
  static override examples = [
    {description: 'One VIP', command: '<%= config.bin %> realserver setup --vip 192.168.1.200'},
    {
      description: 'Two, and only say what would be done',
      command: '<%= config.bin %> realserver setup --vip 192.168.1.200,192.168.1.201 --dry-run',
    },
    {
      description: 'Tunnelled in UDP, with clients asked for segments that fit',
      command:
        '<%= config.bin %> realserver setup --method tun --tun-type gue --tun-port 6080 --mtu-cure clamp --vip 192.168.1.200',
    },
    {
      description: 'Behind NAT',
      command: '<%= config.bin %> realserver setup --method nat --gateway 10.0.0.1',
    },
    {
      description: 'So that it comes back after a reboot',
      command: '<%= config.bin %> realserver setup --vip 192.168.1.200 --persist',
    },
  ]
  static override flags = {...realServerFlags, ...persistFlag, ...changeFlags}

  async run(): Promise<object> {
    const {flags} = await this.parse(RealServerSetup)
    const [host, {parseSetup, sshPeer}, {planRealServer, setUpRealServer}, {setupReport}] = await Promise.all([
      this.context.host(),
      import('../../realserver/request.ts'),
      import('../../realserver/run.ts'),
      import('../../realserver/report.ts'),
    ])
    const interfaces = host.links().map(({name}) => name)
    const request = {
      ...parseSetup(flags, this.words, interfaces),
      ...sshPeer(this.context.env),
      ...this.persistOf(flags),
    }
    const dryRun = flags['dry-run']
    const plan = dryRun ? planRealServer(request, host) : setUpRealServer(host, request, this.events)
    if (dryRun) this.printPlan(plan)
    this.say(setupReport(plan, request, {dryRun}).join('\n'))
    return this.planShape(plan, dryRun)
  }
}
