// The words of ipvsadm's command line: each command and option once, with its letter and whether it takes a value. Who
// reads command lines (arguments) and who reads rules both walk these rows; what a value means is theirs to say.

export interface OptionRow {
  readonly name: string
  /** `-t`; a command may have two. */
  readonly letters: string
  readonly value: 'none' | 'required' | 'optional'
}

/** The first option of a command line (ipvsadm(8), COMMANDS). */
export const commandRows = [
  {name: 'add-service', letters: 'A', value: 'none'},
  {name: 'edit-service', letters: 'E', value: 'none'},
  {name: 'delete-service', letters: 'D', value: 'none'},
  {name: 'clear', letters: 'C', value: 'none'},
  {name: 'restore', letters: 'R', value: 'none'},
  {name: 'save', letters: 'S', value: 'none'},
  {name: 'add-server', letters: 'a', value: 'none'},
  {name: 'edit-server', letters: 'e', value: 'none'},
  {name: 'delete-server', letters: 'd', value: 'none'},
  {name: 'list', letters: 'Ll', value: 'none'},
  {name: 'zero', letters: 'Z', value: 'none'},
  {name: 'set', letters: '', value: 'none'},
  {name: 'start-daemon', letters: '', value: 'required'},
  {name: 'stop-daemon', letters: '', value: 'required'},
  {name: 'help', letters: 'h', value: 'none'},
  {name: 'version', letters: 'v', value: 'none'},
] as const satisfies readonly OptionRow[]

/** What may follow (ipvsadm(8), PARAMETERS and OPTIONS). */
export const optionRows = [
  {name: 'tcp-service', letters: 't', value: 'required'},
  {name: 'udp-service', letters: 'u', value: 'required'},
  {name: 'sctp-service', letters: '', value: 'required'},
  {name: 'fwmark-service', letters: 'f', value: 'required'},
  {name: 'ipv6', letters: '6', value: 'none'},
  {name: 'scheduler', letters: 's', value: 'required'},
  {name: 'persistent', letters: 'p', value: 'optional'},
  {name: 'netmask', letters: 'M', value: 'required'},
  {name: 'pe', letters: '', value: 'required'},
  {name: 'ops', letters: 'o', value: 'none'},
  {name: 'sched-flags', letters: 'b', value: 'required'},
  {name: 'real-server', letters: 'r', value: 'required'},
  {name: 'gatewaying', letters: 'g', value: 'none'},
  {name: 'ipip', letters: 'i', value: 'none'},
  {name: 'masquerading', letters: 'm', value: 'none'},
  {name: 'weight', letters: 'w', value: 'required'},
  {name: 'u-threshold', letters: 'x', value: 'required'},
  {name: 'l-threshold', letters: 'y', value: 'required'},
  {name: 'tun-type', letters: '', value: 'required'},
  {name: 'tun-port', letters: '', value: 'required'},
  {name: 'tun-nocsum', letters: '', value: 'none'},
  {name: 'tun-csum', letters: '', value: 'none'},
  {name: 'tun-remcsum', letters: '', value: 'none'},
  {name: 'connection', letters: 'c', value: 'none'},
  {name: 'timeout', letters: '', value: 'none'},
  {name: 'daemon', letters: '', value: 'none'},
  {name: 'stats', letters: '', value: 'none'},
  {name: 'rate', letters: '', value: 'none'},
  {name: 'thresholds', letters: '', value: 'none'},
  {name: 'persistent-conn', letters: '', value: 'none'},
  {name: 'tun-info', letters: '', value: 'none'},
  {name: 'exact', letters: 'X', value: 'none'},
  {name: 'numeric', letters: 'n', value: 'none'},
  {name: 'sort', letters: '', value: 'none'},
  {name: 'nosort', letters: '', value: 'none'},
  {name: 'syncid', letters: '', value: 'required'},
  {name: 'mcast-interface', letters: '', value: 'required'},
  {name: 'mcast-group', letters: '', value: 'required'},
  {name: 'mcast-port', letters: '', value: 'required'},
  {name: 'mcast-ttl', letters: '', value: 'required'},
  {name: 'sync-maxlen', letters: '', value: 'required'},
] as const satisfies readonly OptionRow[]
