// The headers of a picture's answer: the origin's own, but for those that speak of the bytes. Pure.
import type { Headers } from '../../tier.ts'
import { fieldIn, type Lines, withoutFields } from '../message-headers.ts'

/** True of the original's bytes alone (RFC 9530, and what came before it). */
const ofTheBytes = new Set([
  'accept-ranges',
  'content-digest',
  'content-length',
  'content-md5',
  'content-type',
  'digest',
  'etag',
  'repr-digest',
])

const vary = new Set(['vary'])

/** What an answer about a picture says, whichever of its representations it is (RFC 9110 12.5.5). */
export function withVary(lines: Lines, names: string): Lines {
  const said = fieldIn(lines, 'vary')
  if (said === undefined) return [...lines, 'Vary', names]
  const known = new Set(said.split(',').map((name) => name.trim().toLowerCase()))
  const missing = names.split(', ').filter((name) => !known.has(name.toLowerCase()))
  if (known.has('*') || missing.length === 0) return lines
  return [...withoutFields(lines, vary), 'Vary', [said, ...missing].join(', ')]
}

/** What the tiers tell of a picture, and whoever measures wants to know. */
const told = ['halftone-source-bytes', 'halftone-source-type', 'halftone-quality', 'halftone-score'] as const

/** `picture`: the headers of the tiers' answer. */
export function betterLines(lines: Lines, picture: Headers, etag: string): Lines {
  return [
    ...withoutFields(lines, ofTheBytes),
    ...['Content-Type', picture['content-type'] ?? '', 'Content-Length', picture['content-length'] ?? ''],
    ...['ETag', etag, 'Accept-Ranges', 'bytes'],
    ...told.flatMap((name) => (picture[name] === undefined ? [] : [name, picture[name]])),
  ]
}
