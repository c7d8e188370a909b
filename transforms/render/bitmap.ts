// BMP, which libvips does not read: decoded by the library that reads every kind of it, also inside an icon.
import { Transformer } from '@napi-rs/image'
import type { Sharp, SharpOptions } from 'sharp'
import { Failure } from '../../errors.ts'
import type { Facts } from '../facts.ts'
import { bytesNeeded } from '../identify/bmp.ts'
import { from, type Pixels } from '../pixels/run.ts'

/** `file` is a BMP, or an ICO with one bitmap. */
export async function bitmapOf(file: Uint8Array, facts: Facts, options: SharpOptions): Promise<Sharp> {
  return from(await decoded(facts.format === 'bmp' ? whole(file, options) : file, facts))
}

/** Looked at before the decoder takes memory for every pixel that the header promises. */
function whole(bmp: Uint8Array, { failOn }: SharpOptions): Uint8Array {
  const missing = bytesNeeded(bmp) - bmp.length
  if (missing <= 0) return bmp
  if (failOn !== 'none') throw broken()
  return Buffer.concat([bmp, Buffer.alloc(missing, 0xff)])
}

async function decoded(file: Uint8Array, { width, height }: Facts): Promise<Pixels> {
  const data = await new Transformer(file).rawPixels().catch((cause: unknown) => {
    throw broken(cause)
  })
  const channels = data.length / (width * height)
  if (channels !== 3 && channels !== 4) throw broken(new Error(`${data.length} bytes of pixels`))
  // What comes out of the library is memory of its own, which nothing else is in.
  return { data: data as Uint8Array<ArrayBuffer>, width, height, channels }
}

const broken = (cause?: unknown): Failure =>
  new Failure('source-broken', 'The source is damaged: its pixels cannot be decoded.', { cause })
