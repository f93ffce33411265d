// Names of sysctls as sysctl(8) writes them. A dot separates; a dot inside an interface's name (`eth0.100`) is written
// as a slash: net.ipv4.conf.eth0/100.arp_ignore.

export function interfaceSysctl(family: 'ipv4' | 'ipv6', name: string, setting: string): string {
  return `net.${family}.conf.${name.replaceAll('.', '/')}.${setting}`
}

/** The file of a key below /proc/sys; undefined for what cannot be a key. */
export function sysctlPath(key: string): string | undefined {
  const parts = key.split('.').map((part) => part.replaceAll('/', '.'))
  return parts.every((part) => part !== '' && part !== '.' && part !== '..')
    ? `/proc/sys/${parts.join('/')}`
    : undefined
}
