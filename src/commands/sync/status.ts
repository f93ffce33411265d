import {BaseCommand} from '../../cli/base-command.ts'
import {formatRows} from '../../cli/rows.ts'
import {daemonRow, daemonShape} from '../../cli/sync.ts'

export default class SyncStatus extends BaseCommand {
  static override summary = 'Say which sync daemons run, and with what.'
  static override description =
    'Role, interface, id, multicast group and UDP port, time to live, longest message. In a pipe the same in columns with tabs between them.'
  static override examples = [
    {description: 'For people', command: '<%= config.bin %> sync status'},
    {
      description: 'Is this director a backup?',
      command: `<%= config.bin %> sync status --json | jq -e 'any(.daemons[]; .role == "backup")'`,
    },
  ]

  async run(): Promise<object> {
    await this.parse(SyncStatus)
    const client = await this.context.ipvs()
    const daemons = client.daemons()
    this.print(await formatRows(daemons.map(daemonRow), this.context.out, this.paint))
    if (daemons.length === 0) this.note('no sync daemon runs; to start one: lvsctl sync start master --interface IF')
    return {daemons: daemons.map(daemonShape)}
  }
}
