import {serviceArgument, serviceFlags} from '../../cli/flags.ts'
import {ListCommand} from '../../cli/list-command.ts'
import {readServiceKey} from '../../cli/options.ts'
import {problemShape} from '../../cli/problem-shape.ts'
import {serviceDetails} from '../../cli/service-details.ts'

export default class ServiceShow extends ListCommand {
  static override summary = 'Show one service with all its settings, figures and servers.'
  static override examples = [
    {description: 'By its option', command: '<%= config.bin %> service show -t 192.168.1.200:8080'},
    {
      description: 'By its name, for a program',
      command: "<%= config.bin %> service show tcp://192.168.1.200:8080 --json | jq '.service.servers[].weight'",
    },
  ]
  static override args = serviceArgument
  static override flags = serviceFlags

  async run(): Promise<object> {
    const {args, flags} = await this.parse(ServiceShow)
    const {service, problems} = await this.listOne(readServiceKey(flags, args.service, this.portNames))
    if (this.jsonEnabled()) {
      const {listedServiceShape} = await import('../../cli/json-shapes.ts')
      return {service: listedServiceShape(service), problems: problems.map(problemShape)}
    }
    this.print(await serviceDetails(service, this.context.out))
    return {}
  }
}
