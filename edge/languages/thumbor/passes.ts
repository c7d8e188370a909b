// Filters are done in the order of the address. Where our steps have another order, and it would be seen, a further pass begins.
import { isInOrder } from '../../../transforms/index.ts'
import { padded } from '../shared/effects.ts'
import { quarters, turnedAfterwards } from '../shared/pairs.ts'
import { shown } from '../shared/values.ts'
import type { Pairs, Said, Vocabulary } from '../shared/words.ts'
import type { ThumborAsked } from './readers.ts'

/** They act before the picture is sized, wherever they stand. */
const early: ReadonlySet<string> = new Set([
  ...['focal', 'extract_focal', 'stretch', 'no_upscale', 'upscale', 'fill', 'orient', 'trim'],
])

/** The filters of each pass; the first one's are done to the sized picture. */
export function inPassesOf(said: Said, words: Vocabulary<ThumborAsked>): readonly Said[] {
  const passes: { readonly said: Said[number][]; readonly held: string[] }[] = [{ said: [], held: [] }]
  for (const filter of said) {
    const [name, text] = filter
    const keys = early.has(name) ? [] : keysOf(words.get(name)?.read?.(text) ?? {})
    const last = passes.at(-1)
    if (early.has(name)) passes[0]?.said.push(filter)
    else if (last && isInOrder(last.held, keys)) {
      last.said.push(filter)
      last.held.push(...keys)
    } else passes.push({ said: [filter], held: keys })
  }
  return passes.map(({ said }) => said)
}

/** Native options of steps that a filter comes to. */
const keysOf = ({ native = {}, mark, ...asked }: ThumborAsked): string[] => [
  ...Object.keys(native),
  ...Object.keys(upon(asked)),
  ...(mark === undefined ? [] : ['mark']),
]

/** What filters beside native options do to a picture that is made already. */
export const upon = ({ proportion = 1, rotation = 0, padding }: ThumborAsked): Pairs => ({
  ...(proportion < 1 ? { w: shown(proportion) } : {}),
  ...turnedAfterwards(quarters(-rotation)),
  ...(padding ? padded({}, padding) : {}),
})

/** Of what counts for the whole picture the last filter decides. */
export const wholeOf = (asked: readonly ThumborAsked[]): ThumborAsked => Object.assign({}, ...asked)
