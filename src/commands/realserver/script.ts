import {realServerFlags} from '../../cli/realserver-flags.ts'
import {RoleCommand} from '../../cli/role-command.ts'

export default class RealServerScript extends RoleCommand {
  static override summary = 'Print a shell script that makes a host a real server, for hosts without lvsctl.'
  static override description =
    `One file for a POSIX shell, with start, stop and status, for an init system or for systemd. It needs ip and sysctl,
and does what "lvsctl realserver setup" and "teardown" do, in the same order. Nothing is changed on this host.`
  static override examples = [
    {
      description: 'For direct routing',
      command: '<%= config.bin %> realserver script --vip 192.168.1.200 > lvs-realserver',
    },
    {
      description: 'Behind NAT',
      command: '<%= config.bin %> realserver script --method nat --gateway 10.0.0.1 > lvs-realserver',
    },
  ]
  static override flags = realServerFlags

  async run(): Promise<object> {
    const {flags} = await this.parse(RealServerScript)
    const [{parseSetup}, {realServerScript}] = await Promise.all([
      import('../../realserver/request.ts'),
      import('../../realserver/script/script.ts'),
    ])
    const request = parseSetup(flags, this.words)
    const script = realServerScript(request)
    this.print(script)
    return {...request, script}
  }
}
