// The head of a request that asks for nothing but what is there: which target, and what of its client decides the answer. Pure.

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

/** Fields of which no picture's plain answer depends; of the others each may mean that the request is no plain one. */
const harmless = new Set(
  [
    'accept-encoding accept-language cache-control cookie dnt origin pragma priority purpose referer te user-agent',
    'sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user',
    'sec-gpc sec-purpose upgrade-insecure-requests',
    // Of proxies before this server.
    'cdn-loop cf-connecting-ip cf-ipcountry cf-ray cf-visitor forwarded traceparent tracestate via x-amzn-trace-id',
    'x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto x-real-ip x-request-id',
  ].flatMap((names) => names.split(' ')),
)

/** A token, and a value of visible characters, blanks and bytes of other alphabets (RFC 9110 5.1 and 5.5). */
const fieldLine = /^([!#$%&'*+.^_`|~\w-]+):([\t\x20-\x7e\x80-\xff]*)$/
/** Linear: `trim` would take blanks of other alphabets too, which stand within a value. */
const trimmed = (value: string): string => (/[\xa0]/.test(value) ? value : value.trim())
const hostForm = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

export interface PlainFields {
  readonly host: string
  /** Empty where there is none. */
  readonly accept: string
  /** Of a client that has it already. */
  readonly ifNoneMatch: string | undefined
  /** All of them, by name in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** Undefined where a field asks for more than that, or stands there twice. */
export function plainFields(fields: string): PlainFields | undefined {
  const seen = new Map<string, string>()
  for (const line of fields.slice(2, -end.length).split('\r\n')) {
    const [, written = '', value = ''] = fieldLine.exec(line) ?? []
    const name = written.toLowerCase()
    if (!(harmless.has(name) || ours.has(name)) || seen.has(name)) return undefined
    seen.set(name, trimmed(value))
  }
  const { host = '', connection = '', accept = '', ...others } = Object.fromEntries(seen)
  const { 'if-none-match': ifNoneMatch, 'if-modified-since': since } = others
  // A date counts only where there is no tag (RFC 9110 13.1.3).
  if (since !== undefined && ifNoneMatch === undefined) return undefined
  if (!hostForm.test(host) || !/^(?:keep-alive)?$/i.test(connection)) return undefined
  return { host, accept, ifNoneMatch, headers: { host, ...others, ...(seen.has('accept') && { accept }) } }
}

const ours = new Set(['host', 'connection', 'accept', 'if-none-match', 'if-modified-since'])
