// CIE Lab under the white of print (D50), as TIFF writes it down, in one of our colour spaces.
import type { Facts } from '../facts.ts'
import { fromXyz, type Matrix, type Vector } from './primaries.ts'
import { type SpaceName, spaces } from './spaces.ts'
import { type LevelOf, levelsOf, type Samples } from './to-space.ts'

type Spelling = NonNullable<Facts['lab']>

/** ICC.1:2022 7.2.16. */
const white: Vector = [0.9642, 1, 0.8249]

/** In the memory of the samples, which are gone then. */
export function labToSpace(samples: Samples, spelling: Spelling, space: SpaceName): Uint8Array<ArrayBuffer> {
  const { data, channels } = samples
  const out = new Uint8Array(data.buffer, data.byteOffset, data.length)
  const { light, tint } = readersOf(data, spelling)
  const matrix = fromXyz(spaces[space].primaries, white)
  const levelOf = levelsOf(space)
  const shift = data instanceof Uint8Array ? 0 : 8
  for (let i = 0; i < data.length; i += channels) {
    const middle = (light(data[i] ?? 0) + 16) / 116
    const x = white[0] * cubed(middle + tint(data[i + 1] ?? 0) / 500)
    const z = white[2] * cubed(middle - tint(data[i + 2] ?? 0) / 200)
    write({ out, matrix, levelOf }, i, x, cubed(middle), z)
    if (channels === 4) out[i + 3] = (data[i + 3] ?? 0) >> shift
  }
  return out
}

interface Way {
  readonly out: Uint8Array
  readonly matrix: Matrix
  readonly levelOf: LevelOf
}

function write({ out, matrix: m, levelOf }: Way, at: number, x: number, y: number, z: number): void {
  out[at] = levelOf(m[0] * x + m[1] * y + m[2] * z)
  out[at + 1] = levelOf(m[3] * x + m[4] * y + m[5] * z)
  out[at + 2] = levelOf(m[6] * x + m[7] * y + m[8] * z)
}

/** ISO/CIE 11664-4, backwards. */
const cubed = (t: number): number => (t > 6 / 29 ? t ** 3 : (t - 4 / 29) * (108 / 841))

/**
 * Lightness from 0 to 100, and a or b. TIFF 6.0 section 23 has signed numbers; what ICC.1 calls its own counts from the
 * middle, and with 16 bits its lightness ends at 0xFF00 (Adobe's note on TIFF of 2002).
 */
function readersOf(data: Samples['data'], spelling: Spelling): Record<'light' | 'tint', LevelOf> {
  const isWide = !(data instanceof Uint8Array)
  const unit = isWide ? 256 : 1
  const half = 128 * unit
  const most = !isWide ? 255 : spelling === 'signed' ? 65_535 : 65_280
  return {
    light: (sample) => (sample / most) * 100,
    tint: (sample) =>
      (spelling === 'signed' ? (sample >= half ? sample - 2 * half : sample) : sample - half) / unit,
  }
}
