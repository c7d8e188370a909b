// Preconditions RGB for 4:2:0: colour is averaged in linear light, and luma is corrected for what the average changes, so
// that red on white keeps its edge.
import { Failure } from '../../../errors.ts'
import type { Pixels } from '../metric/index.ts'
import { loadInstances, type Memory } from '../metric/wasm.ts'

interface PreconditionModule {
  readonly memory: Memory
  prepare(width: number, height: number): number
  run(width: number, height: number, strength: number): void
  linearTable(): number
  levelTable(): number
}

const create = loadInstances<PreconditionModule>(new URL('precondition.wasm', import.meta.url))

/**
 * A copy for encoding in 4:2:0. After smooth upsampling it decodes closer to the luminance of the original: at a strength of
 * 1 to the same luminance, except where a colour is clipped. Strength goes from 0 to 1.
 */
export function precondition({ rgb, width, height }: Pixels, strength = 1): Uint8Array {
  // An instance for each picture: its memory goes with it.
  const module = create()
  const at = module.prepare(width, height)
  if (at === 0) throw new Failure('too-costly', 'The picture is too large.')
  const { buffer } = module.memory
  new Float32Array(buffer, module.linearTable(), linear.length).set(linear)
  new Float32Array(buffer, module.levelTable(), 4097).set(levels)
  const pixels = new Uint8Array(buffer, at, rgb.length)
  pixels.set(rgb)
  module.run(width, height, strength)
  return pixels.slice()
}

/**
 * From levels of sRGB to linear light (IEC 61966-2-1), with one entry below level 0 and three above 255, equal to the
 * ends.
 */
const linear = Float32Array.from({ length: 260 }, (_, entry) => {
  const value = Math.min(255, Math.max(0, entry - 1)) / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
})

/** From linear light back to levels, at even steps of its square root, where the curve is nearly straight. */
const levels = Float32Array.from({ length: 4097 }, (_, step) => {
  const light = (step / 4096) ** 2
  return 255 * (light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055)
})
