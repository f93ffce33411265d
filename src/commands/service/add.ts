import {ChangeCommand} from '../../cli/change-command.ts'
import {changeFlags, serviceArgument, serviceFlags, serviceSettingFlags} from '../../cli/flags.ts'
import {readServiceKey, readServiceSettings} from '../../cli/options.ts'
import {addService} from '../../table/change.ts'

export default class ServiceAdd extends ChangeCommand {
  static override summary = 'Add a virtual service.'
  static override description =
    'Clients reach the service at its address and port; its servers are added with "lvsctl server add". A service that exists already is left as it is (exit 4). A firewall mark stands for whatever packets were marked with it.'
  static override examples = [
    {
      description: 'A web service whose servers take turns by weight',
      command: '<%= config.bin %> service add -t 192.168.1.200:8080 -s wrr',
    },
    {
      description: 'HTTPS where all clients of a /24 stay with one server for five minutes',
      command: '<%= config.bin %> service add -t 192.168.1.200:443 -p 300 -M 255.255.255.0',
    },
    {
      description: 'Everything that iptables marked with 7, HTTP and HTTPS together, over IPv6',
      command: '<%= config.bin %> service add -f 7 -6 -s sh -b sh-fallback',
    },
  ]
  static override args = serviceArgument
  static override flags = {...serviceFlags, ...serviceSettingFlags, ...changeFlags}

  async run(): Promise<object> {
    const {args, flags} = await this.parse(ServiceAdd)
    const key = readServiceKey(flags, args.service, this.portNames)
    const settings = readServiceSettings(flags, key)
    return this.change(flags['dry-run'], (client) => addService(client, key, settings))
  }
}
