import {figureFlags, orderFlags, serviceArgument, serviceFlags} from '../../cli/flags.ts'
import {ListCommand} from '../../cli/list-command.ts'
import {serverFigureLines, serverLines} from '../../cli/listing-lines.ts'
import {readServiceKey} from '../../cli/options.ts'

export default class ServerList extends ListCommand {
  static override summary = 'List the real servers of a virtual service.'
  static override description = `In a pipe every server is a line, with tabs between fields:
  SERVER  METHOD  WEIGHT  ACTIVE  INACTIVE
and with --stats or --rate:
  SERVER  CONNECTIONS  PACKETS-IN  PACKETS-OUT  BYTES-IN  BYTES-OUT`
  static override examples = [
    {description: 'All servers of a service', command: '<%= config.bin %> server list -t 192.168.1.200:8080'},
    {
      description: 'Those that are quiesced',
      command: "<%= config.bin %> server list -t 192.168.1.200:8080 | awk '$3 == 0'",
    },
  ]
  static override args = serviceArgument
  static override flags = {...serviceFlags, ...figureFlags, ...orderFlags}

  async run(): Promise<object> {
    const {args, flags} = await this.parse(ServerList)
    const service = await this.listOne(readServiceKey(flags, args.service, this.portNames), flags)
    const figures = this.figures(flags)
    const {out} = this.context
    if (this.jsonEnabled()) {
      const {listedServerShape} = await import('../../cli/json-shapes.ts')
      return {service: service.id, servers: service.servers.map(listedServerShape)}
    }
    if (out.terminal) {
      const {serverFiguresText, serversText} = await import('../../cli/listing-table.ts')
      const look = {out, exact: flags.exact}
      this.print(await (figures ? serverFiguresText(service.servers, figures, look) : serversText(service, look)))
    } else {
      this.print(figures ? serverFigureLines(service.servers, figures) : serverLines(service.servers))
    }
    return {}
  }
}
