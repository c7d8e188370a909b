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
    quick: number,
  ): number
  written(): number
  leave(pixels: number): void
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

/** An instance for each picture: its memory goes with it. */
function encodeByLibwebp(picture: Picture, quality: number): Buffer {
  const { isGrey, isPreconditioned } = picture
  const isSmart = !isPreconditioned && !isGrey
  return Buffer.from(encodeIn(instantiate(), picture, { quality, isSmart, isQuick: false }))
}

type Pixels = Pick<Picture, 'data' | 'width' | 'height' | 'channels'>

interface QuickSettings {
  /** From 0 to 100, fractions included; of equal look it is a lower one than `encodeWebp`'s. */
  readonly quality: number
  /** Colour is brought to its half so that coloured edges keep their light, for three times the work. */
  readonly isSmart: boolean
}

/** Whether WebP can hold so large a picture. */
export const fitsWebp = ({ width, height }: Pick<Pixels, 'width' | 'height'>): boolean =>
  Math.max(width, height) <= longestSide

/** Bytes up to which an instance's memory is kept for the next picture: one of four megapixels takes so much. */
const mostKept = 48 * 2 ** 20
let kept: WebpModule | undefined

/**
 * With libwebp's quick search: an eighth more bytes than `encodeWebp` takes, at a quarter of its time. `fitsWebp` must hold.
 * Alpha keeps every value. Fails with 'too-costly' where memory ends.
 */
export function encodeWebpQuickly(pixels: Pixels, settings: QuickSettings): Uint8Array<ArrayBuffer> {
  const module = kept ?? instantiate()
  // Whatever goes wrong, what was begun in that memory is not gone on with.
  kept = undefined
  const body = encodeIn(module, pixels, { ...settings, isQuick: true })
  if (module.memory.buffer.byteLength <= mostKept) kept = module
  return body
}

function instantiate(): WebpModule {
  const module = create()
  module._initialize()
  return module
}

function encodeIn(
  module: WebpModule,
  { data, width, height, channels }: Pixels,
  { quality, isSmart, isQuick }: QuickSettings & { readonly isQuick: boolean },
): Uint8Array<ArrayBuffer> {
  const at = module.room(data.length)
  if (at === 0) throw new Failure('too-costly', 'The picture is too large.')
  new Uint8Array(module.memory.buffer, at, data.length).set(data)
  const bytes = module.encode(at, width, height, channels, quality, Number(isSmart), Number(isQuick))
  if (bytes <= 0)
    throw new Failure('too-costly', 'The picture is too large.', { cause: `libwebp: ${-bytes}` })
  const body = new Uint8Array(module.memory.buffer, module.written(), bytes).slice()
  module.leave(at)
  return body
}

async function readProfile(png: Uint8Array): Promise<Uint8Array> {
  const { icc } = await sharp(png).metadata()
  if (!icc) throw new Failure('internal', 'The profile is lost.')
  return icc
}
