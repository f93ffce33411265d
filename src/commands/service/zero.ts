import {ChangeCommand} from '../../cli/change-command.ts'
import {changeFlags, serviceArgument, serviceFlags} from '../../cli/flags.ts'
import {readOptionalServiceKey} from '../../cli/options.ts'
import {zeroService} from '../../table/change.ts'

export default class ServiceZero extends ChangeCommand {
  static override summary = 'Set the counters of a service, or of all of them, back to zero.'
  static override description =
    'Totals and rates of the service and its servers start anew. Active and inactive connections are no counters and stay.'
  static override examples = [
    {description: 'One service', command: '<%= config.bin %> service zero -t 192.168.1.200:8080'},
    {description: 'Everything, the totals of the machine included', command: '<%= config.bin %> service zero'},
  ]
  static override args = serviceArgument
  static override flags = {...serviceFlags, ...changeFlags}

  async run(): Promise<object> {
    const {args, flags} = await this.parse(ServiceZero)
    const key = readOptionalServiceKey(flags, args.service, this.portNames)
    return this.change(flags['dry-run'], (client) => zeroService(client, key))
  }
}
