import {figureFlags, filterFlags, orderFlags, watchFlags} from '../cli/flags.ts'
import {ListCommand} from '../cli/list-command.ts'
import {tableLines} from '../cli/listing-lines.ts'
import {unknownInProc} from '../formats/procfs/ip-vs.ts'

export default class List extends ListCommand {
  static override summary = 'Show the whole table: services, their servers, their connections.'
  static override description = `Needs no root; without it, what the kernel hides from others is not shown.

--server, --forwarding and --quiesced choose servers: a service of which none is left is not shown, the others keep the totals of all their servers.

--watch shows it again every so many seconds: on a terminal in place, what changed in bold; in a pipe one block after the other with an empty line between, with --json one object a line.
  lvsctl list --rate --watch

In a pipe every record is a line, with tabs between fields and numbers in full:
  service  ID  SCHEDULER  SETTINGS  SERVERS  ACTIVE  INACTIVE
  server   ID  SERVER  METHOD  WEIGHT  ACTIVE  INACTIVE
with --wide also PERSISTENT  UPPER  LOWER, and with --stats or --rate:
  service  ID  -  CONNECTIONS  PACKETS-IN  PACKETS-OUT  BYTES-IN  BYTES-OUT
  server   ID  SERVER  CONNECTIONS  PACKETS-IN  PACKETS-OUT  BYTES-IN  BYTES-OUT
"-" stands for nothing, or for what the director cannot see; "?" for what only root is told.`
  static override examples = [
    {description: 'Who has most connections', command: '<%= config.bin %> list --sort active'},
    {description: 'What comes and goes right now', command: '<%= config.bin %> list --rate'},
    {description: 'Where a server is in use', command: '<%= config.bin %> list --server 192.168.1.111'},
    {
      description: 'What is quiesced behind direct routing',
      command: '<%= config.bin %> list --quiesced --forwarding DR',
    },
    {
      description: 'Services all of whose servers are quiesced',
      command: "<%= config.bin %> list --json | jq '.services[] | select(.servers | all(.weight == 0)) | .id'",
    },
  ]
  static override flags = {...figureFlags, ...orderFlags, ...watchFlags, ...filterFlags}

  async run(): Promise<object> {
    const {flags} = await this.parse(List)
    return this.present(flags, {
      people: async (services, look) => (await import('../cli/listing-table.ts')).tableText(services, look),
      pipe: tableLines,
      async program(services, source) {
        const {listedServiceShape} = await import('../cli/json-shapes.ts')
        return {services: services.map(listedServiceShape), source, unknown: source === 'procfs' ? unknownInProc : []}
      },
    })
  }
}
