// Which options may stand in one pass although they were asked for one after the other: those for which the order of the
// steps makes the same picture.
import { eachStep, type StepName } from '../steps/index.ts'

type Place = StepName | 'background'

/** Changes each pixel by itself. */
const points: readonly Place[] = [
  ...(['tone', 'balance', 'saturate', 'invert', 'threshold', 'monochrome', 'sepia', 'duotone'] as const),
]
const cuts: readonly Place[] = ['extract', 'resize', 'crop', 'cut']
const turns: readonly Place[] = ['orient', 'flip', 'rotate']

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

/** Of the curve of tones what is a straight line, which greys follow as colours do. */
const linear: ReadonlySet<string> = new Set(['brightness', 'contrast', 'gain'])

interface Spot {
  readonly name: string
  readonly step: Place
  readonly at: number
}

/** By name and key of an option: its step, and its place among all options of steps. */
const spots: ReadonlyMap<string, Spot> = new Map<string, Spot>([
  ...eachStep.flatMap(({ name: step, rows }, nth) =>
    Object.entries(rows).flatMap(([name, { key }], row) => {
      const spot = { name, step, at: nth * 100 + row }
      return [[name, spot] as const, [key, spot] as const]
    }),
  ),
  ...['bg', 'background'].map(
    (name) => [name, { name, step: 'background', at: eachStep.length * 100 }] as const,
  ),
])

/**
 * Whether a pass that holds options of these names (or keys) makes the same picture with the `next` ones as if those were
 * done behind it. What is no step's has no order.
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
  if (held.step === 'saturate' && linear.has(next.name)) return true
  return freePairs.has(`${held.step} ${next.step}`)
}
