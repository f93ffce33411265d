import {figureFlags, orderFlags} from '../cli/flags.ts'
import {ListCommand} from '../cli/list-command.ts'
import {figureLines, tableLines} from '../cli/listing-lines.ts'
import {unknownInProc} from '../formats/procfs/ip-vs.ts'

export default class List extends ListCommand {
  static override summary = 'Show the whole table: services, their servers, their connections.'
  static override description = `Needs no root; without it, what the kernel hides from others is not shown.

In a pipe every record is a line, with tabs between fields and numbers in full:
  service  ID  SCHEDULER  SETTINGS  SERVERS  ACTIVE  INACTIVE
  server   ID  SERVER  METHOD  WEIGHT  ACTIVE  INACTIVE
and with --stats or --rate:
  service  ID  -  CONNECTIONS  PACKETS-IN  PACKETS-OUT  BYTES-IN  BYTES-OUT
  server   ID  SERVER  CONNECTIONS  PACKETS-IN  PACKETS-OUT  BYTES-IN  BYTES-OUT
"-" stands for nothing, or for what the director cannot see.`
  static override examples = [
    {description: 'Who has most connections', command: '<%= config.bin %> list --sort active'},
    {description: 'What comes and goes right now', command: '<%= config.bin %> list --rate'},
    {
      description: 'Services all of whose servers are quiesced',
      command: "<%= config.bin %> list --json | jq '.services[] | select(.servers | all(.weight == 0)) | .id'",
    },
  ]
  static override flags = {...figureFlags, ...orderFlags}

  async run(): Promise<object> {
    const {flags} = await this.parse(List)
    const {services, source} = await this.list(flags)
    const figures = this.figures(flags)
    const {out} = this.context
    if (this.jsonEnabled()) {
      const {listedServiceShape} = await import('../cli/json-shapes.ts')
      return {services: services.map(listedServiceShape), source, unknown: source === 'procfs' ? unknownInProc : []}
    }
    if (out.terminal) {
      const {figuresText, tableText} = await import('../cli/listing-table.ts')
      const look = {out, exact: flags.exact}
      this.print(await (figures ? figuresText(services, figures, look) : tableText(services, look)))
    } else {
      this.print(figures ? figureLines(services, figures) : tableLines(services))
    }
    return {}
  }
}
