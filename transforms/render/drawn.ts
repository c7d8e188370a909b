// Whether pixels show a drawing or a photograph: told by how well a few of their rows pack.
import { deflateRawSync } from 'node:zlib'
import type { Pixels } from '../pixels/run.ts'

/** Spread over the picture, or over all frames of a film. */
const mostRows = 64
/** So that very wide rows cost no more. */
const mostSamples = 400_000
/** Photographs take 0.4 of their samples and more; text, screens and drawings, shrunk ones too, up to 0.25. */
const drawnShare = 0.3

/** Drawings pack to a fraction without loss; trying that on a photograph would cost much and save nothing. */
export function isDrawn(pixels: Pixels): boolean {
  const rows = sampled(pixels)
  // Behind Z_FILTERED zlib would look for Huffman codes only; runs are what drawings are made of.
  return deflateRawSync(rows, { level: 1 }).length < rows.length * drawnShare
}

/** Each sample less its left neighbour, so that gradients pack as the drawings they are (PNG's filter Sub, 9.2). */
function sampled({ data, width, channels }: Pixels): Uint8Array {
  const rowBytes = width * channels
  const rows = data.length / rowBytes
  const taken = Math.max(1, Math.min(rows, mostRows, Math.floor(mostSamples / rowBytes)))
  const found = new Uint8Array(taken * rowBytes)
  for (let n = 0; n < taken; n++) {
    const from = Math.floor((n * rows) / taken) * rowBytes
    for (let i = 0; i < rowBytes; i++) {
      const left = i < channels ? 0 : (data[from + i - channels] ?? 0)
      found[n * rowBytes + i] = (data[from + i] ?? 0) - left
    }
  }
  return found
}
