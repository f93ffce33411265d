import {string} from '@oclif/core/flags'
import {changeFlags} from '../../cli/flags.ts'
import {given, OptionReader} from '../../cli/option-reader.ts'
import {SettingsCommand} from '../../cli/settings-command.ts'
import {parseDuration} from '../../domain/duration.ts'
import {timeoutNames} from '../../domain/timeouts.ts'
import type {TimeoutsChange} from '../../table/timeouts.ts'

const timeout = (summary: string) => string({summary, helpValue: 'SECONDS'})

export default class TimeoutsSet extends SettingsCommand {
  static override summary = 'Set how long idle connections are remembered.'
  static override description =
    'Only what is given changes. Seconds, or a number with a unit: 900, 15m, 2h. A connection gets its new time with its next packet.'
  static override examples = [
    {description: 'For long idle TCP connections', command: '<%= config.bin %> timeouts set --tcp 2h'},
    {
      description: 'All three, back to what the kernel begins with; only say it',
      command: '<%= config.bin %> timeouts set --tcp 900 --tcp-fin 120 --udp 300 --dry-run',
    },
  ]
  static override flags = {
    tcp: timeout('An established TCP connection on which nothing is sent.'),
    'tcp-fin': timeout('A TCP connection that one side has closed.'),
    udp: timeout('A UDP client of which nothing more is heard.'),
    ...changeFlags,
  }

  async run(): Promise<object> {
    const {flags} = await this.parse(TimeoutsSet)
    const reader = new OptionReader()
    const [tcp, tcpFin, udp] = (['tcp', 'tcp-fin', 'udp'] as const).map((name) =>
      reader.take(given(flags[name], (text) => parseDuration(text, 'newTimeout', `--${name}`))),
    )
    reader.check()
    const {changeTimeouts} = await import('../../table/timeouts.ts')
    const dryRun = flags['dry-run']
    const change = await this.change(dryRun, (client) => changeTimeouts(client, {tcp, tcpFin, udp}), sentences)
    return {...this.changeShape(change, dryRun), timeouts: dryRun ? change.before : change.after}
  }
}

function sentences({changes = [], after}: TimeoutsChange) {
  const words = changes.map(({text}) => text).join(', ')
  const all = timeoutNames.map(({name, word}) => `${word} ${after[name]} s`).join(', ')
  return {
    done: [`changed timeouts: ${words}`],
    planned: [`would change timeouts: ${words}`],
    idle: `timeouts are ${all}`,
  }
}
