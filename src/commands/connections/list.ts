import {boolean, string} from '@oclif/core/flags'
import {BaseCommand} from '../../cli/base-command.ts'
import {serviceArgument, serviceFlags} from '../../cli/flags.ts'
import {readOptionalServiceKey} from '../../cli/options.ts'
import type {Counting} from '../../connections/count.ts'

export default class ConnectionsList extends BaseCommand {
  static override summary = 'List the connections through this director, or count them.'
  static override description =
    `Needs no root. Entries are shown as they are read, in the order of the kernel's hash table, and are not kept in memory. Addresses are never looked up.
A template is the memory of persistence: it sends the next connections of a client (or of a network, with -M) to the same server. Its client port is 0.
A connection of a firewall mark shows the address it came to, not the mark; only templates show the mark.
In a pipe every entry is a line, with tabs between fields and "-" for nothing:
  KIND  CLIENT  SERVICE  SERVER  STATE  EXPIRES  ORIGIN  ENGINE  DATA
KIND is connection or template, EXPIRES is in seconds. With --count-by:
  KEY  CONNECTIONS  TEMPLATES`
  static override examples = [
    {
      description: 'Who is connected to a service',
      command: '<%= config.bin %> connections list -t 192.168.1.200:8080 --no-templates',
    },
    {
      description: 'The ten clients with most connections',
      command: '<%= config.bin %> connections list --count-by client --top 10',
    },
    {
      description: 'Whether a quiesced server is empty yet',
      command: '<%= config.bin %> connections list -r 192.168.1.111 --count-by state',
    },
    {
      description: 'Half-open connections of a network, service by service',
      command: '<%= config.bin %> connections list --client 192.0.2.0/24 --state syn_recv --count-by service',
    },
  ]
  static override args = serviceArgument
  static override flags = {
    ...serviceFlags,
    'real-server': string({
      char: 'r',
      summary: 'Only those that go to this server; on any port where none is given.',
      helpValue: 'ADDRESS[:PORT]',
      helpGroup: 'FILTER',
    }),
    client: string({
      summary: 'Only those of this client, or of a network of clients.',
      helpValue: 'ADDRESS[/PREFIX]',
      helpGroup: 'FILTER',
    }),
    state: string({
      summary: 'Only those in this state, such as ESTABLISHED; may be given again for more states.',
      helpValue: 'NAME',
      helpGroup: 'FILTER',
      multiple: true,
      multipleNonGreedy: true,
    }),
    templates: boolean({summary: 'Only persistence templates.', helpGroup: 'FILTER'}),
    'no-templates': boolean({summary: 'Only real connections.', helpGroup: 'FILTER'}),
    sync: boolean({
      summary: 'Only those that came from the other director by its sync daemon.',
      helpGroup: 'FILTER',
    }),
    origin: boolean({
      summary: 'Say of each where it came from: this director or the other. Tells no engine data then.',
      helpGroup: 'OUTPUT',
    }),
    'count-by': string({
      summary: 'Count them instead, by what they have in common.',
      options: ['server', 'client', 'state', 'service'] satisfies Counting[],
      helpValue: 'FIELD',
      helpGroup: 'OUTPUT',
    }),
    top: string({
      summary: 'With --count-by the so many largest counts; without, the first so many entries.',
      helpValue: 'NUMBER',
      helpGroup: 'OUTPUT',
    }),
  }

  private streamed = false

  async run(): Promise<object> {
    const {args, flags} = await this.parse(ConnectionsList)
    const [{readConnectionQuery}, {showConnections}] = await Promise.all([
      import('../../cli/connection-options.ts'),
      import('../../cli/show-connections.ts'),
    ])
    const service = readOptionalServiceKey(flags, args.service, this.portNames)
    const query = readConnectionQuery(flags, service, this.portNames)
    if (service?.kind === 'fwmark')
      this.note('connections of a firewall mark show the address they came to: only templates are found by mark')
    const {problems} = await showConnections(this.context, {
      ...query,
      countBy: flags['count-by'] as Counting | undefined,
      origins: flags.origin || flags.sync,
      json: this.jsonEnabled(),
      begin: () => {
        this.streamed = true
      },
    })
    this.warnAbout(problems)
    return {}
  }

  /** The object was written as it came; an error on the way is in it. */
  protected override logJson(json: unknown): void {
    if (!this.streamed) super.logJson(json)
  }
}
