// Pictures from formulas alone, for scores that every machine finds again.
import sharp from 'sharp'
import type { Pixels } from '../../transforms/optimise/metric/index.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

const usual: Size = { width: 384, height: 256 }

/** `waves` is smooth with fine texture, like a photograph; `shapes` has hard saturated edges on white. */
export function generated(kind: 'waves' | 'shapes', { width, height } = usual): Pixels {
  const rgb = new Uint8Array(width * height * 3)
  const paint = kind === 'waves' ? waves : shapes
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rgb.set(paint(x, y), (y * width + x) * 3)
  return { rgb, width, height }
}

function waves(x: number, y: number): number[] {
  const slow = Math.sin(x / 37) + Math.cos(y / 29)
  const grain = (((x * 7919 + y * 104729) ^ (x * y * 31)) % 97) / 97 - 0.5
  const fine = Math.sin((x + y) / 3) * Math.cos((x - 2 * y) / 5)
  return [
    130 + 45 * slow + 25 * fine + 20 * grain,
    120 + 50 * Math.sin(y / 41) + 30 * fine + 20 * grain,
    110 + 60 * Math.cos((x + y) / 53) + 16 * grain,
  ]
}

function shapes(x: number, y: number): number[] {
  if (Math.hypot(x - 90, y - 100) < 60) return (x >> 2) & 1 ? [220, 10, 30] : [250, 240, 60]
  if (x > 190 && x < 330 && y > 50 && y < 190) return ((x + y) >> 3) & 1 ? [20, 40, 200] : [235, 20, 40]
  return [255, 255, 255]
}

/** The pixels as they come back from a JPEG, 4:2:0. */
export async function recoded({ rgb, width, height }: Pixels, quality: number): Promise<Uint8Array> {
  const raw = { width, height, channels: 3 } as const
  const jpeg = await sharp(rgb, { raw }).jpeg({ quality }).toBuffer()
  return sharp(jpeg).raw().toBuffer()
}
