// A picture made in stages, each of which others may begin from: the decoded source, finished pixels, the encoded file.
// Of one stage after the other comes what `render` makes at once.
import type { Sharp } from 'sharp'
import type { Facts } from '../../facts.ts'
import { from, letGo, orFailure, type Pixels, pixelsOf } from '../../pixels/run.ts'
import type { Plan } from '../../plan/plan.ts'
import { opened } from '../open.ts'
import { staysGray } from '../our-colours.ts'
import { type Bounds, optionsFor, wholeSeconds } from '../reading.ts'
import { checked, type Rendered } from '../rendered.ts'
import { smallest } from '../smallest.ts'
import { still } from '../steps/index.ts'
import { baseSize, type Divisor } from './shares.ts'

/** Pixels that threads share: made once, never written to again. */
export type Shared = Pixels

export interface Stage {
  readonly plan: Plan
  readonly facts: Facts
  readonly bounds: Bounds
}

/** One whose outcome is kept for others. */
export interface KeptStage extends Stage {
  readonly memory: SharedArrayBuffer
}

/** The source as decoded, upright or not as it is stored, in sRGB. */
export const baseOf = (origin: Origin, divisor: Divisor, stage: KeptStage): Promise<Shared> =>
  orFailure(async () => {
    const { image } = await begun(origin, stage)
    const { facts } = stage
    const sized = divisor === 1 ? image : image.resize({ ...baseSize(facts, divisor), fit: 'fill' })
    return shared(await pixelsOf(timed(sized, stage)), stage.memory)
  })

/** All steps of the plan done, but not encoded. */
export const finishedPixels = (origin: Origin, stage: KeptStage): Promise<Shared> =>
  orFailure(async () => shared(await finished(origin, stage), stage.memory))

/** From pixels that are finished, or from an earlier stage of them. */
export const pictureFrom = (
  origin: Origin | { readonly finished: Shared },
  stage: Stage,
): Promise<Rendered> =>
  orFailure(async () => {
    const startedAt = performance.now()
    const { plan, facts, bounds } = stage
    const pixels = 'finished' in origin ? origin.finished : await finished(origin, stage)
    const best = await smallest(
      {
        pixels,
        isGray: ({ format }) => staysGray(facts, plan, format),
        sourceBytes: facts.bytes,
        endsAt: startedAt + (bounds.timeoutMs ?? 60_000) / 3,
      },
      [plan.encoding, ...(plan.others ?? [])],
    )
    if (!('finished' in origin)) letGo(pixels.data)
    if (!best) throw new RangeError('a plan without an encoding')
    return checked({ data: best.data, info: pixels }, plan, best.encoding)
  })

/** Where the pixels of a stage come from. */
export type Origin = { readonly source: Uint8Array } | { readonly base: Shared }

async function begun(origin: Origin, { plan, facts, bounds }: Stage) {
  if ('base' in origin) return { image: from(origin.base), size: facts }
  const { buffer, byteOffset, byteLength } = origin.source
  const options = optionsFor(facts, plan, bounds)
  return opened(Buffer.from(buffer, byteOffset, byteLength), facts, { plan, options })
}

async function finished(origin: Origin, stage: Stage): Promise<Pixels> {
  const { plan, bounds } = stage
  const { image, size } = await begun(origin, stage)
  const subject = { size, plan, further: [], fonts: bounds.fonts }
  return pixelsOf(await still(timed(image, stage), subject))
}

const timed = (image: Sharp, { bounds: { timeoutMs = 60_000 } }: Stage): Sharp =>
  image.timeout({ seconds: wholeSeconds(timeoutMs) })

/** In memory that every thread of the process can read. */
function shared({ data, ...size }: Pixels, memory: SharedArrayBuffer): Shared {
  const room = memory.byteLength >= data.length ? memory : new SharedArrayBuffer(data.length)
  const copy = new Uint8Array(room, 0, data.length)
  copy.set(data)
  letGo(data)
  return { ...size, data: copy as unknown as Uint8Array<ArrayBuffer> }
}
