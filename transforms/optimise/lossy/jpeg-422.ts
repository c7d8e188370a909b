// JPEG in 4:2:2: colour is halved across, and not down. No encoder here writes it, so each component is coded as a grey
// picture, and the three become scans of one file (ITU-T T.81 A.2.2: a scan may hold one component).
import { sharp } from '../../pixels/sharp.ts'
import { insertSegments, isIcc, readSegments, type Segment } from '../jpeg/segments.ts'
import type { Picture } from './picture.ts'

export async function encodeJpeg422(picture: Picture, quality: number): Promise<Buffer> {
  const { width, height } = picture
  const half = Math.ceil(width / 2)
  const { luma, blue, red } = splitPlanes(picture)
  const coded = await Promise.all([
    encodePlane(luma, width, height, quality),
    encodePlane(blue, half, height, quality),
    encodePlane(red, half, height, quality),
  ])
  const body = assembleScans(coded, { width, height })
  return Buffer.from(insertSegments(body, await readProfileSegments(picture)))
}

/** YCbCr as JFIF 1.02 defines it. A colour sample is the mean of two neighbours. */
function splitPlanes({ data, channels, width, height }: Picture) {
  const half = Math.ceil(width / 2)
  const luma = new Uint8Array(width * height)
  const blue = new Uint8ClampedArray(half * height)
  const red = new Uint8ClampedArray(half * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < half; x++) {
      let [b, r] = [0, 0]
      for (const column of [x * 2, Math.min(x * 2 + 1, width - 1)]) {
        const at = (y * width + column) * channels
        const [R = 0, G = 0, B = 0] = [data[at], data[at + 1], data[at + 2]]
        const light = 0.299 * R + 0.587 * G + 0.114 * B
        luma[y * width + column] = Math.round(light)
        b += (B - light) / 1.772
        r += (R - light) / 1.402
      }
      blue[y * half + x] = 128 + b / 2
      red[y * half + x] = 128 + r / 2
    }
  return { luma, blue, red }
}

/** The settings of MozJPEG that suit a file of one scan. */
const settings = { trellisQuantisation: true, overshootDeringing: true, quantisationTable: 3 } as const

function encodePlane(
  plane: ArrayBufferView,
  width: number,
  height: number,
  quality: number,
): Promise<Buffer> {
  const bytes = new Uint8Array(plane.buffer as ArrayBuffer, plane.byteOffset, plane.byteLength)
  const image = sharp(bytes, { raw: { width, height, channels: 1 } }).toColourspace('b-w')
  return image.jpeg({ quality, ...settings, optimiseCoding: true, progressive: false }).toBuffer()
}

const [quantisationTables, huffmanTables, startOfScan, endOfImage] = [0xdb, 0xc4, 0xda, 0xd9]

function assembleScans(
  coded: readonly Buffer[],
  { width, height }: { width: number; height: number },
): Buffer {
  const parts = coded.map((jpeg) => ({ jpeg, segments: readSegments(jpeg) }))
  const [luma, chroma] = parts
  const all = (segments: readonly Segment[] | undefined, marker: number) =>
    (segments ?? []).filter((each) => each.marker === marker).map(({ bytes }) => Buffer.from(bytes))
  const chromaTables = all(chroma?.segments, quantisationTables)
  for (const table of chromaTables) table[4] = (table[4] ?? 0) | 1
  // Height, width, then each component's number, its sampling across and down, and its table.
  const frame = Buffer.from([0xff, 0xc0, 0, 17, 8, 0, 0, 0, 0, 3, 1, 0x21, 0, 2, 0x11, 1, 3, 0x11, 1])
  frame.writeUInt16BE(height, 5)
  frame.writeUInt16BE(width, 7)
  const scans = parts.flatMap(({ jpeg, segments }, i) => [
    ...all(segments, huffmanTables),
    Buffer.from([0xff, startOfScan, 0, 8, 1, i + 1, 0, 0, 63, 0]),
    findEntropyData(jpeg, segments),
  ])
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...all(luma?.segments, 0xe0),
    ...all(luma?.segments, quantisationTables),
    ...chromaTables,
    frame,
    ...scans,
    Buffer.from([0xff, endOfImage]),
  ])
}

/** The entropy-coded data: all bytes between the header of the scan and the end-of-image marker. */
function findEntropyData(jpeg: Buffer, segments: readonly Segment[]): Buffer {
  const last = segments.at(-1)
  const behind = last ? last.bytes.byteOffset - jpeg.byteOffset + last.bytes.length : 2
  const header = jpeg.readUInt16BE(behind + 2)
  return jpeg.subarray(behind + 2 + header, -2)
}

/** The APP2 segments of a profile wider than sRGB. */
async function readProfileSegments({ profiled }: Picture): Promise<Uint8Array[]> {
  if (!profiled) return []
  const small = await sharp(profiled).resize(8, 8, { fit: 'fill' }).keepIccProfile().jpeg().toBuffer()
  return readSegments(small)
    .filter(isIcc)
    .map(({ bytes }) => bytes)
}
