import {ChangeCommand} from '../../cli/change-command.ts'
import {
  changeFlags,
  serverArgument,
  serverFlags,
  serverSettingFlags,
  serviceArgument,
  serviceFlags,
} from '../../cli/flags.ts'
import {readServerKey, readServerSettings, readServiceKey} from '../../cli/options.ts'
import {editServer} from '../../table/change.ts'

export default class ServerEdit extends ChangeCommand {
  static override summary = 'Change settings of a real server.'
  static override description =
    'Only what is given changes; ipvsadm -e sets everything else back to its default. Weight 0 quiesces: connections go on, new clients go elsewhere.'
  static override examples = [
    {
      description: 'Take a server out of service without cutting anybody off',
      command: '<%= config.bin %> server edit -t 192.168.1.200:8080 -r 192.168.1.111 -w 0',
    },
    {
      description: 'Limit its connections',
      command: '<%= config.bin %> server edit -t 192.168.1.200:8080 -r 192.168.1.111 -x 500 -y 400',
    },
  ]
  static override args = {...serviceArgument, ...serverArgument}
  static override flags = {...serviceFlags, ...serverFlags, ...serverSettingFlags, ...changeFlags}

  async run(): Promise<object> {
    const {args, flags} = await this.parse(ServerEdit)
    const service = readServiceKey(flags, args.service, this.portNames)
    const key = readServerKey(flags, service, args.server, this.portNames)
    const settings = readServerSettings(flags)
    return this.change(flags['dry-run'], (client) => editServer(client, service, key, settings))
  }
}
