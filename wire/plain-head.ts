// The head of a request that asks for nothing but a picture: which target, and what of its client decides the answer. Pure.

export interface PlainHead {
  readonly target: string
  /** All fields, as they came: clients send the same ones again and again. */
  readonly fields: string
}

const version = ' HTTP/1.1'
const end = '\r\n\r\n'

/** A GET in origin-form, whole and alone in its packet; undefined for anything else. */
export function plainHead(packet: string): PlainHead | undefined {
  if (!packet.startsWith('GET /') || packet.indexOf(end) !== packet.length - end.length) return undefined
  const line = packet.indexOf('\r\n')
  if (!packet.startsWith(version, line - version.length)) return undefined
  return { target: packet.slice('GET '.length, line - version.length), fields: packet.slice(line) }
}

/** Fields of which no plain answer depends; of the others each may mean that the request is no plain one. */
const harmless = new Set([
  ...['accept-encoding', 'accept-language', 'cache-control', 'cookie', 'dnt', 'origin', 'pragma', 'priority'],
  ...['purpose', 'referer', 'sec-ch-ua', 'sec-ch-ua-mobile', 'sec-ch-ua-platform', 'sec-fetch-dest'],
  ...['sec-fetch-mode', 'sec-fetch-site', 'sec-fetch-user', 'sec-gpc', 'sec-purpose', 'te', 'user-agent'],
  ...[
    'upgrade-insecure-requests',
    'via',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-real-ip',
  ],
])

/** A token, and a value of visible characters, blanks and bytes of other alphabets (RFC 9110 5.1 and 5.5). */
const fieldLine = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/
const host = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/** The value of Accept, empty where there is none; undefined where a field asks for more than that. */
export function plainAccept(fields: string): string | undefined {
  const seen = new Map<string, string>()
  for (const line of fields.slice(2, -end.length).split('\r\n')) {
    const [, written = '', value = ''] = fieldLine.exec(line) ?? []
    const name = written.toLowerCase()
    if (harmless.has(name)) continue
    if (!ours.has(name) || seen.has(name)) return undefined
    seen.set(name, value)
  }
  const isPlain = host.test(seen.get('host') ?? '') && /^(?:keep-alive)?$/i.test(seen.get('connection') ?? '')
  return isPlain ? (seen.get('accept') ?? '') : undefined
}

const ours = new Set(['host', 'connection', 'accept'])
