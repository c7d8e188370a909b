// The fields of one connection, which no message takes on to the next (RFC 9110 7.6.1). Pure.

/** Those that always are, with the older names that some proxies still send. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Framing and routing are never a connection's own, whatever it says: a client could cut them out of its request. */
const endToEndAlways = new Set(['host', 'content-length', 'cache-control', 'authorization', 'cookie'])

/** The fields of the connection that a message came on, in lower case; `connection`: the value of that field in it. */
export function connectionFields(connection: string | undefined): ReadonlySet<string> {
  // Nearly every message says one of these; only an odd one pays for the split.
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return hopByHop
  const named = connection.split(',').map((name) => name.trim().toLowerCase())
  return new Set([...hopByHop, ...named.filter((name) => !endToEndAlways.has(name))])
}
