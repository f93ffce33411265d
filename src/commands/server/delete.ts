import {ChangeCommand} from '../../cli/change-command.ts'
import {changeFlags, serverArgument, serverFlags, serviceArgument, serviceFlags} from '../../cli/flags.ts'
import {readServerKey, readServiceKey} from '../../cli/options.ts'
import {deleteServer} from '../../table/change.ts'

export default class ServerDelete extends ChangeCommand {
  static override summary = 'Delete a real server from a virtual service.'
  static override description =
    'Connections to it are cut. To let them end first, quiesce it: "lvsctl server edit … -w 0".'
  static override examples = [
    {
      description: 'A server on the port of its service',
      command: '<%= config.bin %> server delete -t 192.168.1.200:8080 -r 192.168.1.111',
    },
    {
      description: 'A server on another port, all in words',
      command: '<%= config.bin %> server delete tcp://192.168.1.200:80 10.0.0.11:8080',
    },
  ]
  static override args = {...serviceArgument, ...serverArgument}
  static override flags = {...serviceFlags, ...serverFlags, ...changeFlags}

  async run(): Promise<object> {
    const {args, flags} = await this.parse(ServerDelete)
    const service = readServiceKey(flags, args.service, this.portNames)
    const key = readServerKey(flags, service, args.server, this.portNames)
    return this.change(flags['dry-run'], (client) => deleteServer(client, service, key))
  }
}
