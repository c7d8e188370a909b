// What each thing that there is to do for a picture takes; how much of each there is, is counted in work.ts.
import { outsideRates } from './outside-work.ts'
import { eachStep } from './steps/index.ts'

/**
 * Milliseconds of CPU for a megapixel of each step; sharp 0.35.5 on one core. Fitted by bench/price.ts to about 300 renders,
 * raw values in bench/results/price.json. Only the proportions matter: another machine is as much faster in all of them.
 */
const fixedRates = {
  render: 4.5, // one, not a megapixel
  frame: 0.05, // one, begun and ended however small it is
  'frame apart': 1.2, // one, with steps of its own
  inks: 24, // one profile of inks, made ready
  'read jpeg': 6,
  'read jpeg shrunk': 1.7,
  'read jpeg bytes': 5.5, // a million of them
  'read jpeg scan': 0.81, // one more pass over the picture
  'read png': 8.5,
  'read gif': 5.5,
  'read webp': 16,
  'read avif': 27,
  'read svg': 10,
  'read svg pass': 2.5,
  'read tiff': 0.93,
  ...outsideRates,
  deep: 8, // of 16 bits
  colours: 13, // by a profile, or from inks
  'code points': 20, // in our own code, see pixels/to-space.ts
  'code points pq': 50,
  'code points hlg': 85,
  pass: 2, // one more, upon the pixels of the one before
  reduce: 1, // to what a step or a look needs
  'write jpeg': 4.5,
  'write png': 97,
  'write png drawn': 150,
  'write png reduced': 60,
  tell: 22, // once: of a small copy
  'write few colours': 530,
  'write fewer colours': 90, // once
  'write webp': 33,
  'write webp busy': 23, // where every pixel is unlike the next
  'write webp drawn': 26,
  'write webp edges': 93, // beside the usual, with and without loss
  'write webp film': 15,
  'write webp film busy': 550,
  'write webp alpha': 260,
  'write webp lossless': 200,
  'write webp lossless drawn': 280,
  'write avif': 84,
  'write avif busy': 17,
  'write avif fine': 160,
  'write avif drawn': 130,
  'write avif thorough': 900, // ten times as much as in haste, see bench/avif-effort.ts
  'write avif edges': 180,
  'write avif lossless': 200,
  film: 70, // one, begun and ended by another program
  'write mp4': 23,
  'write mp4 busy': 67,
  'write webm': 52,
  'write webm busy': 270,
  'write gif': 290,
  'write gif drawn': 14,
  'write gif busy': 100,
  'write gif film busy': 350,
  'search jpeg': 640,
  'search webp': 680,
  'search avif': 1_000,
  'search alpha': 440,
} as const

export type Fixed = keyof typeof fixedRates

/** Those of the steps of a plan are in steps/. */
const rates: Readonly<Record<string, number>> = Object.assign(
  {},
  fixedRates,
  ...eachStep.map(({ rates }) => rates),
)

/** Throws a RangeError for a name that no rate has. */
export function rateOf(name: string): number {
  const rate = rates[name]
  if (rate === undefined) throw new RangeError(`no rate is named '${name}'`)
  return rate
}
