// Who asks, as an address: the other end of the connection, or what a trusted proxy says of it. Pure.
import type { IncomingHttpHeaders } from 'node:http'
import ipaddr from 'ipaddr.js'
import type { AddressRule } from '../fetch/addresses.ts'

export type ForwardedHeader = 'x-forwarded-for' | 'forwarded'

export interface AddressOptions {
  /** Proxies whose word counts. */
  readonly trusted: readonly AddressRule[]
  /** The one that they write: a proxy that writes the one hands on the other as its client sent it. */
  readonly header: ForwardedHeader
}

/** What a request shows of where it comes from. */
export interface AddressedRequest {
  readonly headers: IncomingHttpHeaders
  readonly socket: { readonly remoteAddress?: string | undefined }
}

export interface ClientAddresses {
  /** The name of the client's bucket: an IPv4 address, or the first 64 bits of an IPv6 address as 16 hex digits. */
  of(request: AddressedRequest): string
  /** Whether the other end of the connection is a trusted proxy. */
  isTrusted(request: AddressedRequest): boolean
}

type Address = ipaddr.IPv4 | ipaddr.IPv6

export function createClientAddresses({ trusted, header }: AddressOptions): ClientAddresses {
  const isProxy = (address: Address): boolean =>
    trusted.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits))

  function of({ headers, socket }: AddressedRequest): string {
    const peer = parse(socket.remoteAddress)
    if (!peer) return 'unknown'
    const said = headers[header]
    if (typeof said !== 'string' || !isProxy(peer)) return bucketOf(peer)
    return bucketOf(clientIn(peer, hopsIn(said, header), isProxy))
  }

  return {
    of,
    isTrusted({ socket }) {
      const peer = trusted.length > 0 ? parse(socket.remoteAddress) : undefined
      return peer !== undefined && isProxy(peer)
    },
  }
}

/**
 * From the nearest on: each proxy vouches for the one before it. The first that is no trusted proxy is the client;
 * what stands before it, anybody may have written. Where no address can be read, the last one that could be counts.
 */
function clientIn(peer: Address, hops: readonly string[], isProxy: (address: Address) => boolean): Address {
  let client = peer
  for (const hop of hops.toReversed()) {
    const address = parse(hop)
    if (!address) return client
    client = address
    if (!isProxy(address)) return client
  }
  return client
}

/** Farthest first, as they are written. */
function hopsIn(said: string, header: ForwardedHeader): readonly string[] {
  const hops = said.split(',').map((hop) => hop.trim())
  return (header === 'forwarded' ? hops.map(forIn) : hops).map(withoutPort)
}

/** RFC 7239 4: `for=192.0.2.60;proto=http`, `for="[2001:db8::1]:4711"`. */
const forIn = (element: string): string =>
  /(?:^|;)\s*for=("?)([^";\s]*)\1\s*(?:;|$)/i.exec(element)?.[2] ?? ''

const withoutPort = (hop: string): string =>
  /^\[([^\]]*)\](?::\d+)?$/.exec(hop)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop)?.[1] ?? hop

/** An IPv4 address that is written within IPv6 is the IPv4 address. */
function parse(text: string | undefined): Address | undefined {
  if (text === undefined) return undefined
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text)
  const [bare = ''] = text.split('%')
  if (!ipaddr.IPv6.isValid(bare)) return undefined
  const address = ipaddr.IPv6.parse(bare)
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}

/** One customer's line usually has a whole /64 (RFC 6177), and all its addresses are his. */
function bucketOf(address: Address): string {
  if (address.kind() === 'ipv4') return address.toString()
  return (address as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16).padStart(4, '0'))
    .join('')
}
