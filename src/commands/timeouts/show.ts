import {BaseCommand} from '../../cli/base-command.ts'
import {formatRows} from '../../cli/rows.ts'
import {durationWords} from '../../domain/duration.ts'
import {defaultTimeouts, timeoutNames} from '../../domain/timeouts.ts'

export default class TimeoutsShow extends BaseCommand {
  static override summary = 'Say how long idle connections are remembered.'
  static override description =
    'The three times that can be changed, in seconds. Those of other TCP states (opening, TIME_WAIT, …) and of SCTP are fixed in the kernel. Persistence has a timeout of its own in each service.'
  static override examples = [
    {description: 'For people', command: '<%= config.bin %> timeouts show'},
    {description: 'One of them, for a script', command: '<%= config.bin %> timeouts show --json | jq .timeouts.udp'},
  ]

  async run(): Promise<object> {
    await this.parse(TimeoutsShow)
    const client = await this.context.ipvs()
    const timeouts = client.timeouts()
    const rows = timeoutNames.map(({name, word, meaning}) => {
      const seconds = timeouts[name]
      const words = [durationWords(seconds), seconds !== defaultTimeouts[name] && `default ${defaultTimeouts[name]} s`]
      return {
        people: [word, `${seconds} s`, words.filter(Boolean).join(', '), meaning],
        pipe: [word, `${seconds}`],
      }
    })
    this.print(await formatRows(rows, this.context.out, this.paint))
    return {timeouts, defaults: defaultTimeouts}
  }
}
