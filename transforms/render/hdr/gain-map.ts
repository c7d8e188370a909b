// A gain map (Ultra HDR, ISO 21496-1): a small picture behind a JPEG that says how much brighter each place is on a screen
// that can show it. Found in a source, and what its numbers mean.
import { has, text } from '../../identify/bytes.ts'
import { app, readSegments, type Segment, startOfScan } from '../../optimise/jpeg/segments.ts'

export interface GainMap {
  /** A JPEG of its own. */
  readonly jpeg: Uint8Array
  /** Parameters as XMP names them, of one channel or of three. */
  readonly xmp?: Readonly<Record<string, readonly string[]>>
  /** The content of its ISO 21496-1 segment. */
  readonly iso?: Uint8Array
}

/** Of a picture behind the first; a film of a moment, or more pictures, may stand there as well. */
const mostLooked = 16

/** Undefined where there is none, or one whose picture is the brighter of the two. */
export function findGainMap(source: Uint8Array): GainMap | undefined {
  const file = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  let at = file.indexOf(Buffer.from([0xff, startOfScan]))
  for (let n = 0; at >= 0 && n < mostLooked; n++) {
    // Coded pixels hold no such bytes (T.81 B.1.1.5).
    at = file.indexOf(Buffer.from([0xff, 0xd8, 0xff]), at + 2)
    const found = at < 0 ? undefined : read(file.subarray(at))
    if (found) return found
  }
  return undefined
}

function read(jpeg: Uint8Array): GainMap | undefined {
  const segments = readSegments(jpeg)
  const iso = segments.find(isIso)?.content
  const xmp = parametersOf(segments.find(isXmp))
  if (xmp?.BaseRenditionIsHDR?.[0]?.toLowerCase() === 'true') return undefined
  return iso || xmp ? { jpeg, ...(xmp && { xmp }), ...(iso && { iso }) } : undefined
}

export const isoMark = 'urn:iso:std:iso:ts:21496:-1\0'
export const xmpMark = 'http://ns.adobe.com/xap/1.0/\0'
const isIso = ({ marker, content }: Segment): boolean => marker === app(2) && has(content, 0, isoMark)
const isXmp = ({ marker, content }: Segment): boolean => marker === app(1) && has(content, 0, xmpMark)

/** Adobe's names; all others of its packet are none of ours. */
const names = [
  ...['Version', 'GainMapMin', 'GainMapMax', 'Gamma', 'OffsetSDR', 'OffsetHDR'],
  ...['HDRCapacityMin', 'HDRCapacityMax', 'BaseRenditionIsHDR'],
] as const

function parametersOf(segment: Segment | undefined): Record<string, readonly string[]> | undefined {
  if (!segment) return undefined
  const packet = text(segment.content, xmpMark.length, segment.content.length)
  const found: Record<string, readonly string[]> = {}
  for (const name of names) {
    const values = valuesOf(packet, name)
    if (values.length === 1 || values.length === 3) found[name] = values
  }
  return found.Version && found.GainMapMax ? found : undefined
}

/** Numbers and words, so that nothing else of a packet reaches ours. */
const value = /^[\w.+-]{1,40}$/

/** As an attribute, or as an element with one value or a list of three. */
function valuesOf(packet: string, name: string): readonly string[] {
  const attribute = new RegExp(`hdrgm:${name}\\s*=\\s*["']([^"']{1,40})["']`).exec(packet)?.[1]
  const element = new RegExp(`<hdrgm:${name}>([^]{1,400}?)</hdrgm:${name}>`).exec(packet)?.[1] ?? ''
  const items = [...element.matchAll(/<rdf:li>([^<]{1,40})<\/rdf:li>/g)].map(([, item = '']) => item)
  const values = attribute !== undefined ? [attribute] : items.length > 0 ? items : [element]
  return values.map((each) => each.trim()).filter((each) => value.test(each))
}
