// Adds to red, green and blue, to each its own amount.
import { percentages } from '../options/kinds-colour.ts'
import { pointEffectOf } from './step.ts'

/** Its value is how much of the whole range is added to red, green and blue, -100 to 100 percent. */
export type Balance = readonly [red: number, green: number, blue: number]

export const balance = pointEffectOf<Balance>()({
  name: 'balance',
  rows: {
    balance: {
      key: 'balance',
      kind: percentages,
      section: 'Colour',
      default: [0, 0, 0],
      about:
        'Colour balance: parts of the range from none to all, in percent, that are added to red, green and blue (`10,0,-10` is warmer).',
      example: { value: '25,0,-25' },
    },
  },
  exact: ({ balance }) => ({ balance: balance?.some((amount) => amount !== 0) ? balance : undefined }),
  value: ({ balance }) => balance,
  colours: ([red, green, blue]) => red !== green || green !== blue,
  rates: { balance: 12 },
  work: (_, { made }) => ({ balance: made }),
})
