// A stored answer of a site: the headers as they came, and the places of its body.
import type { Entry } from '../../cache/entry.ts'
import type { Headers } from '../../tier.ts'
import type { Lines } from '../message-headers.ts'
import type { Part } from './parts.ts'

/** `headers` are the lines by name, for decisions; `body` is the whole of a small answer, and empty for others. */
export interface SiteEntry extends Entry {
  readonly statusText: string
  /** As they came, without what was the exchange's own, Age and Set-Cookie. */
  readonly lines: Lines
  /** Bytes of the whole body. */
  readonly total: number
  /** Names the parts of this version's body; no other version has it. */
  readonly id: string
  /** What of the body is stored in parts; empty where `body` is the whole. */
  readonly parts: readonly Part[]
  /** Not to be used past its freshness, whatever happens (RFC 9111 5.2.2.2, 5.2.2.8 and 5.2.2.10). */
  readonly mustRevalidate: boolean
  /** The origin itself allowed a stale answer in the place of its failure (RFC 5861 4). */
  readonly hasStaleIfError: boolean
}

/** Whether the whole body lies beside the headers. */
export const isHeldWhole = ({ body, total }: Pick<SiteEntry, 'body' | 'total'>): boolean =>
  body.length === total

/** The fields by name, several lines of one joined (RFC 9110 5.3). Without Set-Cookie, which cannot be joined. */
export function headersOf(lines: Lines): Headers {
  const headers: Record<string, string> = {}
  for (let at = 0; at < lines.length; at += 2) {
    const name = (lines[at] ?? '').toLowerCase()
    if (name === 'set-cookie') continue
    const before = headers[name]
    headers[name] = before === undefined ? (lines[at + 1] ?? '') : `${before}, ${lines[at + 1]}`
  }
  return headers
}

/** Bytes of the body, where they are stated. */
export function lengthIn(headers: Headers, status: number): number | undefined {
  if (status === 204 || status === 304) return 0
  const field = headers['content-length']
  return field !== undefined && /^\d+$/.test(field) ? Number(field) : undefined
}
