import {ChangeCommand} from '../../cli/change-command.ts'
import {changeFlags, serviceArgument, serviceFlags} from '../../cli/flags.ts'
import {readServiceKey} from '../../cli/options.ts'
import {deleteService} from '../../table/change.ts'

export default class ServiceDelete extends ChangeCommand {
  static override summary = 'Delete a virtual service with its servers.'
  static override description =
    'Connections through it are cut. To let them end first, quiesce its servers: "lvsctl server edit … -w 0".'
  static override examples = [
    {
      description: 'What would go with it',
      command: '<%= config.bin %> service delete -t 192.168.1.200:8080 --dry-run',
    },
    {description: 'The service as one word', command: '<%= config.bin %> service delete udp://192.168.1.200:53'},
  ]
  static override args = serviceArgument
  static override flags = {...serviceFlags, ...changeFlags}

  async run(): Promise<object> {
    const {args, flags} = await this.parse(ServiceDelete)
    const key = readServiceKey(flags, args.service, this.portNames)
    return this.change(flags['dry-run'], (client) => deleteService(client, key))
  }
}
