import {ChangeCommand} from '../../cli/change-command.ts'
import {
  changeFlags,
  serverArgument,
  serverFlags,
  serverSettingFlags,
  serviceArgument,
  serviceFlags,
} from '../../cli/flags.ts'
import {readServerKey, readServerSettings, readServiceKey} from '../../cli/options.ts'
import type {Address} from '../../domain/address.ts'
import {addServer} from '../../table/change.ts'

export default class ServerAdd extends ChangeCommand {
  static override summary = 'Add a real server to a virtual service.'
  static override description =
    'By direct routing (-g) unless told otherwise. With -g and -i the packet reaches the server unchanged, so the server has the port of the service and must hold its address without answering for it (see "lvsctl realserver setup"). A server that exists already is left as it is (exit 4).'
  static override examples = [
    {
      description: 'Direct routing, three times the clients of a server of weight 1',
      command: '<%= config.bin %> server add -t 192.168.1.200:8080 -r 192.168.1.111 -g -w 3',
    },
    {
      description: 'NAT to another port, at most 900 connections',
      command: '<%= config.bin %> server add -t 192.168.1.200:80 -r 10.0.0.11:8080 -m -x 900',
    },
    {
      description: 'Through a gue tunnel',
      command: '<%= config.bin %> server add -t 192.168.1.200:80 -r 10.9.0.7 -i --tun-type gue --tun-port 6080',
    },
  ]
  static override args = {...serviceArgument, ...serverArgument}
  static override flags = {...serviceFlags, ...serverFlags, ...serverSettingFlags, ...changeFlags}

  async run(): Promise<object> {
    const {args, flags} = await this.parse(ServerAdd)
    const service = readServiceKey(flags, args.service, this.portNames)
    const key = readServerKey(flags, service, args.server, this.portNames)
    const settings = readServerSettings(flags)
    const [host, {hasSubnet, offLinkProblems}] = await Promise.all([
      this.context.host(),
      import('../../host/on-link.ts'),
    ])
    const machine = {
      ...this.machine,
      offLink: (address: Address) => {
        const around = {addresses: host.addresses(), links: host.links()}
        return hasSubnet(address, around) ? offLinkProblems([address], around) : []
      },
    }
    return this.change(flags['dry-run'], (client) => addServer(client, machine, service, key, settings))
  }
}
