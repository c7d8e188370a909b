// The fields of one connection, which no message takes on to the next (RFC 9110 7.6.1), with the older names that some
// proxies still send.
export const hopByHop: ReadonlySet<string> = new Set([
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
