// The part of nginx.conf that counts requests (lua/halftone/limits.lua), where the configuration has rules. Pure.
import { fromLua } from './config-text.ts'

export interface LimitDirectives {
  /** Proxies in front of this nginx, whose word about the client's address counts. */
  readonly trustedProxies: readonly string[]
  readonly forwardedHeader: 'x-forwarded-for' | 'forwarded'
}

export const limitStart = (limits: LimitDirectives | undefined): string =>
  limits === undefined
    ? ''
    : `\n${fromLua("local limits = require('halftone.limits')")}\n${fromLua("limits.configure(require('halftone.site').limits)")}\n${fromLua('limits.resolve()')}`

export function limitHttpDirectives(limits: LimitDirectives | undefined): string {
  if (!limits) return ''
  return `# Buckets while Redis is away, plans of keys for a moment: a megabyte is some 8,000 clients, and the oldest go first.
lua_shared_dict halftone_limits 16m;
${realAddress(limits)}`
}

/** nginx reads lists of addresses alone: a proxy that writes \`Forwarded\` is to write X-Forwarded-For as well. */
function realAddress({ trustedProxies }: LimitDirectives): string {
  if (trustedProxies.length === 0) return ''
  return `# Who asks, where proxies of ours stand in front: the nearest address that is none of theirs.
${trustedProxies.map((network) => `set_real_ip_from ${network};`).join('\n')}
real_ip_header X-Forwarded-For;
real_ip_recursive on;
`
}

interface LimitedServer {
  readonly purgeFrom: readonly string[]
  readonly limits?: LimitDirectives | undefined
}

export function limitLocations({ limits, purgeFrom }: LimitedServer): string {
  if (!limits) return ''
  return `# How many were refused, and whether Redis is away: Prometheus' text, for those who may purge.
location = /-/metrics {
  access_log off;
  ${purgeFrom.map((network) => `allow ${network};`).join(' ')}
  deny all;
  default_type text/plain;
  content_by_lua_block {
${fromLua("ngx.print(require('halftone.limits').metrics())")}
  }
}

`
}

/** The client's address for an edge, in the header that it reads; the other is never a client's own. */
export const forwardedDirective = (limits: LimitDirectives | undefined): string =>
  limits?.forwardedHeader === 'forwarded'
    ? `proxy_set_header Forwarded 'for="$remote_addr"';`
    : `proxy_set_header Forwarded '';`
