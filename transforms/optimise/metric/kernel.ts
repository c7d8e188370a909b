// WebAssembly instances of the metric's inner loops, each with its memory. They are lent out and used again.
import { loadInstances, type Memory } from './wasm.ts'

export interface Kernel {
  readonly memory: Memory
  prepare(width: number, height: number, mask: number): number
  reference(): void
  candidate(from: number, to: number): void
  linearTable(): number
  pixelsAt(): number
  sumsAt(): number
}

/** How many instances are kept for the next picture. A worker compares one or two at a time. */
const keptInstances = 2
/** An instance that grew beyond this is dropped: WebAssembly memory never shrinks. */
const keptBytes = 192 * 1024 * 1024

const create = loadInstances<Kernel>(new URL('kernel.wasm', import.meta.url))
const idle: Kernel[] = []

export function borrowKernel(): Kernel {
  return idle.pop() ?? instantiate()
}

export function returnKernel(kernel: Kernel): void {
  if (idle.length < keptInstances && kernel.memory.buffer.byteLength <= keptBytes) idle.push(kernel)
}

function instantiate(): Kernel {
  const kernel = create()
  new Float32Array(kernel.memory.buffer, kernel.linearTable(), 256).set(linear)
  return kernel
}

/** sRGB's 256 levels in linear light (IEC 61966-2-1). */
const linear = Float32Array.from({ length: 256 }, (_, level) => {
  const value = level / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
})
