// Link-layer addresses of Ethernet, as text and as bytes.

/** Six bytes of link-layer address: what all packets here are made for. InfiniBand has 20, a tunnel has an IP address. */
export function isEthernet({mac}: {readonly mac?: string}): boolean {
  return mac !== undefined && macBytes(mac).length === 6
}

export function macBytes(mac: string): Uint8Array {
  return Uint8Array.from(mac.split(':'), (byte) => Number.parseInt(byte, 16))
}

export function formatMac(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':')
}
