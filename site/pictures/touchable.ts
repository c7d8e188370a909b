// Which answers of a site are pictures that may come back smaller. Pure.
import type { Headers } from '../../tier.ts'
import { formatOf, identify, type SourceFormat } from '../../transforms/index.ts'
import { mediaType } from '../media-type.ts'

/** By the label: bytes are looked at once they are there. */
export const pictureTypes: ReadonlySet<string> = new Set([
  'image/avif',
  'image/gif',
  'image/jpeg',
  'image/jpg',
  'image/png',
  'image/webp',
])

const formats: ReadonlySet<SourceFormat | undefined> = new Set(['avif', 'gif', 'jpeg', 'png', 'webp'])

/** Fewer bytes than this are mostly headers: nothing can be saved. */
const leastBytes = 300

export interface Head {
  readonly status: number
  readonly headers: Headers
}

/** Of a stored answer, so it is known that others may have it too. `asked`: the headers of the request. */
export function isTouchable({ status, headers }: Head, asked: Headers): boolean {
  if (status !== 200 || !pictureTypes.has(mediaType(headers['content-type']))) return false
  const coding = headers['content-encoding']
  if (coding !== undefined && coding.trim().toLowerCase() !== 'identity') return false
  const said = directiveNames(headers['cache-control'])
  if (said.has('no-transform') || said.has('private') || said.has('no-store')) return false
  // RFC 9111 3.5 lets more be stored; what somebody signed in for is touched only where it is for everybody.
  if (asked.authorization !== undefined && !said.has('public')) return false
  // The client wants it as it is (RFC 9111 5.2.1.6).
  return !directiveNames(asked['cache-control']).has('no-transform')
}

export const isLongEnough = (length: number | undefined): boolean =>
  length === undefined || length >= leastBytes

/** Names of directives; a value in quotes may name fields. */
export const directiveNames = (field = ''): ReadonlySet<string> =>
  new Set(field.toLowerCase().match(/(?<![\w-])[\w-]+(?=\s*(?:$|[,=]))/g) ?? [])

/** What the bytes are says more than their label. Films of PNG and AVIF pass as they are. */
export function isPicture(bytes: Uint8Array): boolean {
  const format = formatOf(bytes)
  if (!formats.has(format)) return false
  try {
    const { animated } = identify(bytes)
    return !(animated && (format === 'png' || format === 'avif'))
  } catch {
    return false
  }
}
