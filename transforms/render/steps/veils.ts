// Faces that are made unrecognisable.
import type { Sharp } from 'sharp'
import { from, type Pixels, pixelsOf } from '../../pixels/run.ts'
import type { Box } from '../../steps/geometry/sizes.ts'
import type { Veil } from '../../steps/veil.ts'
import { inBlocks } from './blocks.ts'

/** Loaded only here: other renders need no detector. */
const detector = () => import('../faces.ts')

export async function veiled(image: Sharp, veil: Veil): Promise<Sharp> {
  const pixels = await pixelsOf(image)
  const { facesOn } = await detector()
  const data = Uint8Array.from(pixels.data)
  for (const face of await facesOn(pixels)) {
    const box = boxOf(face, pixels)
    const made = await unlike(await pixelsOf(from({ ...pixels, data }).extract(box)), veil)
    const row = box.width * pixels.channels
    for (let y = 0; y < box.height; y++)
      data.set(
        made.data.subarray(y * row, (y + 1) * row),
        ((box.top + y) * pixels.width + box.left) * pixels.channels,
      )
  }
  return from({ ...pixels, data })
}

/** With a little hair and neck: a tenth of the face on each side. */
function boxOf(face: Box, { width, height }: Pixels): Box {
  const at = (share: number, side: number) => Math.min(side, Math.max(0, share * side))
  const left = Math.floor(at(face.left - face.width / 10, width))
  const top = Math.floor(at(face.top - face.height / 10, height))
  const right = Math.ceil(at(face.left + face.width * 1.1, width))
  const bottom = Math.ceil(at(face.top + face.height * 1.1, height))
  return { left, top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) }
}

async function unlike(part: Pixels, { blur, pixelate }: Veil): Promise<Pixels> {
  const side = Math.min(part.width, part.height)
  const blurred = blur ? await pixelsOf(from(part).blur(Math.max(0.3, (side * blur) / 400))) : part
  return pixelate ? inBlocks(blurred, Math.max(2, Math.round((side * pixelate) / 200))) : blurred
}
