// Fits a PNG or GIF into a number of bytes. These formats have no quality to turn down, so colours are reduced in steps.
import { losslessCompressPng } from '@napi-rs/image'
import { asFailure } from '../../errors.ts'
import type { Facts } from '../facts.ts'
import { run } from '../pixels/run.ts'
import { sharp } from '../pixels/sharp.ts'
import { runGifsicle } from './gif/gifsicle.ts'
import { createChunkRestorer } from './png/index.ts'
import type { Keep } from './request.ts'
import { type Candidate, Declined } from './smallest-candidate.ts'

interface ReductionTask {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly keep: readonly Keep[]
  readonly maxBytes: number
  readonly endsAt: number
}

export function createReducedPng(task: ReductionTask): Candidate {
  const restore = createChunkRestorer(task)
  const steps = [256, 192, 128, 96, 64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2]
  return createReduction('png', task, async () => {
    if (task.facts.animated) throw new Declined('it moves, and palettes are made of stills')
    return findMildestFit(steps, task, async (colours) => {
      const image = sharp(task.source, { ignoreIcc: true, autoOrient: false, limitInputPixels: false })
      // With fewer colours, dithering hides the picture behind dots.
      const dither = colours >= 32 ? 1 : 0
      const { data } = await run(image.png({ palette: true, colours, effort: 7, dither }))
      return restore(await losslessCompressPng(data, { strip: true }))
    })
  })
}

/** Pairs of Gifsicle's `--lossy` and `--colors`. Its author calls a loss of 30 noticeable and 200 very noticeable. */
const gifReductions = [
  [60, 256],
  [100, 128],
  [140, 64],
  [180, 32],
  [200, 16],
  [200, 8],
  [200, 4],
  [200, 2],
] as const

export const createReducedGif = (task: ReductionTask): Candidate =>
  createReduction('gif', task, () =>
    findMildestFit(gifReductions, task, ([loss, colours]) => {
      const { source, endsAt } = task
      const options = ['-O3', '-Okeep-empty', `--lossy=${loss}`, `--colors=${colours}`]
      const bounds = { endsAt, maxBytes: source.length * 2 + 65_536 }
      return runGifsicle(source, options, bounds).catch((thrown) => {
        if (asFailure(thrown).kind !== 'source-unsupported') throw thrown
        return reduceGifBySharp(source, loss, colours)
      })
    }),
  )

/** Where Gifsicle is not installed. */
async function reduceGifBySharp(source: Uint8Array, loss: number, colours: number): Promise<Uint8Array> {
  const image = sharp(source, { animated: true, limitInputPixels: false })
  // sharp takes the error as a distance of colours, up to 32.
  const interFrameMaxError = Math.round(loss / 8)
  return (await run(image.gif({ colours, effort: 7, dither: 0, interFrameMaxError }))).data
}

function createReduction(
  format: 'png' | 'gif',
  { maxBytes }: ReductionTask,
  make: () => Promise<Uint8Array>,
): Candidate {
  return {
    name: `${format} of fewer colours`,
    format,
    make: async (best) => {
      if (best.length <= maxBytes) throw new Declined('not needed')
      return make()
    },
    findFault: async () => undefined, // so few bytes were asked for, not a look
    result: () => ({ reason: 'the most colours that fit' }),
  }
}

/** The mildest step whose file fits. Fewer colours take fewer bytes, so a bisection finds it. */
async function findMildestFit<Step>(
  steps: readonly Step[],
  { maxBytes }: ReductionTask,
  make: (step: Step) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  let [low, high] = [0, steps.length]
  let best: Uint8Array | undefined
  while (low < high) {
    const middle = (low + high) >> 1
    const body = await make(steps[middle] as Step).catch((thrown) => {
      // The time ran out while something better was looked for.
      if (best && thrown instanceof Declined) return undefined
      throw thrown
    })
    if (!body) break
    if (body.length > maxBytes) low = middle + 1
    else {
      high = middle
      best = body
    }
  }
  if (!best) throw new Declined('even two colours take more')
  return best
}
