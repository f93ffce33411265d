// The values of --persist, by themselves: the command line needs them at every start.

export const backendNames = ['systemd', 'networkd', 'networkmanager', 'netplan', 'ifupdown'] as const

export type BackendName = (typeof backendNames)[number]
