import {BaseCommand} from '../../cli/base-command.ts'
import {labBaseFlags, topologyFlag} from '../../cli/lab-flags.ts'

export default class LabShell extends BaseCommand {
  static override enableJsonFlag = false
  static override baseFlags = labBaseFlags
  static override summary = 'Open a shell in a kernel with IPVS, with a network of namespaces around it.'
  static override description =
    `The file system is this machine's own, and what is written to it is gone afterwards. "on HOST COMMAND" runs a command on one of the
hosts. The exit code is the shell's.`
  static override examples = [
    {description: 'A network for direct routing', command: '<%= config.bin %> lab shell'},
    {description: 'Real servers behind the director', command: '<%= config.bin %> lab shell --topology nat'},
  ]
  static override flags = {topology: topologyFlag}

  async run(): Promise<void> {
    const {flags} = await this.parse(LabShell)
    const {labShell} = await import('../../lab/shell.ts')
    const {findTopology} = await import('../../lab/topologies.ts')
    const topology = findTopology(flags.topology)
    this.context.setExitCode(await labShell({topology, stdin: process.stdin, stdout: process.stdout}))
  }
}
