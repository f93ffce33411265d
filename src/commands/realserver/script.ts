import {RoleCommand, vipFlag} from '../../cli/role-command.ts'

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
  ]
  static override flags = {...vipFlag}

  async run(): Promise<object> {
    const {flags} = await this.parse(RealServerScript)
    const request = {vips: this.requireVips(flags.vip)}
    const {realServerScript} = await import('../../realserver/script/script.ts')
    const script = realServerScript(request)
    this.print(script)
    return {...request, script}
  }
}
