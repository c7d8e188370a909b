// The headers of a page that is added to: its origin's own, but for those that speak of its bytes. Pure.
import { type Lines, valuesIn, withoutFields } from '../message-headers.ts'
import type { PageTags } from './entity-tags.ts'

/** True of the origin's bytes alone (RFC 9530, and what came before it). */
const ofTheBytes: ReadonlySet<string> = new Set([
  'accept-ranges',
  'content-digest',
  'content-length',
  'content-md5',
  'digest',
  'etag',
  'repr-digest',
])

export interface PageLines {
  readonly tags: PageTags
  /** Bytes, where they are known. */
  readonly length?: number | undefined
  /** The value of a further Link header. */
  readonly link?: string | undefined
}

export function pageLines(lines: Lines, { tags, length, link }: PageLines): Lines {
  return [
    ...withoutFields(lines, ofTheBytes),
    ...tagLines(lines, tags),
    // What has gone out may be another version of the same page: parts of two must not meet.
    ...['Accept-Ranges', 'none'],
    ...(length === undefined ? [] : ['Content-Length', String(length)]),
    ...(link === undefined ? [] : ['Link', link]),
  ]
}

/** Of a 304 that confirms what a client has of us. */
export const confirmedLines = (lines: Lines, tags: PageTags): Lines => [
  ...withoutFields(lines, new Set(['etag'])),
  ...tagLines(lines, tags),
]

function tagLines(lines: Lines, tags: PageTags): Lines {
  const [etag] = valuesIn(lines, 'etag')
  const ours = etag === undefined ? undefined : tags.ours(etag)
  return ours === undefined ? [] : ['ETag', ours]
}

/** Trailers that do not speak of the bytes. */
export const pageTrailers = (lines: Lines): Lines => withoutFields(lines, ofTheBytes)
