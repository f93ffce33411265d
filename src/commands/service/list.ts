import {figureFlags, filterFlags, orderFlags, watchFlags} from '../../cli/flags.ts'
import {ListCommand} from '../../cli/list-command.ts'
import {serviceLines} from '../../cli/listing-lines.ts'
import {wholeOf} from '../../cli/shown-service.ts'
import {unknownInProc} from '../../formats/procfs/ip-vs.ts'

export default class ServiceList extends ListCommand {
  static override summary = 'List the virtual services, a line each.'
  static override description =
    `Needs no root; without it, what the kernel hides from others is not shown. --server, --forwarding and --quiesced leave the services that have such a server. In a pipe the fields have tabs between them:
  ID  SCHEDULER  SETTINGS  SERVERS  ACTIVE  INACTIVE
with --wide also PERSISTENT, and with --stats or --rate:
  ID  CONNECTIONS  PACKETS-IN  PACKETS-OUT  BYTES-IN  BYTES-OUT`
  static override examples = [
    {description: 'The busiest first', command: '<%= config.bin %> service list --sort active'},
    {description: 'Their names alone', command: '<%= config.bin %> service list | cut -f1'},
    {description: 'Those that a server serves', command: '<%= config.bin %> service list --server 192.168.1.111'},
  ]
  static override flags = {...figureFlags, ...orderFlags, ...watchFlags, ...filterFlags}

  async run(): Promise<object> {
    const {flags} = await this.parse(ServiceList)
    return this.present(flags, {
      people: async (services, look) => (await import('../../cli/listing-table.ts')).servicesText(services, look),
      pipe: serviceLines,
      async program(services, source) {
        const {listedServiceSummary} = await import('../../cli/json-shapes.ts')
        return {
          services: services.map((one) => listedServiceSummary(wholeOf(one))),
          source,
          unknown: source === 'procfs' ? unknownInProc : [],
        }
      },
    })
  }
}
