import {figureFlags, orderFlags} from '../../cli/flags.ts'
import {ListCommand} from '../../cli/list-command.ts'
import {serviceFigureLines, serviceLines} from '../../cli/listing-lines.ts'
import {unknownInProc} from '../../formats/procfs/ip-vs.ts'

export default class ServiceList extends ListCommand {
  static override summary = 'List the virtual services, a line each.'
  static override description =
    `Needs no root; without it, what the kernel hides from others is not shown. In a pipe the fields have tabs between them:
  ID  SCHEDULER  SETTINGS  SERVERS  ACTIVE  INACTIVE
and with --stats or --rate:
  ID  CONNECTIONS  PACKETS-IN  PACKETS-OUT  BYTES-IN  BYTES-OUT`
  static override examples = [
    {description: 'The busiest first', command: '<%= config.bin %> service list --sort active'},
    {description: 'Their names alone', command: '<%= config.bin %> service list | cut -f1'},
  ]
  static override flags = {...figureFlags, ...orderFlags}

  async run(): Promise<object> {
    const {flags} = await this.parse(ServiceList)
    const {services, source} = await this.list(flags)
    const figures = this.figures(flags)
    const {out} = this.context
    if (this.jsonEnabled()) {
      const {listedServiceSummary} = await import('../../cli/json-shapes.ts')
      return {services: services.map(listedServiceSummary), source, unknown: source === 'procfs' ? unknownInProc : []}
    }
    if (out.terminal) {
      const {serviceFiguresText, servicesText} = await import('../../cli/listing-table.ts')
      const look = {out, exact: flags.exact}
      this.print(await (figures ? serviceFiguresText(services, figures, look) : servicesText(services, look)))
    } else {
      this.print(figures ? serviceFigureLines(services, figures) : serviceLines(services))
    }
    return {}
  }
}
