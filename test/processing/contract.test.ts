// Pictures are processed alike on threads of this process and on a node over HTTP.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Order, Processing } from '../../processing/processing.ts'
import { defaultLimits, identify } from '../../transforms/index.ts'
import * as pictures from '../pictures.ts'
import { never } from '../signals.ts'
import { aPlace, implementations, scripted } from './nodes.ts'

const large = { width: 240, height: 160 }

describe.each(implementations)('processing %s', (_, implementation) => {
  describe('makes pictures', () => {
    const place = aPlace()
    let processing: Processing
    beforeAll(async () => {
      ;({ processing } = await implementation(place, { limits: { ...defaultLimits, maxSourcePixels: 1e6 } }))
    })
    afterAll(place.end)

    const made = (picture: Uint8Array, rest: Partial<Order> = {}) =>
      processing.process(place.order(picture, rest), never)

    test('a JPEG comes back smaller, and the figures say how', async () => {
      const source = await pictures.jpeg(large)
      const { figures, body } = await made(source)
      expect(body.length).toBeLessThan(source.length)
      expect(identify(body)).toMatchObject({ format: 'jpeg', ...large })
      expect(figures).toMatchObject({
        format: 'jpeg',
        type: 'image/jpeg',
        ...large,
        source: { format: 'jpeg', ...large, bytes: source.length },
        result: { format: 'jpeg', ...large },
        report: { sourceBytes: source.length, bytes: body.length, saved: source.length - body.length },
      })
      expect(figures.source.uniqueColours).toBeGreaterThan(3)
      expect(figures.report.tried.length).toBeGreaterThan(0)
      expect(figures.ms).toBeGreaterThan(0)
      expect(figures.waitMs).toBeGreaterThanOrEqual(0)
    })

    test.each([
      ['foreground', true],
      ['background', undefined],
    ] as const)(
      'a search in the %s that the budget ends has stopped early: %s',
      async (priority, stoppedEarly) => {
        const tested = await implementation(place, { budgetMs: 1 })
        const source = await pictures.jpeg({ width: 480, height: 320 })
        const { figures } = await tested.processing.process(
          place.order(source, { optimise: { mode: 'lossy', format: 'webp' }, priority }),
          never,
        )
        expect(figures.report.stoppedEarly).toBe(stoppedEarly)
      },
    )

    test('an edit is done first, and bytes count from the source as it came', async () => {
      const source = await pictures.jpeg(large)
      const { figures, body } = await made(source, { edit: 'w=120&h=120&fit=crop' })
      expect(identify(body)).toMatchObject({ format: 'jpeg', width: 120, height: 120 })
      expect(figures.report.sourceBytes).toBe(source.length)
      expect(figures.report.saved).toBe(source.length - body.length)
    })

    test('an edited picture may become another format', async () => {
      const { figures, body } = await made(await pictures.png(large), {
        edit: 'w=100',
        optimise: { mode: 'lossy', format: 'webp' },
      })
      expect(figures).toMatchObject({ format: 'webp', type: 'image/webp', width: 100 })
      expect(identify(body)).toMatchObject({ format: 'webp', width: 100 })
    })

    test('what lies on its side is upright after an edit', async () => {
      const { body } = await made(await pictures.lying(6, large), { edit: 'w=120' })
      expect(identify(body)).toMatchObject({ width: 120, height: 80, orientation: 1 })
    })

    test('failures keep their kind, their words and the option at fault', async () => {
      const refusal = await made(await pictures.jpeg(), { edit: 'w=-5' }).catch((thrown) => thrown)
      expect(refusal).toMatchObject({
        name: 'Failure',
        kind: 'bad-option',
        message: expect.stringContaining('-5'),
        details: { option: 'w', received: '-5' },
      })
    })

    test.each([
      ['a web page', async () => Buffer.from('<!doctype html><p>Not found'), 'source-unsupported'],
      ['half a picture', async () => (await pictures.jpeg(large)).subarray(0, 400), 'source-broken'],
      ['a picture of too many pixels', () => pictures.png({ width: 1200, height: 1000 }), 'source-too-large'],
    ])('%s is refused', async (_, picture, kind) => {
      await expect(made(await picture())).rejects.toMatchObject({ name: 'Failure', kind })
    })
  })

  describe('keeps order', () => {
    const place = aPlace()
    afterAll(place.end)
    const aProcessing = (options: Parameters<typeof implementation>[1] = {}) =>
      implementation(place, { filename: scripted, ...options })
    const { script, holding } = place

    test('a full queue is busy, and says when to come again', async () => {
      const tested = await aProcessing({ maxWaiting: 2 })
      const first = await holding(tested)
      const all = Array.from({ length: 5 }, () => tested.processing.process(script('1'), never))
      const refused: unknown[] = []
      for (const each of all) each.catch((failure) => refused.push(failure))
      await expect.poll(() => refused.length, { interval: 2 }).toBe(3)
      first.letGo()
      for (const each of refused)
        expect(each).toMatchObject({ kind: 'busy', details: { retryAfterSeconds: expect.any(Number) } })
      expect((await Promise.allSettled(all)).filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
      await first.end
    })

    test('an owner has its share and no more', async () => {
      const tested = await aProcessing({ maxWaitingPerOwner: 1 })
      const { processing } = tested
      const first = await holding(tested)
      const refused: unknown[] = []
      for (let i = 0; i < 3; i++)
        processing.process(script('1', { owner: 'a' }), never).catch((failure) => refused.push(failure))
      const other = processing.process(script('1', { owner: 'b' }), never)
      await expect.poll(() => refused.length, { interval: 2 }).toBe(2)
      for (const each of refused) expect(each).toMatchObject({ kind: 'too-many' })
      first.letGo()
      await expect(other).resolves.toBeDefined()
      await first.end
    })

    test('past the deadline it is late, whether it waits or runs', async () => {
      const tested = await aProcessing({ deadlineMs: 250 })
      const runs = await holding(tested)
      const waits = tested.processing.process(script('1'), never)
      const outcomes = await Promise.allSettled([runs.end, waits])
      runs.letGo()
      for (const each of outcomes) expect(each).toMatchObject({ reason: { kind: 'late' } })
    })

    test('what runs when its client leaves is not waited for, and the worker stays', async () => {
      const { processing, threads } = await aProcessing()
      const leaving = new AbortController()
      const { edit, letGo } = place.aGate()
      const left = processing.process(script(edit), leaving.signal)
      left.catch(() => {})
      await expect.poll(() => threads.load().running, { interval: 2 }).toBe(1)
      leaving.abort()
      await expect(left).rejects.toMatchObject({ name: 'Failure', kind: 'abandoned' })
      letGo()
      await expect(processing.process(script('1'), never)).resolves.toBeDefined()
    })

    test('what waits when its client leaves is taken out of the queue', async () => {
      const tested = await aProcessing()
      const first = await holding(tested)
      const leaving = new AbortController()
      const left = tested.processing.process(script('1'), leaving.signal)
      left.catch(() => {})
      await expect.poll(() => tested.threads.load().waiting, { interval: 2 }).toBe(1)
      leaving.abort()
      await expect(left).rejects.toMatchObject({ kind: 'abandoned' })
      await expect.poll(() => tested.threads.load().waiting, { interval: 2 }).toBe(0)
      expect(tested.threads.load().running).toBe(1)
      first.letGo()
      await first.end
    })

    test('the background waits for the foreground, and each owner has its turn', async () => {
      const tested = await aProcessing()
      // As the one thread ends them: answers over HTTP may overtake each other on their way.
      const order: string[] = []
      const { process } = tested.threads
      Object.assign(tested.threads, {
        process: async (...given: Parameters<typeof process>) => {
          const made = await process(...given)
          order.push(given[0].owner)
          return made
        },
      })
      const first = await holding(tested)
      const done: Promise<unknown>[] = []
      const next = async (owner: string, priority: Order['priority'] = 'foreground') => {
        const waiting = done.length + 1
        done.push(tested.processing.process(script('1', { owner, priority }), never))
        await expect.poll(() => tested.threads.load().waiting, { interval: 1 }).toBe(waiting)
      }
      await next('later', 'background')
      await next('many')
      await next('many')
      await next('many')
      await next('one')
      first.letGo()
      await Promise.all([first.end, ...done])
      expect(order).toEqual(['the first', 'many', 'one', 'many', 'many', 'later'])
    })

    test('whoever has left already starts nothing', async () => {
      const { processing } = await aProcessing()
      const left = processing.process(script('1'), AbortSignal.abort())
      await expect(left).rejects.toMatchObject({ kind: 'abandoned' })
      expect(processing.load()).toMatchObject({ waiting: 0, running: 0 })
    })

    test.each(['die', 'throw', 'grow'])('a worker that must %s fails only its own order', async (end) => {
      const { processing } = await aProcessing({ maxHeapMb: 24 })
      await expect(processing.process(script(end), never)).rejects.toMatchObject({
        name: 'Failure',
        kind: 'internal',
        message: 'The picture could not be made.',
      })
      const after = await Promise.all([1, 2, 3].map((ms) => processing.process(script(String(ms)), never)))
      expect(after.map(({ figures }) => figures.report.chosen)).toEqual(Array(3).fill('scripted'))
    })

    test('after close nothing new starts, and what runs is finished', async () => {
      const tested = await aProcessing()
      const { processing } = tested
      const first = await holding(tested)
      const closed = processing.close()
      await expect(processing.process(script('1'), never)).rejects.toMatchObject({ kind: 'busy' })
      first.letGo()
      await expect(first.end).resolves.toBeDefined()
      await closed
    })
  })
})
