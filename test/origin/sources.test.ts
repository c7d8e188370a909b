// A step may need pictures beside the one it is done to. No step of the list does yet, so one that is only here joins it.
import fc from 'fast-check'
import sharp, { type Sharp } from 'sharp'
import { beforeAll, expect, test, vi } from 'vitest'
import { createMemoryStore } from '../../cache/memory.ts'
import { type Caching, cachingOf, together } from '../../origin/caching.ts'
import { createOrigin } from '../../origin/index.ts'
import { surrogateKeys } from '../../purging/index.ts'
import { type Headers, requireHeld } from '../../tier.ts'
import { defaultLimits, identify, parseExactPath, plan, price, revision } from '../../transforms/index.ts'
import type { Job, Processor } from '../../transforms/processor.ts'
import { render } from '../../transforms/render/apply.ts'
import type { SourceName } from '../../transforms/steps/step.ts'
import { createHandover } from '../../work/handover.ts'
import * as pictures from '../pictures.ts'
import { aSignal } from '../signals.ts'

vi.mock('../../transforms/steps/list.ts', async (original) => {
  const { steps } = await original<typeof import('../../transforms/steps/list.ts')>()
  const { effectOf } = await import('../../transforms/steps/step.ts')
  const stamp = effectOf<SourceName>()({
    name: 'stamp',
    rows: {
      stamp: {
        key: 'stamp',
        kind: {
          expected: 'source/path',
          read: (text: string): SourceName | undefined => {
            const [source, path] = text.split('/')
            return source && path ? { source, path } : undefined
          },
          write: ({ source, path }: SourceName) => `${source}/${path}`,
        },
        section: 'Effects',
        about: 'Lies in the upper left corner.',
      },
    },
    exact: ({ stamp }) => ({ stamp }),
    value: ({ stamp }) => stamp,
    sources: ({ stamp }) => (stamp ? [stamp] : []),
    rates: {},
    work: () => ({}),
  })
  return { steps: [...steps, stamp] }
})

vi.mock('../../transforms/render/steps/effects.ts', async (original) => {
  const { effects } = await original<typeof import('../../transforms/render/steps/effects.ts')>()
  const stamp = (image: Sharp, _: unknown, { further: [input] }: { further: readonly Uint8Array[] }) =>
    image.composite([{ input: Buffer.from(input ?? []), left: 0, top: 0 }])
  return { effects: { ...effects, stamp } }
})

let photo: Buffer
let dot: Buffer
beforeAll(async () => {
  photo = await pictures.png()
  dot = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#fff' } })
    .png()
    .toBuffer()
})

const path = `/photos/cat.png?fm=png&stamp=logos/dot.png&rev=${revision}`

function anOrigin(said: { version?: string; headers?: Headers } = {}) {
  const jobs: Job[] = []
  const process: Processor['process'] = (job, plans) => {
    jobs.push(job)
    const further = (job.further ?? []).map((each) => each as Uint8Array)
    return plans.map(async (each) => {
      const made = await render(job.source as Uint8Array, each, { facts: job.facts, further })
      return { ...made, body: Buffer.from(made.body), renderMs: 1 }
    })
  }
  const { version = 'dot one', headers = {} } = said
  const source = (bytes: () => Buffer, version: string, headers: Headers) => ({
    load: async () => ({ version, caching: cachingOf(headers, 0, 500), read: async () => bytes() }),
  })
  const origin = createOrigin({
    loaders: new Map([
      ['photos', source(() => photo, 'photo one', {})],
      ['logos', source(() => dot, version, headers)],
    ]),
    processor: { process, load: () => ({ waiting: 0, running: 0, workers: 1 }), close: async () => {} },
    handover: createHandover(),
    results,
    limits: defaultLimits,
    freshness: {
      browserSeconds: 1e6,
      cdnSeconds: 1e6,
      staleWhileRevalidateSeconds: 0,
      staleIfErrorSeconds: 0,
    },
  })
  const get = async (at = path) =>
    requireHeld(await origin.answer({ path: at, headers: {}, signal: aSignal() }))
  return { jobs, get }
}

const results = createMemoryStore({ maxBytes: 1e7 })

test('all its sources reach the worker, and are seen in the picture', async () => {
  const { jobs, get } = anOrigin()
  const { status, body } = await get()
  expect([status, jobs.length, jobs[0]?.further?.length]).toEqual([200, 1, 1])
  expect([...(await sharp(body).removeAlpha().raw().toBuffer()).subarray(0, 3)]).toEqual([255, 255, 255])
})

test('a kept result is that of all of them: one that changes makes a new picture', async () => {
  const same = anOrigin()
  await same.get()
  expect(same.jobs).toEqual([])
  const changed = anOrigin({ version: 'dot two' })
  await changed.get()
  expect(changed.jobs).toHaveLength(1)
})

test('it can be purged by each of them', async () => {
  const { headers } = await anOrigin().get()
  expect(headers['surrogate-key']).toBe(
    `${surrogateKeys('photos', 'cat.png')} ${surrogateKeys('logos', 'dot.png')}`,
  )
})

test('it lives no longer than any of them', async () => {
  const { headers } = await anOrigin({ headers: { 'cache-control': 'max-age=7' } }).get()
  expect(headers['cache-control']).toContain('max-age=7')
  const kept = await anOrigin({ version: 'dot three', headers: { 'cache-control': 'private' } }).get()
  expect(kept.headers['cdn-cache-control']).toBe('no-store')
})

test('one that is not there fails as it would by itself', async () => {
  const { status } = await anOrigin().get(path.replace('logos', 'nowhere'))
  expect(status).toBe(404)
})

test('each is priced, admitted, and no picture with them is answered by own bytes', () => {
  const { spec } = parseExactPath(path)
  const [facts, further] = [identify(photo), identify(dot)]
  const [one, two] = [
    plan(spec, facts, [further]),
    plan(spec, facts, [{ ...further, width: 4000, height: 3000 }]),
  ]
  expect(price(two, facts)).toBeGreaterThan(price(one, facts) + 50)
  expect(one.source).toBeUndefined()
})

const headersOf = fc.record({
  'cache-control': fc.constantFrom(
    'max-age=60',
    'max-age=9',
    'no-cache',
    'no-store',
    'private',
    'must-revalidate',
  ),
  age: fc.nat(20).map(String),
})

test('together, terms are as short as the shortest and as forbidding as any', () => {
  fc.assert(
    fc.property(fc.array(headersOf, { minLength: 1, maxLength: 4 }), (said) => {
      const [first, ...rest] = said.map((headers) => cachingOf(headers, 0, 500))
      if (!first) return
      const all = together([first, ...rest])
      const left = ({ shared, ageSeconds }: Caching) => Math.max(0, shared.freshSeconds - ageSeconds)
      const least = Math.min(...[first, ...rest].map(left))
      expect(left(all)).toBe(least)
      for (const word of ['noStore', 'private', 'noCache', 'mustRevalidate'] as const)
        expect(all.shared[word]).toBe([first, ...rest].some(({ shared }) => shared[word]))
    }),
  )
})
