import {problemShape} from '../../cli/problem-shape.ts'
import {RoleCommand, vipFlag} from '../../cli/role-command.ts'
import {parseVips} from '../../host/vip.ts'

export default class RealServerStatus extends RoleCommand {
  static override summary = 'Say whether this host is the real server that it should be.'
  static override description =
    'For every VIP that is set up here, or for those named: is it where it should be, is ARP quiet about it, does its tunnel open, which TCP ports have a listener; which settings differ, and which file sets them at boot. Exit 9 where something is not as it must be. Needs no root, which alone knows what lvsctl set up: without it, and without --vip, the exit code is 5 where nothing wrong can be seen.'
  static override examples = [
    {description: 'Whatever is set up here', command: '<%= config.bin %> realserver status'},
    {
      description: 'In a script',
      command: '<%= config.bin %> realserver status --vip 192.168.1.200 --quiet || echo "not ready"',
    },
  ]
  static override flags = {...vipFlag}

  async run(): Promise<object> {
    const {flags} = await this.parse(RealServerStatus)
    const vips = flags.vip && {vips: parseVips(flags.vip)}
    const [host, {listeners}, {persistedSysctls}, {observe}, {realServerStatus}, report] = await Promise.all([
      this.context.host(),
      import('../../host/listeners.ts'),
      import('../../host/sysctl-files.ts'),
      import('../../realserver/observe.ts'),
      import('../../realserver/status.ts'),
      import('../../realserver/report.ts'),
    ])
    const observed = observe(host)
    const status = realServerStatus(observed, {
      ...vips,
      listeners: listeners(host),
      persisted: persistedSysctls(host),
    })
    await this.printRows([...report.statusRows(status.vips), ...report.gatewayRows(status.gateways)])
    await this.printRows(report.settingRows(status.settings))
    const {ok, ...end} = await this.endStatus('realserver', host, status, {
      named: vips !== undefined,
      hidden: observed.recorded.hidden,
      ...(status.vips.length + status.gateways.length === 0 && {none: 'lvsctl realserver setup --vip ADDRESS'}),
    })
    return {
      ok,
      vips: status.vips.map((one) => ({
        ...one,
        prefixLength: one.prefixLength ?? null,
        problems: one.problems.map(problemShape),
      })),
      gateways: status.gateways.map((one) => ({...one, instead: one.instead ?? null})),
      settings: status.settings.map(({key, is, should, found, ok, by, atBoot}) => ({
        key,
        is,
        should: should ?? null,
        found: found ?? null,
        ok,
        by: by ?? null,
        atBoot: atBoot ?? null,
      })),
      ...end,
    }
  }
}
