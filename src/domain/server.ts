// A real server as one virtual service sees it (the kernel's "destination").

import {type Address, addressOrder, compareOrders, formatEndpoint} from './address.ts'
import {type ForwardingMethod, plainTunnel, type Tunnel, tunnelEquals} from './forwarding.ts'

/** Address and port identify a server inside its service; the forwarding method does not. */
export interface ServerKey {
  readonly address: Address
  readonly port: number
}

export interface Server extends ServerKey {
  readonly forwarding: ForwardingMethod
  /** 0 is quiesced: established connections go on, new clients go elsewhere. */
  readonly weight: number
  /** Connections (active and inactive) at which the server takes no more; 0: no limit. */
  readonly upperThreshold: number
  /** Connections below which it takes clients again; 0: three quarters of the upper threshold. */
  readonly lowerThreshold: number
  readonly tunnel: Tunnel
}

/** ipvsadm's defaults: gatewaying, weight 1, no thresholds. */
export function server(key: ServerKey, settings: Partial<Omit<Server, keyof ServerKey>> = {}): Server {
  return {
    address: key.address,
    port: key.port,
    forwarding: 'gatewaying',
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
    tunnel: plainTunnel,
    ...settings,
  }
}

export function formatServerKey(key: ServerKey): string {
  return formatEndpoint(key.address, key.port)
}

export function compareServerKeys(left: ServerKey, right: ServerKey): number {
  return compareOrders(serverOrder(left), serverOrder(right))
}

/** Texts whose order, as `<` tells it, is that of compareServerKeys: made once each where many are sorted. */
export function serverOrder({address, port}: ServerKey): string {
  return addressOrder(address) + String.fromCharCode(port)
}

export function serverKeyEquals(left: ServerKey, right: ServerKey): boolean {
  return left.address === right.address && left.port === right.port
}

/** Every setting the same, as the kernel stores it: the tunnel counts under every method. */
export function serverEquals(left: Server, right: Server): boolean {
  return (
    serverKeyEquals(left, right) &&
    left.forwarding === right.forwarding &&
    left.weight === right.weight &&
    left.upperThreshold === right.upperThreshold &&
    left.lowerThreshold === right.lowerThreshold &&
    tunnelEquals(left.tunnel, right.tunnel)
  )
}
