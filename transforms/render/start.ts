// What a pass begins with: the source as it is decoded, or the pixels of the pass before it.
import type { Facts } from '../facts.ts'
import { from, type Pixels } from '../pixels/run.ts'
import { firstPass } from '../plan/passes.ts'
import type { Plan } from '../plan/plan.ts'
import type { Movement } from './encode.ts'
import { type Opened, opened } from './open.ts'
import { type Bounds, optionsFor } from './reading.ts'

export interface Some {
  /** Of the frames, so many from the first on. */
  readonly pages: number
  readonly animated?: false
}

export interface Start {
  /** Of these pixels, as far as steps and encoders ask. */
  readonly facts: Facts
  /** All frames that the plan reads, or some of them. `size` is that of one. */
  open(some?: Some): Promise<Opened>
}

interface Way {
  readonly plan: Plan
  readonly facts: Facts
  readonly bounds: Bounds
}

export function startOfSource(source: Uint8Array, { plan, facts, bounds }: Way): Start {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  const options = optionsFor(facts, plan, bounds)
  const { film, time, space } = plan
  const read = {
    ...firstPass(plan),
    ...(film && { film }),
    ...(time !== undefined && { time }),
    ...(space && { space }),
  }
  const { ffmpeg } = bounds
  return {
    facts,
    open: async (some) => opened(bytes, facts, { plan: read, options: { ...options, ...some }, ffmpeg }),
  }
}

/** What is known of pixels that a pass has made. */
export interface Passed {
  readonly facts: Facts
  /** Of an animation: no file says it any more. */
  readonly movement: Movement | undefined
}

/** All frames, one below the other. */
export function startOfPixels(roll: Pixels, { facts, movement }: Passed): Start {
  const { width, height, channels } = roll
  const frameBytes = width * height * channels
  const all = roll.data.length / frameBytes
  return {
    facts: {
      ...facts,
      ...{ width, height, pages: all, animated: all > 1 },
      alpha: channels === 2 || channels === 4,
      space: channels < 3 ? 'gray' : 'rgb',
    },
    open: async ({ pages = all }: Partial<Some> = {}) => ({
      image: from({ ...roll, data: roll.data.subarray(0, frameBytes * Math.min(all, pages)) }, 'apart'),
      size: roll,
      ...(movement && { movement: { ...movement, delay: movement.delay.slice(0, pages) } }),
    }),
  }
}
