// Photographs as a camera's sensor saw them: TIFF with the sensor's data (DNG, CR2, NEF, ARW and their kin), and Fuji's RAF. What
// is read of them is the largest JPEG that the camera has put beside the data: its own picture, as its screen shows it.
import { Failure } from '../../errors.ts'
import type { Facts } from '../facts.ts'
import { has, u32be } from './bytes.ts'
import { type Directory, entryOf, openTiff, type TiffBlock } from './directories.ts'
import { validOrientation } from './exif.ts'
import { identifyJpeg, isLosslessJpeg } from './jpeg.ts'

const tags = {
  compression: 259,
  photometric: 262,
  strips: 273,
  orientation: 274,
  stripBytes: 279,
  below: 330,
  jpeg: 513,
  jpegBytes: 514,
  dngVersion: 50_706,
} as const
/** What a sensor yields (TIFF/EP 4.3, DNG): a mosaic of colours, or light before any colour is made of it. */
const sensors = [32_803, 34_892]
const mostDirectories = 64
const fuji = 'FUJIFILMCCD-RAW '
const canon = 'CR'

export function isRaw(bytes: Uint8Array): boolean {
  if (has(bytes, 0, fuji)) return true
  const block = openTiff(bytes)
  if (block?.version !== 42) return false
  if (has(bytes, 8, canon) && block.first >= 16) return true
  return directoriesOf(block).some(
    (each) =>
      entryOf(each, tags.dngVersion) !== undefined ||
      sensors.includes(block.numberOf(entryOf(each, tags.photometric)) ?? 0),
  )
}

export function identifyRaw(bytes: Uint8Array): Facts {
  const { facts } = previewOf(bytes)
  return { ...facts, format: 'raw', bytes: bytes.length }
}

export interface Preview {
  readonly jpeg: Uint8Array
  /** Of the JPEG, turned as the camera says. */
  readonly facts: Facts
}

/** Fails with 'source-unsupported' where there is no picture beside the data. */
export function previewOf(bytes: Uint8Array): Preview {
  const found = (has(bytes, 0, fuji) ? fujis(bytes) : previewsIn(bytes)).flatMap((jpeg) => read(jpeg))
  const [largest] = found.toSorted((a, b) => area(b) - area(a))
  if (largest) return largest
  throw new Failure(
    'source-unsupported',
    'The source is the data of a camera’s sensor (RAW) without a JPEG beside it: develop it first.',
  )
}

const area = ({ facts }: Preview): number => facts.width * facts.height

/** None where it is not a JPEG that browsers show: a sensor's own data may be packed as one without loss. */
function read(jpeg: Part): Preview[] {
  try {
    const facts = identifyJpeg(jpeg.bytes)
    const orientation = facts.orientation === 1 ? jpeg.orientation : facts.orientation
    return facts.depth === 8 && !isLosslessJpeg(jpeg.bytes)
      ? [{ jpeg: jpeg.bytes, facts: { ...facts, orientation } }]
      : []
  } catch (thrown) {
    if (thrown instanceof Failure) return []
    throw thrown
  }
}

interface Part {
  readonly bytes: Uint8Array
  readonly orientation: number
}

function previewsIn(bytes: Uint8Array): Part[] {
  const block = openTiff(bytes)
  if (!block) return []
  const directories = directoriesOf(block)
  const number = (directory: Directory | undefined, tag: number) => block.numberOf(entryOf(directory, tag))
  const orientation = validOrientation(number(directories[0], tags.orientation) ?? 1)
  return directories.flatMap((each) =>
    [
      [tags.jpeg, tags.jpegBytes],
      [tags.strips, tags.stripBytes],
    ].flatMap(([place = 0, length = 0]) => {
      const [start, size] = [number(each, place), number(each, length)]
      const isOne = entryOf(each, place)?.count === 1
      if (!start || !size || !isOne || !has(bytes, start, '\xff\xd8')) return []
      return [{ bytes: bytes.subarray(start, start + size), orientation }]
    }),
  )
}

function fujis(bytes: Uint8Array): Part[] {
  if (bytes.length < 92) return []
  const [start, size] = [u32be(bytes, 84), u32be(bytes, 88)]
  return has(bytes, start, '\xff\xd8') ? [{ bytes: bytes.subarray(start, start + size), orientation: 1 }] : []
}

/** Those one behind the other, and those below them; each once. */
function directoriesOf(block: TiffBlock): Directory[] {
  const found: Directory[] = []
  const seen = new Set<number>()
  const open = [block.first]
  while (open.length > 0 && seen.size < mostDirectories) {
    const place = open.shift() ?? 0
    const directory = place === 0 || seen.has(place) ? undefined : block.directoryAt(place)
    seen.add(place)
    if (!directory) continue
    found.push(directory)
    open.push(...placesOf(block, directory), block.nextOf(place))
  }
  return found
}

function placesOf(block: TiffBlock, directory: Directory): number[] {
  const entry = entryOf(directory, tags.below)
  if (!entry) return []
  const count = Math.min(entry.count, 16, Math.floor(entry.value.length / 4))
  return Array.from(
    { length: count },
    (_, n) =>
      block.numberOf({ ...entry, type: 4, count: 1, value: entry.value.subarray(n * 4, n * 4 + 4) }) ?? 0,
  )
}
