import {BaseCommand} from '../../cli/base-command.ts'
import {labBaseFlags} from '../../cli/lab-flags.ts'

export default class LabDemo extends BaseCommand {
  static override enableJsonFlag = false
  static override baseFlags = labBaseFlags
  static override summary = 'Watch a direct-routing cluster being built, and serve real requests, on a real kernel.'
  static override description =
    `Boots a kernel with IPVS as an ordinary process (User-Mode Linux), builds a client, a director and two real servers in it, and
runs the commands that an operator would type. Needs no root, and leaves nothing behind. Exits 1 when anything does not turn out as it should.`
  static override examples = [
    {description: 'The whole story, about half a minute', command: '<%= config.bin %> lab demo'},
    {description: 'Without colours, into a file', command: 'NO_COLOR=1 <%= config.bin %> lab demo > demo.txt'},
  ]

  async run(): Promise<void> {
    await this.parse(LabDemo)
    const {runDemo} = await import('../../lab/demo.ts')
    const {bold, dim, green, red} = this.paint
    const {out} = this.context
    const held = await runDemo({
      write: (text) => out.write(text),
      style: {heading: bold, prompt: dim, good: green, bad: red},
      columns: Math.min(out.columns, 100),
      colour: out.colour,
    })
    if (!held) this.context.setExitCode(1)
  }
}
