// Samples whose colour is told by code points or by a curve, in one of our colour spaces and 8 bits: what a profile would
// have the decoder do.
import { isNear } from '../identify/colour-code.ts'
import { luminanceOf, type Matrix, toPrimaries } from './primaries.ts'
import { type SpaceName, spaces } from './spaces.ts'
import { hlgGamma, hlgWhite, lightOf, type Meaning, toneMapped } from './transfer.ts'

export interface Samples {
  /** Of 8 or of 16 bits. */
  readonly data: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>
  /** Red, green, blue, and perhaps alpha, which stays as it is. */
  readonly channels: 3 | 4
  /** Bits that count, the upper ones: a decoder gives 10 bits as 16 whose last six are 0. */
  readonly depth: number
}

/**
 * In the memory of the samples, which are gone then: a large picture of 16 bits is hundreds of megabytes, and what is
 * written never reaches what is still to be read. Colours beyond the space are cut off at its edge. PQ and HLG are mapped to
 * what a screen without high dynamic range shows, from the brightest that the picture itself has: what has nothing above white
 * comes out as it would without them.
 */
export function toSpace(samples: Samples, coding: Meaning, space: SpaceName): Uint8Array<ArrayBuffer> {
  const { data } = samples
  const out = new Uint8Array(data.buffer, data.byteOffset, data.length)
  const way = { light: lightsOf(samples, coding), out, levelOf: levelsOf(space) }
  const matrix = toPrimaries(coding.primaries, spaces[space].primaries)
  if (isHigh(coding)) mapHigh(samples, { ...way, coding, matrix })
  else if (isNear(coding.primaries, spaces[space].primaries)) mapEach(samples, way)
  else mapColours(samples, { ...way, matrix })
  return out
}

const isHigh = ({ transfer }: Meaning): boolean => transfer === 'pq' || transfer === 'hlg'

/** Of every value that a sample can have. In the narrow range black is 16 and white 235, times 2 for each bit above 8. */
function lightsOf({ data, depth }: Samples, { transfer, fullRange }: Meaning): Float32Array {
  const bits = data instanceof Uint8Array ? 8 : 16
  const white = bits === 8 ? 255 : 65_536 - 2 ** (16 - Math.min(16, depth))
  const [low, high] = fullRange ? [0, white] : [16 * 2 ** (bits - 8), 235 * 2 ** (bits - 8)]
  return Float32Array.from({ length: 2 ** bits }, (_, i) => lightOf(transfer, (i - low) / (high - low)))
}

/** Fine enough that neighbours are never more than a tenth of a level apart, even where sRGB is steepest. */
const steps = 32_767
const tables = new Map<SpaceName, Uint8Array>()

export type LevelOf = (light: number) => number

/** What turns light into a level of this space; its table is made once. */
export function levelsOf(space: SpaceName): LevelOf {
  const { sampleOf } = spaces[space]
  const table =
    tables.get(space) ??
    Uint8Array.from({ length: steps + 1 }, (_, i) => Math.round(sampleOf(i / steps) * 255))
  tables.set(space, table)
  return (light) => table[light <= 0 ? 0 : light >= 1 ? steps : Math.round(light * steps)] ?? 0
}

/** 8 or 16 bits, of which the upper 8 are kept. */
const shiftOf = (data: Samples['data']): number => (data instanceof Uint8Array ? 0 : 8)

interface Way {
  readonly light: Float32Array
  readonly out: Uint8Array
  readonly levelOf: LevelOf
}

interface ColourWay extends Way {
  readonly matrix: Matrix
}

function mapEach({ data, channels }: Samples, { light, out, levelOf }: Way): void {
  const level = Uint8Array.from(light, levelOf)
  const shift = shiftOf(data)
  for (let i = 0; i < data.length; i += channels) {
    for (let k = 0; k < 3; k++) out[i + k] = level[data[i + k] ?? 0] ?? 0
    if (channels === 4) out[i + 3] = (data[i + 3] ?? 0) >> shift
  }
}

function mapColours({ data, channels }: Samples, way: ColourWay): void {
  const { light, out } = way
  const shift = shiftOf(data)
  for (let i = 0; i < data.length; i += channels) {
    const [r, g, b] = [light[data[i] ?? 0] ?? 0, light[data[i + 1] ?? 0] ?? 0, light[data[i + 2] ?? 0] ?? 0]
    write(way, i, r, g, b)
    if (channels === 4) out[i + 3] = (data[i + 3] ?? 0) >> shift
  }
}

function write({ out, levelOf, matrix: m }: ColourWay, at: number, r: number, g: number, b: number): void {
  out[at] = levelOf(m[0] * r + m[1] * g + m[2] * b)
  out[at + 1] = levelOf(m[3] * r + m[4] * g + m[5] * b)
  out[at + 2] = levelOf(m[6] * r + m[7] * g + m[8] * b)
}

/** The brightest channel decides for all three, so that no colour changes its hue. */
function mapHigh(samples: Samples, way: ColourWay & { readonly coding: Meaning }): void {
  const { data, channels } = samples
  const { coding, light, out } = way
  const [yr, yg, yb] = luminanceOf(coding.primaries)
  const isScene = coding.transfer === 'hlg'
  const peak = peakOf(samples, coding, light)
  const scales = scalesOf(peak)
  const shift = shiftOf(data)
  const perLight = scaleSteps / Math.sqrt(peak)
  for (let i = 0; i < data.length; i += channels) {
    const [r, g, b] = [light[data[i] ?? 0] ?? 0, light[data[i + 1] ?? 0] ?? 0, light[data[i + 2] ?? 0] ?? 0]
    const screen = isScene ? hlgWhite * (yr * r + yg * g + yb * b) ** (hlgGamma - 1) : 1
    const brightest = Math.max(r, g, b) * screen
    const scale = screen * (scales[Math.min(scaleSteps, Math.round(Math.sqrt(brightest) * perLight))] ?? 0)
    write(way, i, r * scale, g * scale, b * scale)
    if (channels === 4) out[i + 3] = (data[i + 3] ?? 0) >> shift
  }
}

const scaleSteps = 32_768

/** What light is multiplied by; by the square root of the brightest channel, so that the dark has steps enough. */
function scalesOf(peak: number): Float32Array {
  return Float32Array.from({ length: scaleSteps + 1 }, (_, i) => {
    const light = peak * (i / scaleSteps) ** 2
    return light === 0 ? 1 : toneMapped(light, peak) / light
  })
}

/** Pixels that may be brighter than what counts as the brightest: a few sparks must not darken everything else. */
const ignored = 0.001

/** The brightest channel of (nearly) all pixels, in multiples of white; at least white. */
function peakOf({ data, channels }: Samples, { transfer }: Meaning, light: Float32Array): number {
  const counts = new Uint32Array(light.length)
  for (let i = 0; i < data.length; i += channels) {
    const brightest = Math.max(data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0)
    counts[brightest] = (counts[brightest] ?? 0) + 1
  }
  let left = (data.length / channels) * ignored
  let at = counts.length - 1
  while (at > 0) {
    left -= counts[at] ?? 0
    if (left < 0) break
    at--
  }
  const bright = light[at] ?? 1
  return Math.max(1, transfer === 'hlg' ? hlgWhite * bright ** hlgGamma : bright)
}
