// Animations whose steps sharp does not do frame by frame: the frames are taken apart, worked on alone, put together.
// sharp keeps frames below one another as one tall picture: it refuses to turn that, would turn the order of the frames
// around with the picture, and an effect would bleed from one frame into the next.
import type { Sharp } from 'sharp'
import { from, orFailure, type Pixels, pixelsOf, run } from '../pixels/run.ts'
import { type Film, keptFrames } from '../plan/film.ts'
import type { Movement } from './encode.ts'
import type { Doing } from './steps/applied.ts'
import { frame } from './steps/frame.ts'
import { smartCrop } from './steps/geometry.ts'
import { type Subject, still } from './steps/index.ts'

/** Browsers play frames that ask for less at this pace, and encoders drop frames that last no time at all. */
const usualDelay = 100
const shortestDelay = 11

/** Of the frames that are decoded. */
export async function movementOf(image: Sharp, film?: Film): Promise<Movement> {
  const { delay = [], loop = 0 } = await orFailure(() => image.metadata())
  const decoded = film ? delay.slice(film.first, film.first + film.count) : delay
  return paced({ delay: decoded, loop })
}

export const paced = ({ delay, loop }: Movement): Movement => ({
  delay: delay.map((each) => (each < shortestDelay ? usualDelay : each)),
  loop,
})

/** The frames that are left once some are dropped, in the order in which they are played. */
export async function played(
  image: Sharp,
  { delay, loop }: Movement,
  film: Film,
): Promise<{ frames: Sharp; movement: Movement }> {
  const kept = keptFrames(film)
  const { delay: each } = film
  const lasting = ({ index, stands }: (typeof kept)[number]): number =>
    each ?? delay.slice(index, index + stands).reduce((sum, ms) => sum + ms, 0)
  const movement = { delay: kept.map(lasting), loop: film.loop ?? loop }
  const isWhole = kept.length === delay.length && !film.reverse
  if (isWhole) return { frames: image, movement }
  const roll = await pixelsOf(image)
  return { frames: from(joined(kept.map(({ index }) => frameAt(roll, index)))), movement }
}

/** All frames of the animation with all steps done, one below the other. */
export async function framesOf(image: Sharp, { size, plan, ...around }: Subject): Promise<Sharp> {
  const { early, late } = divided(plan)
  const roll = await pixelsOf(frame(image, size, early))
  const pinned = await pinCrop(late, frameAt(roll, 0))
  const made: Pixels[] = []
  for (let i = 0; i < countFrames(roll); i++)
    made.push(await pixelsOf(await still(from(frameAt(roll, i)), { size: roll, plan: pinned, ...around })))
  return from(joined(made))
}

/** What can be done to all frames at once, which is cheaper, and what is left. */
function divided(plan: Doing): { early: Doing; late: Doing } {
  const { extract, resize, orient, crop, ...rest } = plan
  const size = { ...(extract && { extract }), ...(resize && { resize }) }
  const turn = { ...(orient && { orient }), ...(crop && { crop }) }
  // Regions and sizes are those of the turned picture, so nothing can go before a turn.
  return orient ? { early: rest, late: plan } : { early: { ...rest, ...size }, late: { ...rest, ...turn } }
}

/** The part that the first frame's pixels decide on, for all: a cut that jumps from frame to frame is no animation. */
async function pinCrop(plan: Doing, first: Pixels): Promise<Doing> {
  const { crop } = plan
  if (!crop || crop.by === 'box') return plan
  const { resize, orient, extract } = plan
  const { crop: _, extend: __, ...framing } = plan
  const upright = resize || orient || extract ? await pixelsOf(frame(from(first), first, framing)) : first
  const { info } = await run(smartCrop(from(upright), crop).raw())
  const { width, height } = crop
  const box = {
    left: within(-(info.cropOffsetLeft ?? 0), upright.width - width),
    top: within(-(info.cropOffsetTop ?? 0), upright.height - height),
    width,
    height,
  }
  return { ...plan, crop: { by: 'box', box } }
}

const within = (value: number, most: number): number => Math.max(0, Math.min(value, most))

const countFrames = ({ data, width, height, channels }: Pixels): number =>
  data.length / (width * height * channels)

function frameAt(roll: Pixels, index: number): Pixels {
  const bytes = roll.width * roll.height * roll.channels
  return { ...roll, data: roll.data.subarray(index * bytes, (index + 1) * bytes) }
}

function joined(frames: readonly Pixels[]): Pixels {
  const [first] = frames
  if (!first) throw new RangeError('an animation without frames')
  const data = new Uint8Array(first.data.length * frames.length)
  frames.forEach((each, i) => {
    data.set(each.data, i * first.data.length)
  })
  return { ...first, data }
}
