// How colours that belong together are spelled in URLs.
import { type Colour, readColour, writeColour } from './colour.ts'
import { listed } from './kinds.ts'
import type { Kind } from './option-types.ts'

export type TwoColours = readonly [Colour, Colour]

export const twoColours: Kind<TwoColours> = {
  expected: 'two colours, divided by a comma',
  read(text) {
    const [first, second, ...rest] = listed(text).map(readColour)
    return first && second && rest.length === 0 ? [first, second] : undefined
  },
  write: (colours) => colours.map(writeColour).join(','),
}
