// What a request gets of a stored answer, or of one that comes: whole, 304, a part, or word that there is no such part.
import { member, type Told } from '../../http/cache-status.ts'
import { evaluate, type Verdict } from '../../http/conditional.ts'
import type { Headers } from '../../tier.ts'
import { type Lines, withoutFields } from '../message-headers.ts'
import type { SiteBody } from './body.ts'
import type { SiteEntry } from './entry.ts'
import type { EntryHead } from './keep.ts'

/** An answer as it is sent, but for Via. */
export interface SiteAnswer {
  readonly status: number
  readonly statusText: string
  readonly lines: Lines
  readonly body: SiteBody
  /** Which part of the body is sent; all of it where it is not given. */
  readonly range?: { readonly start: number; readonly end: number }
  /** Nothing of the body is sent. */
  readonly isBodiless?: boolean
  /** Known at the end of a body that nobody else reads. */
  readonly trailers?: () => Lines
  /** What is stored, or is being stored, of it; undefined where it is not for others. */
  readonly stored?: StoredHead | undefined
}

/** The head of a stored answer, and the name of its version: no other version of any answer has it. */
export type StoredHead = EntryHead & Pick<SiteEntry, 'id'>

export interface Whole {
  readonly status: number
  readonly statusText: string
  readonly lines: Lines
  readonly headers: Headers
  readonly body: SiteBody
  readonly stored?: StoredHead | undefined
}

/** Our name in Cache-Status (RFC 9211). */
const name = 'halftone'

/** The whole with Age, where it is known, and with our member of Cache-Status. */
export const told = (whole: Whole, told: Told, age?: number): Whole => ({
  ...whole,
  lines: [
    ...(age === undefined ? whole.lines : withoutFields(whole.lines, new Set(['age']))),
    ...(age === undefined ? [] : ['Age', String(age)]),
    ...['Cache-Status', member(name, told)],
  ],
})

/** Which part of the whole is asked for (RFC 9110 13 and 14). Of a body without a known length there are no parts. */
export function verdictOn(
  { status, headers, body }: Omit<Whole, 'lines' | 'statusText'>,
  asked: Headers,
): Verdict {
  const { length } = body
  const { range: _, ...without } = asked
  return evaluate(
    { status, headers, body: { length: length ?? 0, open: neverOpened } },
    length === undefined ? without : asked,
  )
}

const neverOpened = (): never => {
  throw new TypeError('only the length counts')
}

export function select(whole: Whole, verdict: Verdict): SiteAnswer {
  const { status, statusText, lines, body, stored } = whole
  switch (verdict.kind) {
    case 'whole':
      return { status, statusText, lines: withLength(whole), body, stored }
    case 'not-modified':
      return {
        ...{ status: 304, statusText: 'Not Modified', body, stored, isBodiless: true },
        lines: withoutFields(lines, aboutTheBody),
      }
    case 'partial': {
      const { start, end } = verdict
      const range = ['Content-Range', `bytes ${start}-${end}/${body.length}`]
      const length = ['Content-Length', String(end - start + 1)]
      return {
        ...{ status: 206, statusText: 'Partial Content', body, stored, range: { start, end } },
        lines: [...withoutFields(lines, lengths), ...range, ...length],
      }
    }
    case 'range-not-satisfiable':
      return {
        ...{ status: 416, statusText: 'Range Not Satisfiable', body, stored, isBodiless: true },
        lines: [
          ...withoutFields(lines, aboutTheBody),
          ...['Content-Range', `bytes */${body.length}`, 'Content-Length', '0'],
        ],
      }
  }
}

/** A 304 tells what may have changed (RFC 9110 15.4.5), and nothing of the bytes that it does not send. */
const aboutTheBody = new Set([
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-range',
  'content-type',
])

const lengths = new Set(['content-length', 'content-range'])

/** A body that came in chunks has a length by now. */
function withLength({ status, lines, headers, body }: Whole): Lines {
  if (body.length === undefined || headers['content-length'] !== undefined) return lines
  return status === 204 || status === 304 ? lines : [...lines, 'Content-Length', String(body.length)]
}
