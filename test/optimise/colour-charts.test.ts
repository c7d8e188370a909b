// The optimiser keeps to the colours of its source, whichever format it makes of it.
import { describe, expect, test } from 'vitest'
import { optimise } from '../../transforms/optimise/index.ts'
import { chart, differenceFrom, shown } from '../transforms/colour-charts.ts'

/** One of each kind: a matrix, a table, grey with 8 and 16 bits, inks, code points, high dynamic range. */
const names = [
  'plain-16.png',
  'prophoto.jpg',
  'lut-v4.png',
  'table-16.png',
  'grey-dot-gain.jpg',
  'grey-dot-gain-16.png',
  'grey-linear-16.png',
  'inks.jpg',
  'cicp-2020.png',
  'gama-linear.png',
  'pq-10.avif',
]

describe.each(names)('%s', (name) => {
  // In its own format it may stay as it is, code points and all.
  const others = (['jpeg', 'webp', 'avif'] as const).filter((format) => !name.endsWith(format))

  test.each(others)('becomes %s of the same colours', async (format) => {
    const { body } = await optimise(chart(name), { mode: 'quality', quality: 90, format })
    const { mean, worst } = differenceFrom(name, await shown(Buffer.from(body)), 'srgb')
    expect(mean).toBeLessThanOrEqual(2)
    // Lossy as it was asked for, beside what was lost in colour.
    expect(worst).toBeLessThanOrEqual(6)
  })
})
