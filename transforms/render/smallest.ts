// Finished pixels encoded in each way that the plan allows; the smallest of the results is the picture.
import type { Sharp } from 'sharp'
import { Failure } from '../../errors.ts'
import { outputFormats } from '../formats.ts'
import { from, type Made, type Pixels, run } from '../pixels/run.ts'
import type { Encoding } from '../plan/plan.ts'
import { hasColourEdges } from './colour-edges.ts'
import { isDrawn } from './drawn.ts'
import { encode, type Movement } from './encode.ts'
import { encodedInColour } from './in-colour.ts'
import { indexedPng } from './indexed.ts'
import { photographPng } from './photo-png.ts'
import { reducedPng } from './reduced.ts'

/** Pixels of the largest result that is looked at for coloured edges; larger ones are shown reduced. */
export const mostLookedAt = 16e6

export interface Subject {
  readonly pixels: Pixels
  /** The same picture from its source on, for an encoder that takes over the source's palette; undefined where none is. */
  readonly again?: (() => Sharp) | undefined
  readonly movement?: Movement | undefined
  /** Whether one channel is enough in this encoding. */
  readonly isGray: (encoding: Encoding) => boolean
  /** Of the source's file. */
  readonly sourceBytes: number
  /** From `performance.now()`: nothing more is tried after it. */
  readonly endsAt: number
}

export interface Encoded extends Pick<Made, 'data'> {
  readonly encoding: Encoding
}

/** Undefined where none of the ways suits these pixels. */
export async function smallest(subject: Subject, ways: readonly Encoding[]): Promise<Encoded | undefined> {
  // One way that is the same for drawings and photographs needs no look at what this is.
  const drawn = ways.some(dependsOnDrawing) && isDrawn(subject.pixels)
  const made: Encoded[] = []
  for (const way of ways) {
    if (way.drawn && !drawn) continue
    if (made.length > 0 && performance.now() > subject.endsAt) break
    const one = await encoded(subject, way, drawn).catch((thrown) => unlessMissing(thrown, made))
    if (one) made.push(one)
  }
  return subject.movement ? leastOf(made) : chosen(made)
}

/** What one way of several lacks a program for is done without. */
function unlessMissing(thrown: unknown, made: readonly Encoded[]): undefined {
  if (made.length > 0 && thrown instanceof Failure && thrown.kind === 'tool-missing') return undefined
  throw thrown
}

const dependsOnDrawing = ({ drawn, format, lossless }: Encoding): boolean =>
  drawn === true || format === 'png' || lossless === true

/** What a drawing may cost without loss, where with loss it would cost less: its edges show what is lost. */
const worthOfNoLoss = 1.25

/** A GIF's colours are few, so it counts by its bytes alone: nothing may be larger than it. */
function chosen(made: readonly Encoded[]): Encoded | undefined {
  const least = leastOf(made)
  const whole = leastOf(made.filter(({ encoding }) => encoding.lossless && encoding.format !== 'gif'))
  const gif = leastOf(made.filter(({ encoding }) => encoding.format === 'gif'))
  if (!least || !whole || (gif && gif.data.length < whole.data.length)) return least
  return whole.data.length <= least.data.length * worthOfNoLoss ? whole : least
}

const leastOf = (made: readonly Encoded[]): Encoded | undefined =>
  made.toSorted((a, b) => a.data.length - b.data.length)[0]

async function encoded(subject: Subject, encoding: Encoding, drawn: boolean): Promise<Encoded> {
  const { pixels, movement, isGray, again } = subject
  if (encoding.format === 'jxl')
    return { encoding, data: await (await import('./jxl.ts')).jxlOf(pixels, encoding) }
  if (encoding.format === 'gif' && again)
    return { encoding, data: (await run(encode(again(), encoding, { movement }))).data }
  const losesColour = outputFormats[encoding.format].lossy && !encoding.lossless && !isGray(encoding)
  if (losesColour && !movement && pixels.width * pixels.height <= mostLookedAt)
    return { encoding, data: await encodedInColour(pixels, encoding) }
  const image = isGray(encoding) ? from(pixels).toColourspace('b-w') : from(pixels)
  if (encoding.format === 'png')
    return { encoding, data: await png({ ...subject, isGray: isGray(encoding) }, encoding, drawn) }
  // Of an animation, by its first frame: the others are mostly alike.
  const colourEdges = movement !== undefined && losesColour && hasColourEdges(firstOf(pixels))
  return { encoding, data: (await run(encode(image, encoding, { movement, drawn, colourEdges }))).data }
}

const firstOf = (pixels: Pixels): Pixels => ({
  ...pixels,
  data: pixels.data.subarray(0, pixels.width * pixels.height * pixels.channels),
})

/** Filters help photographs and gradients, and hurt flat colours; few colours are numbers in a palette. */
async function png(
  { pixels, sourceBytes, isGray }: Pick<Subject, 'pixels' | 'sourceBytes'> & { readonly isGray: boolean },
  encoding: Encoding,
  drawn: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const image = () => (isGray ? from(pixels).toColourspace('b-w') : from(pixels))
  const ours = drawn || isGray ? undefined : photographPng(pixels)
  if (ours) return ours
  const filtered = (await run(encode(image(), encoding))).data
  if (!drawn || encoding.colours) return filtered
  const plain = (await run(encode(image(), encoding, { filtered: false }))).data
  const indexed = indexedPng(pixels) ?? plain
  const best = [filtered, plain, indexed].reduce((best, each) => (each.length < best.length ? each : best))
  if (!encoding.reducible || isGray || best.length <= sourceBytes) return best
  const reduced = await reducedPng(pixels)
  return reduced && reduced.length < best.length ? reduced : best
}
