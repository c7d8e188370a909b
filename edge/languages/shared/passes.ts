// Passes of a language as native options: those of the first and of the whole picture, and `then` for the others.
import { chainKey, isOfPass } from '../../../transforms/index.ts'
import type { Pairs } from './words.ts'

/** Of what counts for the whole picture the last pass decides. `dpr` is the whole's. */
export function inPasses(passes: readonly Pairs[]): Pairs {
  const [first = {}, ...others] = passes.filter((pairs) => Object.keys(pairs).length > 0)
  const whole = others.map((pairs) => only(pairs, (key) => !isStep(key)))
  const then = others
    .map((pairs) => only(pairs, isStep))
    .filter((pairs) => Object.keys(pairs).length > 0)
    .map(written)
    .join(`;${chainKey}=`)
  return Object.assign({}, first, ...whole, then === '' ? {} : { [chainKey]: then })
}

const isStep = (key: string): boolean => isOfPass(key) && key !== 'dpr'

const only = (pairs: Pairs, isKept: (key: string) => boolean): Pairs =>
  Object.fromEntries(Object.entries(pairs).filter(([key]) => isKept(key)))

const written = (pairs: Pairs): string =>
  Object.entries(pairs)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join(';')
