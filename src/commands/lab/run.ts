import {string} from '@oclif/core/args'
import {integer} from '@oclif/core/flags'
import {BaseCommand} from '../../cli/base-command.ts'
import {labBaseFlags, topologyFlag} from '../../cli/lab-flags.ts'

export default class LabRun extends BaseCommand {
  static override enableJsonFlag = false
  static override baseFlags = labBaseFlags
  static override strict = false
  static override summary = 'Run a script as root in a kernel with IPVS, with a network of namespaces around it.'
  static override description =
    `Output comes as it is written, and the exit code is the script's. Words after the script are its arguments; "--" before those that begin
with a dash.`
  static override examples = [
    {description: 'Rehearse tonight’s change', command: '<%= config.bin %> lab run change.sh'},
    {
      description: 'With tunnels, an argument, and a limit',
      command: '<%= config.bin %> lab run try.sh --topology tun --deadline 60 -- --fast',
    },
  ]
  static override args = {
    script: string({description: 'The file; a #! line says what runs it, else sh.', required: true}),
  }
  static override flags = {
    topology: topologyFlag,
    deadline: integer({summary: 'Kill the script after so many seconds.', helpValue: 'SECONDS', min: 1}),
  }

  async run(): Promise<void> {
    const {args, argv, flags} = await this.parse(LabRun)
    const {runScript} = await import('../../lab/run-script.ts')
    const {findTopology} = await import('../../lab/topologies.ts')
    const code = await runScript({
      script: args.script,
      args: (argv as string[]).slice(1),
      topology: findTopology(flags.topology),
      stdout: process.stdout,
      stderr: process.stderr,
      ...(flags.deadline !== undefined && {deadlineMs: flags.deadline * 1000}),
    })
    this.context.setExitCode(code)
  }
}
