// Animations that no decoder yields as a whole (animated PNG): each frame is decoded alone and laid where it belongs, and
// the frames stand below one another, as sharp has those of a GIF.
import type { Sharp, SharpOptions } from 'sharp'
import { Failure } from '../../../errors.ts'
import type { Facts } from '../../facts.ts'
import { pixelsOf } from '../../pixels/run.ts'
import { sharp } from '../../pixels/sharp.ts'
import { mostHeld } from '../../plan/film.ts'
import type { Movement } from '../encode.ts'
import { paced } from '../frames.ts'
import { inColours } from '../our-colours.ts'
import { withAlpha } from '../steps/channels.ts'
import { framesOfPng, type PngFilm, type PngFrame } from './png-frames.ts'

export interface Reel {
  readonly image: Sharp
  readonly movement: Movement
}

/** The frames that `options` names, in sRGB with alpha. Fails with 'source-broken' where one of them is damaged or missing. */
export async function reelOfPng(file: Uint8Array, facts: Facts, options: SharpOptions): Promise<Reel> {
  const film = framesOfPng(file)
  const { page: first = 0, pages = options.animated ? -1 : 1 } = options
  const count = pages === -1 ? facts.pages - first : pages
  if (count * film.width * film.height > mostHeld)
    throw new Failure(
      'too-costly',
      'The frames exceed 60 megapixels together: ask for one (`frame`), or a part of them.',
    )
  const wanted = film.frames.slice(first, first + count)
  if (wanted.length < count) throw new Failure('source-broken', 'The source is damaged: frames are missing.')
  const roll = await rolled(film, { first, count, facts, options })
  const { width, height } = film
  const image = sharp(roll, {
    raw: { width, height: height * count, channels: 4, ...(count > 1 && { pageHeight: height }) },
    animated: count > 1,
    limitInputPixels: false,
  })
  return { image, movement: paced({ delay: wanted.map(({ delay }) => delay), loop: film.loop }) }
}

interface Part {
  readonly first: number
  readonly count: number
  readonly facts: Facts
  readonly options: SharpOptions
}

/** Frames before the first that is wanted are drawn as well: each is laid upon what those before it have left. */
async function rolled({ width, height, frames }: PngFilm, part: Part): Promise<Uint8Array> {
  const { first, count } = part
  const canvas = new Uint8Array(width * height * 4)
  const roll = new Uint8Array(canvas.length * count)
  for (const [n, frame] of frames.slice(0, first + count).entries()) {
    const before = frame.disposal === 'previous' ? Uint8Array.from(canvas) : undefined
    lay(canvas, width, { ...frame, data: await decoded(frame, part) })
    if (n >= first) roll.set(canvas, (n - first) * canvas.length)
    if (before) canvas.set(before)
    if (frame.disposal === 'background') clear(canvas, width, frame)
  }
  return roll
}

async function decoded(frame: PngFrame, { facts, options }: Part): Promise<Uint8Array> {
  const { failOn = 'truncated' } = options
  const png = frame.png()
  const open = async (ignoreIcc: boolean) =>
    sharp(png, { failOn, limitInputPixels: frame.width * frame.height, ignoreIcc })
  const ours = await inColours(open, facts)
  return withAlpha(await pixelsOf(ours.toColourspace('srgb'))).data
}

type Box = Pick<PngFrame, 'left' | 'top' | 'width' | 'height'>

function lay(
  canvas: Uint8Array,
  across: number,
  { left, top, width, height, data, blends }: Box & { readonly data: Uint8Array; readonly blends: boolean },
): void {
  for (let y = 0; y < height; y++) {
    const to = ((top + y) * across + left) * 4
    const row = data.subarray(y * width * 4, (y + 1) * width * 4)
    if (blends) blend(canvas.subarray(to, to + row.length), row)
    else canvas.set(row, to)
  }
}

/** One over the other (W3C PNG 13.16), neither multiplied by its alpha. */
function blend(below: Uint8Array, above: Uint8Array): void {
  for (let at = 0; at < above.length; at += 4) {
    const over = above[at + 3] as number
    if (over === 0) continue
    const under = ((below[at + 3] as number) * (255 - over)) / 255
    const alpha = over + under
    for (let c = 0; c < 3; c++)
      below[at + c] = Math.round(
        ((above[at + c] as number) * over + (below[at + c] as number) * under) / alpha,
      )
    below[at + 3] = Math.round(alpha)
  }
}

function clear(canvas: Uint8Array, across: number, { left, top, width, height }: Box): void {
  for (let y = top; y < top + height; y++)
    canvas.fill(0, (y * across + left) * 4, (y * across + left + width) * 4)
}
