// From an answer of an origin to what is stored of it; and how a 304 or the answer to HEAD changes what is stored
// (RFC 9111 3, 3.2, 4.3.4 and 4.3.5). Pure.
import { opaqueTag } from '../../http/conditional.ts'
import { httpDate, parseHttpDate } from '../../http/dates.ts'
import { directives } from '../../http/directives.ts'
import { type Defaults, lifetimes, type NotStorable } from '../../http/policy.ts'
import { ofTheBody, ofTheExchange } from '../../http/stored-headers.ts'
import { sharedTerms } from '../../http/terms.ts'
import type { Headers } from '../../tier.ts'
import { endToEnd, type Lines, withoutFields } from '../message-headers.ts'
import { headersOf, type SiteEntry } from './entry.ts'
import { contentRange } from './parts.ts'

/** The head of an answer, and what is known of its asking. */
export interface Arrival {
  readonly status: number
  readonly statusText: string
  readonly lines: Lines
  readonly receivedAt: number
  /** Position of the log of purges when it was asked for. */
  readonly epoch: number
  /** The headers of the request that brought it. */
  readonly asked: Headers
}

/** An entry without its body. */
export type EntryHead = Omit<SiteEntry, 'key' | 'id' | 'body' | 'parts' | 'total'>

export type Kept = { readonly head: EntryHead } | { readonly why: NotKept }

export type NotKept =
  | NotStorable
  /** It could only be asked about, and has nothing to be asked about with. */
  | 'useless'
  /** A part that does not say which one it is. */
  | 'bad-range'
  /** A freshness that nobody stated is not guessed for answers to cookies, and for answers that set them. */
  | 'cookie'

/**
 * Nobody's server says how long its pages last when it is away: a day. It is for a server that cannot be reached; for
 * what a server says of itself its own words count.
 */
const unreachableSeconds = 86_400

/** A tenth of the time since the last change (RFC 9111 4.2.2). */
const heuristicShare = 0.1

const careful: Defaults = { defaultStaleIfErrorSeconds: unreachableSeconds }
const usual: Defaults = { ...careful, heuristicShare }

export function keep(arrival: Arrival): Kept {
  const { status, lines, receivedAt, epoch, asked } = arrival
  const headers = headersOf(lines)
  if (status === 206 && contentRange(headers['content-range']) === undefined) return { why: 'bad-range' }
  // A part lives as long as the whole would.
  const answer = { status: status === 206 ? 200 : status, headers }
  const isAnybodys = asked.cookie === undefined && !lines.some(isSetCookie)
  const life = lifetimes(answer, receivedAt, isAnybodys ? usual : careful, { headers: asked })
  if (!life.storable)
    return { why: life.why === 'no-explicit-freshness' && !isAnybodys ? 'cookie' : life.why }
  const { times } = life
  const said = directives(headers)
  const terms = sharedTerms(headers, receivedAt)
  const hasStaleIfError = terms.staleIfErrorSeconds !== undefined && terms.staleIfErrorSeconds > 0
  const isUsable =
    times.freshUntil > receivedAt || times.staleWhileRevalidateUntil > receivedAt || hasStaleIfError
  if (!isUsable && !hasValidator(headers)) return { why: 'useless' }
  const own = status === 206 ? withoutFields(lines, new Set(['content-range', 'content-length'])) : lines
  const stored = storedLines(own, receivedAt)
  return {
    head: {
      ...times,
      epoch,
      status: answer.status,
      statusText: status === 206 ? 'OK' : arrival.statusText,
      lines: stored,
      headers: headersOf(stored),
      mustRevalidate: terms.mustRevalidate || terms.noCache || said.sMaxage !== undefined,
      hasStaleIfError,
    },
  }
}

const isSetCookie = (name: string, at: number): boolean => at % 2 === 0 && name.toLowerCase() === 'set-cookie'

const hasValidator = (headers: Headers): boolean =>
  headers.etag !== undefined || headers['last-modified'] !== undefined

/** A cookie is for the one whose request it answered. */
const notStored = new Set([...ofTheExchange, 'set-cookie'])

/** An answer without a date gets that of its arrival (RFC 9110 6.6.1). */
function storedLines(lines: Lines, receivedAt: number): Lines {
  const stored = withoutFields(endToEnd(lines), notStored)
  const isDated = parseHttpDate(headersOf(stored).date) !== undefined
  return isDated ? stored : [...withoutFields(stored, new Set(['date'])), 'Date', httpDate(receivedAt)]
}

/** The stored lines with those of a later answer about the same version in their place. */
export function updatedLines(stored: Lines, later: Lines): Lines {
  const news = withoutFields(endToEnd(later), ofTheBody)
  const replaced = new Set(news.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()))
  replaced.add('date')
  return [...withoutFields(stored, replaced), ...news]
}

/** The entry as a 304, or the answer to a HEAD, makes it; `why` where it may not be stored any longer. */
export function freshened(entry: SiteEntry, arrival: Arrival): Kept {
  const kept = keep({
    ...arrival,
    status: entry.status,
    statusText: entry.statusText,
    lines: [...updatedLines(entry.lines, arrival.lines), ...ageLines(arrival.lines)],
  })
  return kept
}

function ageLines(lines: Lines): Lines {
  const { age } = headersOf(lines)
  return age === undefined ? [] : ['Age', age]
}

/** A 304 about another version than ours says nothing about ours (RFC 9111 4.3.4). Servers that compress weaken tags. */
export function confirms(later: Headers, stored: Headers): boolean {
  if (later.etag !== undefined) return opaqueTag(later.etag) === opaqueTag(stored.etag ?? '')
  const modified = later['last-modified']
  return (
    modified === undefined || stored['last-modified'] === undefined || modified === stored['last-modified']
  )
}

/** Whether the answer to HEAD is about the stored version (RFC 9111 4.3.5). */
export function describesSame(later: Headers, entry: SiteEntry): boolean {
  const length = later['content-length']
  if (length !== undefined && Number(length) !== entry.total) return false
  return ['etag', 'last-modified'].every(
    (name) => later[name] === undefined || later[name] === entry.headers[name],
  )
}

/** A strong entity tag: only with one may parts of two answers be joined (RFC 9111 3.4). */
export function strongTag({ etag }: Headers): string | undefined {
  return etag?.startsWith('"') ? etag : undefined
}
