// A JPEG and its gain map as one file: Google's Ultra HDR 1.1 (XMP and its directory), ISO 21496-1, and the index of
// pictures (CIPA DC-007) that readers of both look for.
import { u8, u16be } from '../../identify/bytes.ts'
import { app, buildSegment, insertSegments } from '../../optimise/jpeg/segments.ts'
import { type GainMap, isoMark, xmpMark } from './gain-map.ts'

/** `base` is a whole JPEG without such segments; `map` has the parameters of the source, and pixels that fit. */
export function withMap(base: Uint8Array, { jpeg, xmp, iso }: GainMap): Uint8Array<ArrayBuffer> {
  const map = insertSegments(jpeg, [
    ...(xmp ? [xmpSegment(describedMap(xmp))] : []),
    ...(iso ? [buildSegment(app(2), iso)] : []),
  ])
  const spoken = insertSegments(base, [
    ...(xmp ? [xmpSegment(describedBase(map.length))] : []),
    // The version that a reader must know, and that of the writer: both 0.
    ...(iso ? [buildSegment(app(2), Buffer.from(`${isoMark}\0\0\0\0`, 'latin1'))] : []),
  ])
  // Places in the index count from its own header (5.2.2), behind a marker, a length and its mark.
  const header = (u8(spoken, 3) === app(0) ? 4 + u16be(spoken, 4) : 2) + 8
  const bytes = spoken.length + indexOf(0, 0, 0).length
  const primary = insertSegments(spoken, [indexOf(bytes, map.length, bytes - header)])
  return new Uint8Array(Buffer.concat([primary, map]))
}

const xmpSegment = (packet: string): Uint8Array =>
  buildSegment(app(1), Buffer.from(xmpMark + packet, 'latin1'))

const described = (attributes: string, content = ''): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"${attributes}>${content}</rdf:Description></rdf:RDF></x:xmpmeta>`

function describedMap(xmp: NonNullable<GainMap['xmp']>): string {
  const all = Object.entries(xmp)
  const single = all.filter(([, values]) => values.length === 1)
  const lists = all.filter(([, values]) => values.length > 1)
  return described(
    single.map(([name, [value]]) => ` hdrgm:${name}="${value}"`).join(''),
    lists
      .map(([name, values]) => {
        const items = values.map((each) => `<rdf:li>${each}</rdf:li>`).join('')
        return `<hdrgm:${name}><rdf:Seq>${items}</rdf:Seq></hdrgm:${name}>`
      })
      .join(''),
  )
}

/** A directory of two: the picture itself, and what follows it. */
function describedBase(bytes: number): string {
  const namespaces =
    ' xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/"'
  const item = (attributes: string) =>
    `<rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="image/jpeg" ${attributes}/></rdf:li>`
  const items = item('Item:Semantic="Primary"') + item(`Item:Semantic="GainMap" Item:Length="${bytes}"`)
  return described(
    `${namespaces} hdrgm:Version="1.0"`,
    `<Container:Directory><rdf:Seq>${items}</rdf:Seq></Container:Directory>`,
  )
}

const [undefinedType, long] = [7, 4]

/** DC-007 5.2.3: version, number of pictures, and for each its kind, its length, its place; the first one's place is 0. */
function indexOf(primaryBytes: number, mapBytes: number, place: number): Uint8Array {
  const index = Buffer.alloc(86)
  index.write('MPF\0MM\0*', 'latin1')
  const u32 = (at: number, ...values: number[]) =>
    values.forEach((each, i) => void index.writeUInt32BE(each, 4 + at + i * 4))
  const field = (at: number, tag: number, [type, count, content]: readonly [number, number, number]) => {
    index.writeUInt16BE(tag, 4 + at)
    index.writeUInt16BE(type, 4 + at + 2)
    u32(at + 4, count, content)
  }
  u32(4, 8)
  index.writeUInt16BE(3, 12)
  field(10, 0xb000, [undefinedType, 4, 0x30313030])
  field(22, 0xb001, [long, 1, 2])
  field(34, 0xb002, [undefinedType, 32, 50])
  // A picture of its own, the first and the one to show (5.2.3.3.1); the other is of no kind that is named there.
  u32(50, 0x030000, primaryBytes, 0, 0)
  u32(66, 0, mapBytes, place, 0)
  return buildSegment(app(2), index)
}
