// Finished pixels of one picture, encoded for a first answer. WebP with loss comes from the optimiser's encoder, set to be
// quick: at the same score a sixth fewer bytes than libwebp by sharp, for the same CPU (bench/bytes.ts).
import { toColourChannels } from '../optimise/lossy/picture.ts'
import { encodeWebpQuickly, fitsWebp } from '../optimise/lossy/webp/index.ts'
import { from, type Pixels, run } from '../pixels/run.ts'
import type { Encoding } from '../plan/plan.ts'
import { encode, type Known } from './encode.ts'

export async function encodeStill(
  pixels: Pixels,
  encoding: Encoding,
  known: Known = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (encoding.format === 'webp' && !encoding.lossless && fitsWebp(pixels))
    return lossyWebp(pixels, encoding, known)
  return (await run(encode(from(pixels), encoding, known))).data
}

function lossyWebp(pixels: Pixels, { quality = 80 }: Encoding, { colourEdges = false }: Known) {
  const { width, height } = pixels
  const colours = toColourChannels(pixels.data, pixels.channels)
  return encodeWebpQuickly({ ...colours, width, height }, { quality, isSmart: colourEdges })
}
