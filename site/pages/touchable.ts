// Which answers of a site are pages that may be added to. Pure.
import type { Headers } from '../../tier.ts'
import { mediaType } from '../media-type.ts'
import { directiveNames } from '../pictures/touchable.ts'

export type Coding = 'identity' | 'gzip' | 'br' | 'zstd'

export interface Touchable {
  readonly coding: Coding
  /** What Content-Type says, by its name in the Encoding Standard. */
  readonly encoding: string | undefined
}

export const pageType = 'text/html'

const codings: ReadonlyMap<string, Coding> = new Map([
  ...(['identity', 'gzip', 'br', 'zstd'] as const).map((coding) => [coding, coding] as const),
  ['', 'identity'],
  ['x-gzip', 'gzip'],
])

/** Of these a tag is not the same bytes as in ASCII, or may be other characters. */
const others: ReadonlySet<string> = new Set(['utf-16le', 'utf-16be', 'iso-2022-jp', 'replacement'])

/** A signature over the message covers its bytes (RFC 9421). */
const signed = ['signature', 'signature-input']

/** `asked`: the headers of the request. Undefined for what stays as it is. */
export function touchable(headers: Headers, asked: Headers): Touchable | undefined {
  const type = headers['content-type'] ?? ''
  if (mediaType(type) !== pageType) return undefined
  if (isBarred(headers) || isBarred(asked) || signed.some((name) => headers[name] !== undefined))
    return undefined
  const coding = codings.get((headers['content-encoding'] ?? '').trim().toLowerCase())
  const label = labelIn(type)
  const encoding = label === undefined ? undefined : encodingOf(label)
  const isReadable = label === undefined || (encoding !== undefined && !others.has(encoding))
  return coding && isReadable ? { coding, encoding } : undefined
}

const isBarred = (headers: Headers): boolean => directiveNames(headers['cache-control']).has('no-transform')

function labelIn(type: string): string | undefined {
  for (const parameter of type.split(';').slice(1)) {
    const [, value] = /^charset\s*=\s*"?([^"\s][^"]*)"?$/i.exec(parameter.trim()) ?? []
    if (value) return value
  }
  return undefined
}

function encodingOf(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding
  } catch {
    return undefined
  }
}
