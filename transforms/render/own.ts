// The source's own bytes as the answer: only after a decoder has read all of its pixels.
import { Failure } from '../../errors.ts'
import { bareSource } from '../bare/index.ts'
import { type Facts, upright } from '../facts.ts'
import { withClearing } from '../identify/gif-disposal.ts'
import { asStill } from '../identify/isobmff.ts'
import { run } from '../pixels/run.ts'
import { sharp } from '../pixels/sharp.ts'
import { ended } from '../pixels/unended.ts'
import type { Plan } from '../plan/plan.ts'

/** Without metadata; upright by its EXIF where the plan turns it as its EXIF says. Undefined where that cannot be had. */
export async function ownBytes(
  source: Uint8Array,
  facts: Facts,
  plan: Plan,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!plan.source) return undefined
  const orientation = plan.orient ? facts.orientation : 1
  const { width, height } = upright({ ...facts, orientation })
  if (width !== plan.width || height !== plan.height) return undefined
  return bareSource(await asShown(source, facts), facts, orientation)
}

/** What every reader shows alike, where that costs no byte: a JPEG has its end, and a GIF's cleared places are transparent. */
async function asShown(source: Uint8Array, facts: Facts): Promise<Uint8Array> {
  if (facts.format !== 'gif') return ended(source, facts)
  const cleared = withClearing(source)
  return cleared.length > source.length ? source : cleared
}

export interface Reading {
  readonly facts: Facts
  readonly maxPixels: number
  readonly seconds: number
}

/** Whether every pixel of every frame can be decoded. A decoder that takes too long fails with 'late'. */
export async function isWhole(bytes: Uint8Array, { facts, maxPixels, seconds }: Reading): Promise<boolean> {
  // A decoder knows a film of AVIF by its still picture only.
  const readable = facts.format === 'avif' ? asStill(bytes) : bytes
  const image = sharp(readable, {
    failOn: 'truncated',
    limitInputPixels: maxPixels,
    sequentialRead: true,
    animated: facts.pages > 1,
    autoOrient: false,
  })
  // A pixel of the small picture is a mean of many: all of them are read, and none need be kept.
  const small = image.timeout({ seconds }).resize({ width: 16, height: 16, fit: 'fill' })
  try {
    await run(small.raw())
    return true
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.kind === 'late') throw thrown
    return false // whatever else is the matter, making the picture says it
  }
}
