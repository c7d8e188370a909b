// Who holds a connection: looked at once for all requests that come on it.
import type { Socket } from 'node:net'
import type { ClientSide } from './message-headers.ts'

export interface ClientSides {
  of(socket: Socket): Omit<ClientSide, 'host'>
}

/** `isTrusted`: whether an address is that of a proxy of our own. */
export function createClientSides(isTrusted: (address: string) => boolean): ClientSides {
  const known = new WeakMap<Socket, Omit<ClientSide, 'host'>>()
  return {
    of(socket) {
      const before = known.get(socket)
      if (before) return before
      const address = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '')
      const scheme = 'encrypted' in socket ? 'https' : 'http'
      const made = { address, scheme, isTrusted: isTrusted(address) } as const
      known.set(socket, made)
      return made
    },
  }
}
