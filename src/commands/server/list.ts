import {figureFlags, orderFlags, serverFilterFlags, serviceArgument, serviceFlags, watchFlags} from '../../cli/flags.ts'
import {ListCommand} from '../../cli/list-command.ts'
import {serverLines} from '../../cli/listing-lines.ts'
import {readServiceKey} from '../../cli/options.ts'
import {formatServiceKey} from '../../domain/service.ts'

export default class ServerList extends ListCommand {
  static override summary = 'List the real servers of a virtual service.'
  static override description = `In a pipe every server is a line, with tabs between fields:
  SERVER  METHOD  WEIGHT  ACTIVE  INACTIVE
with --wide also PERSISTENT  UPPER  LOWER, and with --stats or --rate:
  SERVER  CONNECTIONS  PACKETS-IN  PACKETS-OUT  BYTES-IN  BYTES-OUT`
  static override examples = [
    {description: 'All servers of a service', command: '<%= config.bin %> server list -t 192.168.1.200:8080'},
    {
      description: 'Those that are quiesced',
      command: '<%= config.bin %> server list -t 192.168.1.200:8080 --quiesced',
    },
  ]
  static override args = serviceArgument
  static override flags = {...serviceFlags, ...figureFlags, ...orderFlags, ...watchFlags, ...serverFilterFlags}

  async run(): Promise<object> {
    const {args, flags} = await this.parse(ServerList)
    const key = readServiceKey(flags, args.service, this.portNames)
    return this.present(
      flags,
      {
        people: async (services, look) => (await import('../../cli/listing-table.ts')).serversText(services, look),
        pipe: (services, columns) => serverLines(Array.from(services, ({servers}) => servers).flat(), columns),
        async program(services) {
          const {listedServerShape} = await import('../../cli/json-shapes.ts')
          return {
            service: formatServiceKey(key),
            servers: services.flatMap(({servers}) => servers.map(listedServerShape)),
          }
        },
      },
      key,
    )
  }
}
