// Operations run from left to right. What one pass of our steps does not come to, or would do in another order, begins a
// further pass upon the result so far.
import { asFailure, Failure } from '../../../errors.ts'
import { isInOrder, type Options } from '../../../transforms/index.ts'
import { apply } from './operations.ts'
import type { Operation } from './path.ts'
import { start, type UploadcareState } from './state.ts'
import { stepsOf } from './steps.ts'

export type Passes = readonly UploadcareState[]

/** Throws 'bad-option' for what no order of passes comes to. */
export function withOperation(passes: Passes, operation: Operation): Passes {
  const last = passes.at(-1) ?? start
  const later = () => [...passes, apply(further(last), operation)]
  try {
    const next = apply(last, operation)
    return isBehind(last, next) ? [...passes.slice(0, -1), next] : later()
  } catch (thrown) {
    if (asFailure(thrown).kind !== 'bad-option' || last.face || isFresh(last)) throw thrown
    return afresh(later, thrown)
  }
}

/** What the operation is refused for is told as if it stood where it does. */
function afresh(later: () => Passes, thrown: unknown): Passes {
  try {
    return later()
  } catch {
    throw thrown
  }
}

/** Settings count for all that follows; nothing has been done yet. */
const further = ({
  stretch,
  fill,
  lettering,
  format,
  isVideo,
  isProgressive,
  quality,
  as,
}: UploadcareState) => ({
  ...start,
  ...{ stretch, lettering, format, isVideo, isProgressive, quality },
  ...(fill && { fill }),
  ...(as && { as }),
})

const isFresh = (state: UploadcareState): boolean => Object.keys(stepsOf(state)).length === 0

/** Whether what is new in `next` may be done at its own place among the steps. */
function isBehind(last: UploadcareState, next: UploadcareState): boolean {
  if (next === last || next.face) return true
  const [before, after] = [stepsOf(last), stepsOf(next)]
  const isNew = (name: keyof Options) => JSON.stringify(before[name]) !== JSON.stringify(after[name])
  const changed = (Object.keys(after) as (keyof Options)[]).filter(isNew)
  const held = Object.keys({ ...last.effects, ...last.colours }).filter(
    (name) => !changed.includes(name as keyof Options),
  )
  return isInOrder(held, changed)
}

/** The first pass's steps, and those of the others; each does something. */
export function stepsOfPasses(passes: Passes): Options {
  const pending = passes.find(({ face, sizing }) => face && !sizing)
  if (pending)
    throw new Failure('bad-option', 'crop/face needs a size behind it: scale_crop, or a ratio and one side', {
      option: 'crop',
    })
  const [first = {}, ...others] = passes.map(stepsOf).filter((steps) => Object.keys(steps).length > 0)
  return others.length > 0 ? { ...first, passes: others } : first
}
