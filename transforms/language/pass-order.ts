// Which options may stand in one pass although they were asked for one after the other: those for which the order of the
// steps makes the same picture.
import { eachStep, type StepName } from '../steps/index.ts'

type Place = StepName | 'background'

/** Changes each pixel by itself. */
const points: readonly Place[] = [
  ...(['tone', 'balance', 'saturate', 'invert', 'threshold', 'monochrome', 'sepia', 'duotone'] as const),
]
const cuts: readonly Place[] = ['extract', 'resize', 'crop', 'cut']
const turns: readonly Place[] = ['flip', 'rotate']

/** Pairs of groups whose order is not seen. What is not here is done in the order that was asked for. */
const free: readonly (readonly [readonly Place[], readonly Place[]])[] = [
  [cuts, points],
  [turns, points],
  [turns, ['blur', 'sharpen', 'unsharp', 'opacity', 'background']],
  // A mean of greys is the grey of a mean.
  [['saturate'], ['invert', 'blur', 'sharpen', 'unsharp', 'pixelate', 'veil']],
  [['invert'], ['blur', 'pixelate', 'veil']],
  // What is behind everything is behind what lies upon it.
  [['background'], ['mark', 'text', 'grid']],
]

const freePairs: ReadonlySet<string> = new Set(
  free.flatMap(([some, others]) =>
    some.flatMap((one) => others.flatMap((other) => [`${one} ${other}`, `${other} ${one}`])),
  ),
)

interface Spot {
  readonly step: Place
  readonly at: number
}

/** By option: its step, and its place among all options of steps. */
const spots: ReadonlyMap<string, Spot> = new Map<string, Spot>([
  ...eachStep.flatMap(({ name, rows }, nth) =>
    Object.values(rows).map(({ key }, row) => [key, { step: name, at: nth * 100 + row }] as const),
  ),
  ['bg', { step: 'background', at: eachStep.length * 100 }],
])

/**
 * Whether a pass that holds options of these keys makes the same picture with the `next` ones as if those were done behind
 * it. Keys that are no step's have no order.
 */
export const isInOrder = (held: readonly string[], next: readonly string[]): boolean =>
  next.every((key) => {
    const spot = spots.get(key)
    return !spot || held.every((other) => follows(spots.get(other), spot))
  })

function follows(held: Spot | undefined, next: Spot): boolean {
  if (!held || held.at < next.at) return true
  if (held.at === next.at) return false
  if (held.step === next.step) return held.step !== 'tone'
  return freePairs.has(`${held.step} ${next.step}`)
}
