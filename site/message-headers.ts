// Headers of messages that pass through, line by line as they came: which of them are for the next connection, and what a
// proxy adds. Pure. Names keep their spelling and lines their order, since somebody may rely on it.
import { connectionFields } from '../http/hop-by-hop.ts'

/** Name and value in turn, as Node and undici give them: a field in several lines stands there several times. */
export type Lines = readonly string[]

/** The value of a field, its lines joined (RFC 9110 5.3); undefined where it is not there. */
export function fieldIn(lines: Lines, wanted: string): string | undefined {
  const values = valuesIn(lines, wanted)
  return values.length === 0 ? undefined : values.join(', ')
}

export function valuesIn(lines: Lines, wanted: string): string[] {
  const values: string[] = []
  for (let at = 0; at < lines.length; at += 2)
    if (lines[at]?.toLowerCase() === wanted) values.push(lines[at + 1] ?? '')
  return values
}

/** Without the named fields; names in lower case. */
export function withoutFields(lines: Lines, names: ReadonlySet<string>): string[] {
  const kept: string[] = []
  for (let at = 0; at < lines.length; at += 2)
    if (!names.has(lines[at]?.toLowerCase() ?? '')) kept.push(lines[at] ?? '', lines[at + 1] ?? '')
  return kept
}

/** What goes on to the next connection: nothing of this one, and nothing that `Connection` names. */
export const endToEnd = (lines: Lines): string[] =>
  withoutFields(lines, connectionFields(fieldIn(lines, 'connection')))

export type Scheme = 'http' | 'https'

export interface ClientSide {
  /** The address of whoever holds the connection. */
  readonly address: string
  readonly scheme: Scheme
  /** As the client wrote it. */
  readonly host: string
  /** Whether it is a proxy of our own, whose word for its clients counts. */
  readonly isTrusted: boolean
  /** Whether proxies between us and it are known to pass informational answers on. */
  readonly passesHints?: boolean
}

/** By which the client asks, or the one for whom a trusted proxy does. */
export function schemeOf(
  said: unknown,
  { isTrusted, scheme }: Pick<ClientSide, 'isTrusted' | 'scheme'>,
): Scheme {
  return isTrusted && (said === 'https' || said === 'http') ? said : scheme
}

const forwardedNames = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']

/**
 * The lines that tell the origin who asks (RFC 7239, and the older X-Forwarded fields). What a stranger says of itself is
 * replaced; what a trusted proxy says is kept, and this hop is added.
 */
export function forwardedLines(lines: Lines, client: ClientSide): string[] {
  const said = (name: string): string | undefined => (client.isTrusted ? fieldIn(lines, name) : undefined)
  const before = (name: string): string => {
    const value = said(name)
    return value === undefined ? '' : `${value}, `
  }
  const node = client.address.includes(':') ? `"[${client.address}]"` : client.address
  const hop = `for=${node};host="${client.host}";proto=${client.scheme}`
  return [
    ...['Forwarded', `${before('forwarded')}${hop}`],
    ...['X-Forwarded-For', `${before('x-forwarded-for')}${client.address}`],
    ...['X-Forwarded-Host', said('x-forwarded-host') ?? client.host],
    ...['X-Forwarded-Proto', said('x-forwarded-proto') ?? client.scheme],
  ]
}

/** Our name in Via (RFC 9110 7.6.3). */
const pseudonym = 'halftone'

export const viaLine = (lines: Lines, version: string): string[] => [
  'Via',
  [...valuesIn(lines, 'via'), `${version} ${pseudonym}`].join(', '),
]

/** Whether a request has been here before: two proxies that stand in front of each other would send it round for ever. */
export const isLoop = (lines: Lines): boolean =>
  (fieldIn(lines, 'via') ?? '').split(',').filter((hop) => hop.trim().split(/\s+/)[1] === pseudonym).length >=
  mostPasses

/** Several of ours may stand in a row on purpose. */
const mostPasses = 5

/** What the origin is asked with. `host` is the value of Host there. */
export function requestLines(lines: Lines, client: ClientSide, host: string): string[] {
  const passed = withoutFields(endToEnd(lines), new Set(['host', 'expect', 'via', ...forwardedNames]))
  // Only this connection's client can say it, and it is true of ours as well: trailers are passed on.
  const te = /(?:^|,)\s*trailers\s*(?:,|$)/i.test(fieldIn(lines, 'te') ?? '') ? ['TE', 'trailers'] : []
  return ['Host', host, ...passed, ...te, ...forwardedLines(lines, client), ...viaLine(lines, '1.1')]
}

/** What the client is answered with. */
export const answerLines = (lines: Lines): string[] => [
  ...withoutFields(endToEnd(lines), new Set(['via'])),
  ...viaLine(lines, '1.1'),
]
