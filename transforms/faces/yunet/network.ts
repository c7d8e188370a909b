// The network of YuNet (2023), without what it says of eyes and mouths: which layer is done to which. Its weights lie in
// the order in which they are used here.
import { readFileSync } from 'node:fs'
import { loadInstances, type Memory } from '../../optimise/metric/wasm.ts'

interface Kernel {
  readonly memory: Memory & { grow(pages: number): number }
  heapAt(): number
  open(from: number, to: number, width: number, height: number, weights: number): void
  mix(from: number, to: number, pixels: number, given: number, made: number, weights: number): void
  spread(
    from: number,
    to: number,
    width: number,
    height: number,
    channels: number,
    weights: number,
    least: number,
  ): void
  halve(from: number, to: number, width: number, height: number, channels: number): void
  add(half: number, to: number, width: number, height: number, channels: number): void
}

/** What the network says of each square of `stride` pixels, row by row: `numbers` for each. */
export interface Level {
  readonly stride: number
  readonly across: number
  readonly values: Float32Array
}

/** Of each square: is it a face, is anything there, and the box as middle and size. The last two are nothing. */
export const numbers = 8

/** Sides are multiples of this: the coarsest squares. */
export const coarsest = 32

const create = loadInstances<Kernel>(new URL('kernel.wasm', import.meta.url))

/** A network of its own memory, which stays as large as the largest picture needed: 20 MB for 640 x 640. */
export function createNetwork(): (data: Uint8Array, width: number, height: number) => readonly Level[] {
  const kernel = create()
  const weights = readFileSync(new URL('weights.bin', import.meta.url))
  const weightsAt = kernel.heapAt()
  const dataAt = weightsAt + weights.length
  reserve(kernel, dataAt)
  new Uint8Array(kernel.memory.buffer).set(weights, weightsAt)
  return (data, width, height) => {
    const places = lay(dataAt, width * height)
    reserve(kernel, places.end)
    new Uint8Array(kernel.memory.buffer).set(data, dataAt)
    return run(kernel, { ...places, weightsAt, dataAt }, width, height)
  }
}

interface Places {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly fine: number
  readonly middle: number
  readonly coarse: number
  readonly end: number
}

/** Three places for pictures on their way, and one for each level that is used twice. */
function lay(dataAt: number, pixels: number): Places {
  // Three pixels of 64 channels more: what is done four pixels at once.
  const room = (bytes: number) => Math.ceil((bytes + 3 * 256) / 16) * 16
  const a = dataAt + room(pixels * 3)
  // The largest on the way has 16 channels for a fourth of the pixels.
  const b = a + room(pixels * 16)
  const c = b + room(pixels * 16)
  const fine = c + room(pixels * 16)
  const middle = fine + room(pixels * 4)
  const coarse = middle + room(pixels)
  return { a, b, c, fine, middle, coarse, end: coarse + room(pixels / 4) }
}

function reserve({ memory }: Kernel, end: number): void {
  const missing = end - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536))
}

interface Memories extends Places {
  readonly weightsAt: number
  readonly dataAt: number
}

function run(kernel: Kernel, at: Memories, width: number, height: number): readonly Level[] {
  const { a, b, c, fine, middle, coarse } = at
  let weights = at.weightsAt
  const sizeOf = (stride: number) => [width / stride, height / stride] as const
  const take = (count: number): number => {
    const from = weights
    weights += count * 4
    return from
  }
  /** Mixes the channels of each pixel, then looks around each pixel in each channel. */
  const unit = (from: number, to: number, stride: number, given: number, made: number, least = 0): void => {
    const [w, h] = sizeOf(stride)
    kernel.mix(from, c, w * h, given, made, take(given * made + made))
    kernel.spread(c, to, w, h, made, take(made * 10), least)
  }
  const halve = (from: number, to: number, stride: number, channels: number) =>
    kernel.halve(from, to, ...sizeOf(stride), channels)
  const join = (half: number, to: number, stride: number) => kernel.add(half, to, ...sizeOf(stride), 64)

  kernel.open(at.dataAt, a, width, height, take(27 * 16 + 16))
  unit(a, b, 2, 16, 16)
  halve(b, a, 2, 16)
  unit(a, b, 4, 16, 16)
  unit(b, a, 4, 16, 32)
  unit(a, b, 4, 32, 32)
  unit(b, a, 4, 32, 64)
  halve(a, b, 4, 64)
  unit(b, a, 8, 64, 64)
  unit(a, fine, 8, 64, 64)
  halve(fine, a, 8, 64)
  unit(a, b, 16, 64, 64)
  unit(b, middle, 16, 64, 64)
  halve(middle, a, 16, 64)
  unit(a, b, 32, 64, 64)
  unit(b, a, 32, 64, 64)
  unit(a, coarse, 32, 64, 64)
  join(coarse, middle, 16)
  unit(middle, middle, 16, 64, 64)
  join(middle, fine, 8)
  unit(fine, fine, 8, 64, 64)

  const level = (from: number, stride: number): Level => {
    unit(from, a, stride, 64, numbers, Number.NEGATIVE_INFINITY)
    const [across, down] = sizeOf(stride)
    return {
      stride,
      across,
      values: new Float32Array(kernel.memory.buffer, a, across * down * numbers).slice(),
    }
  }
  return [level(fine, 8), level(middle, 16), level(coarse, 32)]
}
