// What an answer says about its own caching: Cache-Control (RFC 9111 5.2), or CDN-Cache-Control in its place (RFC 9213).
import type { Headers } from '../tier.ts'

export interface Directives {
  /** Seconds. 0 where the value cannot be read: caches are to take such an answer for stale (RFC 9111 4.2.1). */
  readonly maxAge?: number
  readonly sMaxage?: number
  readonly staleWhileRevalidate?: number
  readonly staleIfError?: number
  readonly noStore: boolean
  readonly noCache: boolean
  readonly private: boolean
  /** must-revalidate; for a shared cache also proxy-revalidate, which says the same to it. */
  readonly mustRevalidate: boolean
  /** May be stored where the freshness is only a guess (RFC 9111 5.2.2.9). */
  readonly public: boolean
  /** Only for caches that know the status; those pass over the no-store beside it (RFC 9111 5.2.2.3). */
  readonly mustUnderstand: boolean
  /** Says that an answer to a request with credentials may be shared (RFC 9111 3.5). */
  readonly isForAllUsers: boolean
  /** A targeted field spoke, so Cache-Control and Expires are not for us (RFC 9213 2.2). */
  readonly isTargeted: boolean
}

/** Fields addressed to caches like ours, the closest first. */
const targetedFields = ['cdn-cache-control']

/** Larger numbers mean "for ever" (RFC 9111 1.2.2). */
const maxSeconds = 2 ** 31

export function directives(headers: Headers): Directives {
  for (const field of targetedFields) {
    const members = dictionary(headers[field] ?? '')
    // An empty or broken targeted field is passed over as if it were not there (RFC 9213 2.2).
    if (members && members.size > 0) return meaning(members, true)
  }
  return meaning(cacheControl(headers['cache-control'] ?? ''), false)
}

/** Cache-Control as a browser reads it: s-maxage and proxy-revalidate are for shared caches (RFC 9111 5.2.2.8, 5.2.2.10). */
export function browserDirectives(headers: Headers): Directives {
  const members = new Map(cacheControl(headers['cache-control'] ?? ''))
  for (const name of ['s-maxage', 'proxy-revalidate']) members.delete(name)
  return meaning(members, false)
}

export type Members = ReadonlyMap<string, string>

function meaning(members: Members, isTargeted: boolean): Directives {
  return {
    ...seconds('maxAge', members.get('max-age')),
    ...seconds('sMaxage', members.get('s-maxage')),
    ...seconds('staleWhileRevalidate', members.get('stale-while-revalidate')),
    ...seconds('staleIfError', members.get('stale-if-error')),
    noStore: members.has('no-store') && !members.has('must-understand'),
    // private="field" and no-cache="field" are obeyed as if they named no field, which RFC 9111 5.2.2.4 and 5.2.2.7 allow.
    noCache: members.has('no-cache'),
    private: members.has('private'),
    mustRevalidate: members.has('must-revalidate') || members.has('proxy-revalidate'),
    public: members.has('public'),
    mustUnderstand: members.has('must-understand'),
    isForAllUsers: members.has('public') || members.has('s-maxage') || members.has('must-revalidate'),
    isTargeted,
  }
}

function seconds(name: keyof Directives, value: string | undefined): Partial<Directives> {
  if (value === undefined) return {}
  return { [name]: deltaSeconds(value) }
}

/** A number of seconds (RFC 9111 1.2.2); 0 for anything else. */
export const deltaSeconds = (value: string): number =>
  /^\d+$/.test(value) ? Math.min(Number(value), maxSeconds) : 0

const token = "[!#$%&'*+.^`|~\\w-]+"
const quoted = '"((?:[^"\\\\]|\\\\.)*)"'
const cacheDirective = new RegExp(`^[ \\t]*(${token})(?:[ \\t]*|=(?:${quoted}[ \\t]*|([^",]*)))$`)

/** Cache-Control, read leniently: a member that makes no sense is skipped, the others still count. */
export function cacheControl(field: string): Members {
  const members = new Map<string, string>()
  for (const part of partsOf(field)) {
    const [, name, quotedValue, value] = cacheDirective.exec(part) ?? []
    const key = name?.toLowerCase()
    // Of a directive given twice the first counts (RFC 9111 4.2.1).
    if (key !== undefined && !members.has(key)) members.set(key, quotedValue ?? value?.trim() ?? '')
  }
  return members
}

/** Splits at commas outside quoted strings. */
const partsOf = (field: string): readonly string[] => field.match(/(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g) ?? []

const key = '[a-z*][a-z0-9_.*-]*'
const bareItem =
  '-?\\d+(?:\\.\\d+)?|"(?:[^"\\\\]|\\\\["\\\\])*"|[A-Za-z*][!#$%&\'*+.^`|~\\w:/-]*|:[\\w+/=]*:|\\?[01]'
const innerList = '\\([^()]*\\)'
const parameters = `(?:; *${key}(?:=(?:${bareItem}))?)*`
const dictionaryMember = new RegExp(
  `(${key})(?:=(${bareItem}|${innerList}))?${parameters}[ \\t]*(?:,[ \\t]*(?=.)|$)`,
  'y',
)

/** A Dictionary of Structured Fields (RFC 9651 4.2.2): one fault spoils the whole field, and the last duplicate wins. */
function dictionary(field: string): Members | undefined {
  const members = new Map<string, string>()
  const text = field.trim()
  dictionaryMember.lastIndex = 0
  while (dictionaryMember.lastIndex < text.length) {
    const [, name, value] = dictionaryMember.exec(text) ?? []
    if (name === undefined) return undefined
    // `?0` says that a directive without a value is absent.
    if (value === '?0') members.delete(name)
    else members.set(name, value ?? '')
  }
  return members
}
