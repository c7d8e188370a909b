// Tells whether a request comes from a person at this machine. Only such a person may see the demo's key, or metrics
// without a token, so a request that only pretends to come from here must not pass.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** What a request shows of where it comes from. */
export interface Connection {
  readonly headers: IncomingHttpHeaders
  /** Of the protocol: "1.0", "1.1". */
  readonly httpVersion: string
  /** The other end of the socket. */
  readonly remoteAddress: string | undefined
}

const names = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** 127.0.0.0/8 and ::1 (RFC 1122 3.2.1.3, RFC 4291 2.5.3); a socket for both families writes the former within IPv6. */
const loopback = /^(?:::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/i

/** What proxies, content networks, balancers and tunnels add for the servers behind them. */
const proxied = new RegExp(
  [
    '^(?:forwarded|via|cdn-loop|client-ip|true-client-ip|max-forwards|proxy-.*)$',
    '^x-(?:forwarded|real|client|cluster|original|remote|proxy|host|scheme|envoy|amzn?|azure|arr|appengine|vercel|nf|varnish|cache)\\b',
    '^(?:cf|fly|fastly|akamai|incap|ngrok|tailscale|cloudfront)-',
  ].join('|'),
)

/**
 * Three checks beside the address of the socket.
 *
 * The Host: a page elsewhere can make its own name point at 127.0.0.1 (DNS rebinding) and read our answers. The browser
 * still sends that name as Host, so only the names of loopback itself pass.
 *
 * Headers of proxies: a proxy on this machine brings requests of strangers, and most proxies say so in a header.
 *
 * The version: nginx in its default configuration adds no header and even sends a loopback Host, but it speaks
 * HTTP/1.0, and no browser does.
 */
export function isLoopbackClient({ headers, httpVersion, remoteAddress }: Connection): boolean {
  const host = /^(\[[0-9a-f:]+\]|[^:]+)(?::\d{1,5})?$/i.exec(headers.host ?? '')?.[1]
  return (
    loopback.test(remoteAddress ?? '') &&
    httpVersion !== '1.0' &&
    host !== undefined &&
    names.has(host.toLowerCase()) &&
    !Object.keys(headers).some((name) => proxied.test(name))
  )
}

interface HonoRequest {
  readonly env: unknown
  readonly req: { readonly raw: { readonly headers: Headers } }
}

/** As the framework hands a request over. One that came over no socket was asked within this process. */
export function isFromLoopback({ env, req }: HonoRequest): boolean {
  const { incoming } = (env ?? {}) as { readonly incoming?: IncomingMessage }
  if (!incoming) return isLoopbackClient({ ...withinProcess, headers: Object.fromEntries(req.raw.headers) })
  const { headers, httpVersion, socket } = incoming
  return isLoopbackClient({ headers, httpVersion, remoteAddress: socket.remoteAddress })
}

const withinProcess = { httpVersion: '1.1', remoteAddress: '127.0.0.1' }
