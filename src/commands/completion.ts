import {string} from '@oclif/core/args'
import {BaseCommand} from '../cli/base-command.ts'
import {isShell, shellNames, shells} from '../completion/shells.ts'
import {LvsctlError} from '../domain/problem.ts'

export default class Completion extends BaseCommand {
  static override summary = 'Print what makes TAB complete lvsctl in bash, zsh or fish.'
  static override description =
    `Commands, options and live values: services, their servers, schedulers, interfaces, namespaces. Needs no root.

To try it in this bash: source <(lvsctl completion bash)

For everybody on this host the script goes to:
${shellNames.map((shell) => `  ${shell.padEnd(6)}${shells[shell].file}`).join('\n')}`
  static override examples = [
    {description: 'bash, for everybody', command: '<%= config.bin %> completion bash > /etc/bash_completion.d/lvsctl'},
    {
      description: 'fish, for oneself',
      command: '<%= config.bin %> completion fish > ~/.config/fish/completions/lvsctl.fish',
    },
  ]
  static override args = {
    shell: string({description: 'the shell: bash, zsh or fish', ignoreStdin: true}),
  }

  async run(): Promise<object> {
    const {args} = await this.parse(Completion)
    const {shell} = args
    if (shell === undefined || !isShell(shell)) throw this.refuse(shell)
    this.print(shells[shell].script)
    return {shell, script: shells[shell].script}
  }

  private refuse(given: string | undefined): LvsctlError {
    const own = this.context.env.SHELL?.split('/').at(-1) ?? ''
    return new LvsctlError({
      failure: 'usage',
      code: given === undefined ? 'shell-missing' : 'shell-unknown',
      message: given === undefined ? 'no shell is named' : `no completion for the shell "${given}"`,
      hint: `There are ${shellNames.join(', ')}${isShell(own) ? `. Yours: lvsctl completion ${own}` : ''}`,
    })
  }
}
