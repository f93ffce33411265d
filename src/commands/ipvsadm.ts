import {Command} from '@oclif/core/command'

/** For help and completion: the words behind it are not oclif's to read, so src/entry/route.ts takes them before. */
export default class Ipvsadm extends Command {
  static override summary = 'Do as ipvsadm does: its arguments, its output, its exit codes.'
  static override description = `For scripts that call ipvsadm: same text and same effect, to the last blank.
docs/ipvsadm-compatibility.md lists the few differences.

A link to lvsctl called ipvsadm, ipvsadm-save or ipvsadm-restore is that program.
"lvsctl ipvsadm --help" prints ipvsadm's own help.`
  static override usage = 'ipvsadm COMMAND [OPTIONS]'
  static override examples = [
    {description: 'The table as ipvsadm lists it', command: '<%= config.bin %> ipvsadm -Ln'},
    {description: 'Every ipvsadm in a script', command: 'alias ipvsadm="<%= config.bin %> ipvsadm"'},
    {
      description: "In ipvsadm's place",
      command: 'ln -s "$(command -v <%= config.bin %>)" /usr/local/sbin/ipvsadm',
    },
  ]
  static override strict = false
  static override enableJsonFlag = false

  async run(): Promise<void> {
    throw new Error('lvsctl ipvsadm is started by the route, not as a command')
  }
}
