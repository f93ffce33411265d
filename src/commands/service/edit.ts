import {ChangeCommand} from '../../cli/change-command.ts'
import {changeFlags, serviceArgument, serviceFlags, serviceRemovalFlags, serviceSettingFlags} from '../../cli/flags.ts'
import {readServiceKey, readServiceSettings} from '../../cli/options.ts'
import {editService} from '../../table/change.ts'

export default class ServiceEdit extends ChangeCommand {
  static override summary = 'Change settings of a virtual service.'
  static override description =
    'Only what is given changes; ipvsadm -E sets everything else back to its default. Connections that exist go on as they are.'
  static override examples = [
    {
      description: 'Another scheduler; persistence and everything else stays',
      command: '<%= config.bin %> service edit -t 192.168.1.200:8080 -s wlc',
    },
    {
      description: 'No persistence any more',
      command: '<%= config.bin %> service edit -t 192.168.1.200:443 --no-persistent',
    },
  ]
  static override args = serviceArgument
  static override flags = {...serviceFlags, ...serviceSettingFlags, ...serviceRemovalFlags, ...changeFlags}

  async run(): Promise<object> {
    const {args, flags} = await this.parse(ServiceEdit)
    const key = readServiceKey(flags, args.service, this.portNames)
    return this.change(flags['dry-run'], (client) =>
      editService(client, key, ({scheduler}) => readServiceSettings(flags, key, scheduler)),
    )
  }
}
