// Encodes finished pixels so that coloured words and lines keep their colour. WebP cannot store colour at full resolution
// but without loss, so there the picture is written both ways where that may be worth it.

import { from, type Pixels, run } from '../pixels/run.ts'
import type { Encoding } from '../plan/plan.ts'
import { hasColourEdges } from './colour-edges.ts'
import { nearLossless } from './encode.ts'
import { encodeStill } from './encode-still.ts'

/** Nearly lossless WebP may be so many times as large as lossy WebP: the colour that it keeps shows at once. */
const worth = 2
/** What a pixel unlike its neighbour takes without loss: 0.7 to 1.4 bytes in drawings and in photographs. */
const bytesEach = 0.8

export async function encodedInColour(pixels: Pixels, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
  const colourEdges = !encoding.lossless && hasColourEdges(pixels)
  const made = await encodeStill(pixels, encoding, { colourEdges })
  if (!colourEdges || encoding.format !== 'webp') return made
  const most = made.length * worth
  // Most of a photograph would be encoded for nothing, at ten times the cost.
  if (unlikeTheirNeighbours(pixels) * bytesEach > most) return made
  const { data: exact } = await run(nearLossless(from(pixels)))
  return exact.length <= most ? exact : made
}

/** Rows between two that are counted. */
const apart = 8

/** About how many pixels differ from the one on their left. */
function unlikeTheirNeighbours({ data, width, height, channels }: Pixels): number {
  let count = 0
  for (let y = Math.min(apart, height) >> 1; y < height; y += apart) {
    const end = (y + 1) * width * channels
    for (let at = y * width * channels + channels; at < end; at += channels)
      if (
        data[at] !== data[at - channels] ||
        data[at + 1] !== data[at + 1 - channels] ||
        data[at + 2] !== data[at + 2 - channels]
      )
        count++
  }
  return count * apart
}
