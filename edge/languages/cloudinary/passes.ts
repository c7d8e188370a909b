// Components and layers run from left to right. What no single pass of our steps comes to begins another one.

import { asFailure } from '../../../errors.ts'
import { isInOrder, isOfPass } from '../../../transforms/index.ts'
import type { Pairs } from '../shared/words.ts'
import { append, type Chain, pairsOf, start } from './chain.ts'
import type { CloudinaryAsked } from './words.ts'

interface Pass {
  readonly chain: Chain
  /** Upon the result: a picture, then a text. */
  readonly layers: Pairs
}

export type Passes = readonly Pass[]

export const noPasses: Passes = [{ chain: start, layers: {} }]

const fresh: Pass = { chain: start, layers: {} }
const lastOf = (passes: Passes): Pass => passes.at(-1) ?? fresh
const withLast = (passes: Passes, last: Pass): Passes => [...passes.slice(0, -1), last]

/** Throws 'bad-option' for what no order of passes comes to. */
export function withComponent(passes: Passes, asked: CloudinaryAsked): Passes {
  const last = lastOf(passes)
  if (isBehind(last, asked)) return [...passes, { ...fresh, chain: append(start, asked) }]
  try {
    return withLast(passes, { ...last, chain: append(last.chain, asked) })
  } catch (thrown) {
    // The first size of the source is none of a later picture.
    if (asFailure(thrown).kind !== 'bad-option' || asked.isInitial || last.chain === start) throw thrown
    return [...passes, { ...fresh, chain: append(start, asked) }]
  }
}

/** Whether it changes what a layer was laid on, or would be done at another place of our order than behind all others. */
function isBehind({ chain, layers }: Pass, asked: CloudinaryAsked): boolean {
  const { w, h, aspect, mode, angle, degrees, native = {} } = asked
  const next = [
    ...Object.keys(native).filter((key) => isOfPass(key) && key !== 'dpr'),
    ...([w, h, aspect, mode].some((each) => each !== undefined) ? ['w'] : []),
    ...([angle, degrees].some((each) => each !== undefined) ? ['rot'] : []),
  ]
  if (Object.keys(layers).length > 0) return next.length > 0
  // A background is behind the whole, wherever it is said last.
  const named = next.filter((key) => key !== 'bg')
  return !isInOrder(Object.keys(chain.effects), named)
}

/** A text lies upon a picture: the other way round, and of two alike, it is another pass. */
export function withLayer(passes: Passes, layer: Pairs): Passes {
  const last = lastOf(passes)
  const { mark, txt } = last.layers
  const isFree = txt === undefined && (layer.txt !== undefined || mark === undefined)
  return isFree
    ? withLast(passes, { ...last, layers: { ...last.layers, ...layer } })
    : [...passes, { ...fresh, layers: layer }]
}

export const pairsOfPasses = (passes: Passes): readonly Pairs[] =>
  passes.map(({ chain, layers }) => ({ ...pairsOf(chain), ...layers }))
