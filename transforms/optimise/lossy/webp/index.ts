// Lossy WebP by libwebp, compiled to WebAssembly with quantisers of our own choice. encoder.c gives the reasons, and
// build.sh compiles it.
import { Failure } from '../../../../errors.ts'
import { sharp } from '../../../pixels/sharp.ts'
import { loadInstances, type Memory } from '../../metric/wasm.ts'
import { addProfile } from '../../webp/chunks.ts'
import type { Picture } from '../picture.ts'

interface WebpModule {
  readonly memory: Memory
  _initialize(): void
  room(bytes: number): number
  /** The length of the file in bytes, or an error below zero. */
  encode(
    pixels: number,
    width: number,
    height: number,
    channels: number,
    quality: number,
    smart: number,
  ): number
  written(): number
}

const create = loadInstances<WebpModule>(new URL('encoder.wasm', import.meta.url), {
  env: { emscripten_notify_memory_growth() {} },
})

/** RFC 9649 section 2.6: fourteen bits. */
const longestSide = 16_383

/**
 * `quality` goes from 0 to 100, fractions included. Alpha keeps every value. Fails with 'bad-option' for a side too
 * long.
 */
export async function encodeWebp(picture: Picture, quality: number): Promise<Buffer> {
  const { width, height } = picture
  if (Math.max(width, height) > longestSide)
    throw new Failure('bad-option', `A WebP has at most ${longestSide} pixels on a side.`, {
      option: 'format',
    })
  const body = encodeByLibwebp(picture, quality)
  return picture.profiled ? Buffer.from(addProfile(body, await readProfile(picture.profiled))) : body
}

function encodeByLibwebp(
  { data, width, height, channels, isGrey, isPreconditioned }: Picture,
  quality: number,
): Buffer {
  // An instance for each picture: its memory goes with it.
  const module = create()
  module._initialize()
  const at = module.room(data.length)
  if (at === 0) throw new Failure('too-costly', 'The picture is too large.')
  new Uint8Array(module.memory.buffer, at, data.length).set(data)
  const isSmart = !isPreconditioned && !isGrey
  const bytes = module.encode(at, width, height, channels, quality, Number(isSmart))
  if (bytes <= 0)
    throw new Failure('too-costly', 'The picture is too large.', { cause: `libwebp: ${-bytes}` })
  return Buffer.from(new Uint8Array(module.memory.buffer, module.written(), bytes))
}

async function readProfile(png: Uint8Array): Promise<Uint8Array> {
  const { icc } = await sharp(png).metadata()
  if (!icc) throw new Failure('internal', 'The profile is lost.')
  return icc
}
