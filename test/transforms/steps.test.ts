// Every step of the list is a whole step: what its options ask for is planned, priced, in the key, and seen. Whoever adds
// a step adds a vector with it, and everything here speaks of it.
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { changesNothing } from '../../processing/edit.ts'
import {
  canonical,
  exact,
  type Facts,
  furtherSources,
  identify,
  parse,
  plan,
  unknownKeys,
} from '../../transforms/index.ts'
import { isUntouched } from '../../transforms/plan/choices.ts'
import type { Plan } from '../../transforms/plan/plan.ts'
import { price } from '../../transforms/price.ts'
import { render } from '../../transforms/render/apply.ts'
import { eachStep, type StepName, stepsIn } from '../../transforms/steps/index.ts'
import * as pictures from '../pictures.ts'
import options from '../vectors/options.json' with { type: 'json' }

let source: Buffer
let facts: Facts
/** Stands for every picture that a step needs beside the source. */
let logo: Buffer
beforeAll(async () => {
  logo = await pictures.png({ width: 20, height: 12 })
  source = await pictures.jpeg({ width: 96, height: 65 })
  facts = identify(source)
})

const specOf = (query: string) => exact(parse(query), { formats: 'basic', saveData: false })
const furtherOf = (query: string) => furtherSources(specOf(query)).map(() => logo)
const planOf = (query: string): Plan => plan(specOf(query), facts, furtherOf(query).map(identify))

/** The vectors that ask for a step, the plainest first. */
const queriesOf = (name: StepName): string[] =>
  options.accepted
    .filter((vector) => !('client' in vector) && !/fm=|auto=|placeholder=|palette=/.test(vector.query))
    .map(({ query }) => query)
    .filter((query) => stepsIn(planOf(query)).includes(name))
    .toSorted((a, b) => a.length - b.length)

const without = (name: StepName, { [name]: _, ...rest }: Plan): Plan => rest as Plan

const rawOf = async (query: string) => {
  const { body, width, height } = await render(source, planOf(query), { further: furtherOf(query) })
  return { width, height, pixels: await sharp(body).raw().toBuffer() }
}

describe.each(eachStep.map((step) => [step.name, step] as const))('%s', (name, step) => {
  test('is asked for by a vector of its own', () => {
    expect(queriesOf(name)).not.toEqual([])
  })

  test('is in the key and in what the plan tells of itself', () => {
    for (const query of queriesOf(name)) {
      expect(canonical(specOf(query))).not.toBe(canonical({}))
      expect(JSON.stringify(planOf(query))).toContain(`"${name}":`)
    }
  })

  test('changes the price, and adds to it wherever it counts work', () => {
    const queries = queriesOf(name)
    for (const query of queries) expect(price(planOf(query), facts)).not.toBe(price(planOf(''), facts))
    const adds = queries.some((query) => {
      const made = planOf(query)
      return price(made, facts) > price(without(name, made), facts)
    })
    expect(adds || Object.keys(step.rates).length === 0).toBe(true)
  })

  test("is never answered with the source's own bytes, with or without q=auto, nor taken for no edit", () => {
    for (const query of queriesOf(name)) {
      expect(planOf(query).source).toBeUndefined()
      const searched = planOf(`${query}&q=auto`)
      expect([searched.source, isUntouched(facts, searched)]).toEqual([undefined, false])
      if (furtherOf(query).length > 0) expect(() => changesNothing(query, facts)).toThrow(/names no other/)
      else if (unknownKeys(query).length === 0 && !/(^|&)(q|lossless)(64)?=/i.test(query))
        expect(changesNothing(query, facts)).toBe(false)
    }
  })

  test('shows in the pixels', async ({ skip }) => {
    // Its test is that of the faces, on a picture that has one.
    if (name === 'veil') skip('no face is drawn here: see steps-faces.test.ts')
    const [query = ''] = queriesOf(name)
    expect(await rawOf(`${query}&fm=png`)).not.toEqual(await rawOf('fm=png'))
    expect(await rawOf(`${query}&q=auto`)).not.toEqual(await rawOf('q=auto'))
  })
})

describe('px', () => {
  test('makes blocks of one colour from the upper left corner on, cut off where the picture ends', async () => {
    const { width, pixels } = await rawOf('px=20&fm=png')
    const channels = pixels.length / (96 * 65)
    const at = (x: number, y: number) => [...pixels.subarray((y * width + x) * channels).subarray(0, 3)]
    for (const [x, y] of [
      [0, 0],
      [40, 20],
      [80, 60],
    ] as const)
      for (const [right, down] of [
        [15, 0],
        [0, 4],
        [15, 4],
      ] as const)
        expect(at(x + right, y + down)).toEqual(at(x, y))
    expect(at(39, 0)).not.toEqual(at(40, 0))
  })

  test('is done to each frame of an animation alone', async () => {
    const film = await pictures.animatedGif()
    const asked = plan(specOf('px=10&fm=webp&lossless=1'), identify(film))
    const still = plan(specOf('px=10&fm=webp&lossless=1&frame=1'), identify(film))
    const raw = (bytes: Uint8Array, page: number) => sharp(bytes, { page }).removeAlpha().raw().toBuffer()
    const [moving, first] = [await render(film, asked), await render(film, still)]
    expect(moving.pages).toBeGreaterThan(1)
    expect(await raw(moving.body, 0)).toEqual(await raw(first.body, 0))
  })

  test('counts a colour as much as it is opaque', async () => {
    const half = await sharp(Buffer.from([255, 0, 0, 255, 0, 0, 255, 0]), {
      raw: { width: 2, height: 1, channels: 4 },
    })
      .png()
      .toBuffer()
    const { body } = await render(half, plan(specOf('px=2&fm=png'), identify(half)))
    expect([...(await sharp(body).ensureAlpha().raw().toBuffer())]).toEqual([255, 0, 0, 128, 255, 0, 0, 128])
  })
})
