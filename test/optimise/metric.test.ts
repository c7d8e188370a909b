// Our SSIMULACRA2: its bounds, its order, its tiles, its strips, and the scores an independent implementation gave.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createReference, type Pixels, type Reference } from '../../transforms/optimise/metric/index.ts'
import { generated, recoded } from './metric-pictures.ts'

interface Vector {
  readonly picture: 'waves' | 'shapes'
  readonly quality: number
  readonly score: number
}

const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL('../vectors/ssimulacra2.json', import.meta.url), 'utf8'),
).scores

describe('a score', () => {
  let picture: Pixels
  let reference: Reference
  beforeAll(() => {
    picture = generated('waves')
    reference = createReference(picture)
  })
  afterAll(() => reference.release())

  test('of equal pictures is 100, in every tile', () => {
    expect(reference.score(picture.rgb)).toEqual({ score: 100, tiles: { p5: 100, worst: 100 } })
  })

  test('rises with the quality of a JPEG', async () => {
    const scores = []
    for (const quality of [20, 40, 60, 80, 95])
      scores.push(reference.score(await recoded(picture, quality)).score)
    expect(scores).toEqual(scores.toSorted((a, b) => a - b))
    expect(scores[0]).toBeLessThan(60)
    expect(scores[4]).toBeLessThan(100)
  })

  test('of the worst tile is at most that of the fifth percentile', async () => {
    const { tiles } = reference.score(await recoded(picture, 50))
    expect(tiles.worst).toBeLessThanOrEqual(tiles.p5)
  })

  test('sees damage of one corner in its worst tile, where the whole hardly moves', () => {
    const damaged = Uint8Array.from(picture.rgb)
    for (let y = 0; y < 40; y++)
      for (let x = 0; x < 40; x++)
        damaged.fill((x ^ y) & 1 ? 255 : 0, (y * picture.width + x) * 3, (y * picture.width + x) * 3 + 3)
    const { score, tiles } = reference.score(damaged)
    expect(tiles.worst).toBeLessThan(20)
    expect(score).toBeGreaterThan(tiles.worst + 20)
  })

  test('is the same again: nothing is left over from the one before', async () => {
    const other = await recoded(picture, 60)
    const first = reference.score(other)
    reference.score(await recoded(picture, 10))
    expect(reference.score(other)).toEqual(first)
  })
})

test.each(vectors)(
  '$picture at quality $quality scores as the judge says',
  async ({ picture, quality, score }) => {
    const pixels = generated(picture)
    const reference = createReference(pixels)
    const own = reference.score(await recoded(pixels, quality)).score
    reference.release()
    expect(own).toBeCloseTo(score, 1)
  },
)

test('the planes that hardly weigh move a score by less than 0.02 points', async () => {
  const picture = generated('shapes')
  const other = await recoded(picture, 70)
  const [heavy, all] = [createReference(picture), createReference(picture, { terms: 'all' })]
  expect(Math.abs(heavy.score(other).score - all.score(other).score)).toBeLessThan(0.02)
  heavy.release()
  all.release()
})

test('strips of a large picture add up to the score of the whole', async () => {
  const picture = generated('waves', { width: 500, height: 1100 })
  const other = await recoded(picture, 60)
  const [whole, strips] = [createReference(picture), createReference(picture, { stripPixels: 130_000 })]
  const [a, b] = [whole.score(other), strips.score(other)]
  expect(b.score).toBeCloseTo(a.score, 5)
  expect(b.tiles.worst).toBeCloseTo(a.tiles.worst, 3)
  expect(b.tiles.p5).toBeCloseTo(a.tiles.p5, 3)
  whole.release()
  strips.release()
})

test.each([
  [8, 8],
  [9, 31],
  [63, 65],
  [129, 191],
  [193, 7 + 128],
])('a picture of %i by %i has a score', async (width, height) => {
  const picture = generated('waves', { width, height })
  const reference = createReference(picture)
  expect(reference.score(picture.rgb).score).toBe(100)
  const { score } = reference.score(await recoded(picture, 30))
  expect(score).toBeGreaterThan(-200)
  expect(score).toBeLessThan(100)
  reference.release()
})

test('a picture too small for the window, or of other pixels than it says, is refused', () => {
  expect(() => createReference({ rgb: new Uint8Array(7 * 9 * 3), width: 7, height: 9 })).toThrow()
  expect(() => createReference({ rgb: new Uint8Array(5), width: 16, height: 16 })).toThrow()
})

test('memory is used again: a hundred references leave no more than a few instances', () => {
  const picture = generated('waves', { width: 300, height: 300 })
  const before = process.memoryUsage().arrayBuffers
  for (let i = 0; i < 100; i++) createReference(picture).release()
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6)
})
