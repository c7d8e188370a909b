// RGB for 4:2:0 JPEG: colour averaged in linear light, luma made up for it, so that red on white keeps its edge.
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
 * A copy that decodes, after 4:2:0 and smooth upsampling, nearer to the luminance of the original: at a strength of 1 with
 * the same one, as far as no colour is clipped.
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

/** sRGB (IEC 61966-2-1), both ways; what lies beyond the levels is as their ends. */
const linear = Float32Array.from({ length: 260 }, (_, entry) => {
  const value = Math.min(255, Math.max(0, entry - 1)) / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
})

/** At even steps of the square root of linear light, where the curve is nearly straight. */
const levels = Float32Array.from({ length: 4097 }, (_, step) => {
  const light = (step / 4096) ** 2
  return 255 * (light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055)
})
