// What every processor promises of its pictures, its queue, its deadline and its end, whatever is in front of the renders.
import sharp from 'sharp'
import { afterAll, describe, expect, test } from 'vitest'
import type { Facts } from '../../transforms/facts.ts'
import { exact, identify, parse, plan as planFor } from '../../transforms/index.ts'
import type { Plan } from '../../transforms/plan/plan.ts'
import { type Job, type Picture, type Processor, processOne } from '../../transforms/processor.ts'
import type { PoolOptions } from '../../transforms/render/pool.ts'
import * as pictures from '../pictures.ts'
import { never } from '../signals.ts'
import { script } from '../transforms/workers/scripted.ts'

const scripted = new URL('../transforms/workers/scripted.ts', import.meta.url).href

const usual: PoolOptions = { workers: 1, maxWaiting: 10, maxWaitingPerOwner: 10, deadlineMs: 60_000 }

type One = Job & { readonly plan: Plan }

const pictureOf = (processor: Processor, { plan, ...job }: One, signal: AbortSignal) =>
  processOne(processor, job, plan, signal)

const job = (width: number, rest: Partial<One> = {}): One => ({
  source: new Uint8Array(1),
  plan: { width, height: 10 } as Plan,
  facts: {} as Facts,
  priority: 'foreground',
  owner: 'somebody',
  ...rest,
})

/** Keeps the only worker busy while a test fills the queue behind it. */
const busyFor = (processor: Processor, ms: number) => pictureOf(processor, job(ms), never)

/** `open` makes a fresh processor each time it is called; with `filename` its workers do what that script says. */
export function processorContract(name: string, open: (options: PoolOptions) => Processor): void {
  describe(`processor contract: ${name}`, () => {
    const opened: Processor[] = []
    afterAll(() => Promise.all(opened.splice(0).map((processor) => processor.close())))
    const kept = (processor: Processor): Processor => {
      opened.push(processor)
      return processor
    }
    const aProcessor = (options: Partial<PoolOptions> = {}): Processor =>
      kept(open({ ...usual, filename: scripted, ...options }))

    realPictures((options = {}) => kept(open({ ...usual, ...options })))
    queue(aProcessor)
    givingUp(aProcessor)
    failures(aProcessor)
  })
}

type Open = (options?: Partial<PoolOptions>) => Processor

function realPictures(open: Open): void {
  describe('with real pictures', () => {
    test('renders on another thread and hands the bytes over, in memory of their size', async () => {
      const processor = open()
      const bytes = await pictures.jpeg()
      const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
      shared.set(bytes)
      const before = Buffer.from(bytes)
      const facts = identify(bytes)
      const plan = planFor(exact(parse('w=48&fm=webp'), { formats: 'basic', saveData: false }), facts)
      for (const source of [bytes, shared]) {
        const picture = await pictureOf(processor, job(0, { source, plan, facts }), never)
        expect(picture).toMatchObject({ type: 'image/webp', width: 48, height: 32, pages: 1 })
        expect(identify(picture.body)).toMatchObject({ format: 'webp', width: 48, height: 32 })
        expect(picture.body.buffer.byteLength).toBe(picture.body.length)
        expect(picture.renderMs).toBeGreaterThan(0)
        expect(before.equals(source)).toBe(true)
      }
      const gone = pictureOf(
        processor,
        job(0, { source: bytes.subarray(0, bytes.length - 200), plan, facts }),
        never,
      )
      await expect(gone).rejects.toMatchObject({ name: 'Failure', kind: 'source-broken' })
    })

    test('makes several of one source from one decode, each as if it were alone', async () => {
      const bytes = await pictures.jpeg({ width: 900, height: 600 })
      const { source, plans } = several(bytes)
      const decodes: number[] = []
      const alone = open(roomy)
      // Without a version nobody knows that it is the same source.
      const expected = await Promise.all(alone.process(source, plans, never))
      const together = open({ ...roomy, workers: 2, decoded: (times) => decodes.push(times) })
      const made = await Promise.all(together.process({ ...source, version: 'a' }, plans, never))
      for (const [i, { body, type, width, height }] of made.entries()) {
        const own = expected[i] as Picture
        expect({ type, width, height }).toEqual({ type: own.type, width: own.width, height: own.height })
        // Of the hard edges in it a decoder that makes it smaller leaves something else.
        if (width < 300) expect(await psnr(body, own.body)).toBeGreaterThan(30)
        else expect(body.equals(own.body)).toBe(true)
      }
      expect(decodes).toHaveLength(plans.length)
      expect(decodes.reduce((sum, each) => sum + each)).toBe(1)
    })

    test('one of several that fails, and one that nobody waits for any more, leave the others alone', async () => {
      const bytes = await pictures.jpeg({ width: 900, height: 600 })
      const { source, plans } = several(bytes)
      const [first, ...others] = plans as [Plan, ...Plan[]]
      const job = { ...source, version: 'a' }
      const processor = open(roomy)
      const leaving = new AbortController()
      const [wrong] = processor.process(job, [{ ...first, width: 500 }], never)
      const [left] = processor.process(job, [first], leaving.signal)
      const made = processor.process(job, others, never)
      leaving.abort()
      expect(await Promise.allSettled([wrong, left])).toMatchObject([
        { reason: { kind: 'source-broken' } },
        { reason: { kind: 'abandoned' } },
      ])
      expect((await Promise.all(made)).map(({ width }) => width)).toEqual(others.map(({ width }) => width))
    })

    test('a source that is broken is so for each of several', async () => {
      const whole = await pictures.jpeg({ width: 900, height: 600 })
      const { source, plans } = several(whole.subarray(0, whole.length - 3000))
      const made = await Promise.allSettled(open(roomy).process({ ...source, version: 'a' }, plans, never))
      for (const each of made) expect(each).toMatchObject({ reason: { kind: 'source-broken' } })
    })
  })
}

const roomy = { maxWaiting: 100, maxWaitingPerOwner: 100 }

/** Four sizes, two of which much smaller, in three formats. */
function several(bytes: Uint8Array) {
  const facts = identify(bytes)
  const plans = [800, 500, 200, 120].flatMap((width) =>
    ['jpg', 'webp', 'avif'].map((format) =>
      planFor(exact(parse(`w=${width}&fm=${format}`), { formats: 'basic', saveData: false }), facts),
    ),
  )
  const { plan: _, ...rest } = job(0)
  return { source: { ...rest, source: bytes, facts }, plans }
}

async function psnr(one: Uint8Array, other: Uint8Array): Promise<number> {
  const [a, b] = await Promise.all([one, other].map((each) => sharp(each).raw().toBuffer()))
  if (!a || !b || a.length !== b.length) return 0
  const sum = a.reduce((sum, level, i) => sum + (level - (b[i] ?? 0)) ** 2, 0)
  return 10 * Math.log10(255 ** 2 / (sum / a.length))
}

function queue(open: Open): void {
  describe('the queue', () => {
    test('is bounded, and says when to come again', async () => {
      const processor = open({ maxWaiting: 2 })
      const running = [
        busyFor(processor, 60),
        pictureOf(processor, job(10), never),
        pictureOf(processor, job(10), never),
      ]
      expect(processor.load()).toEqual({ waiting: 2, running: 1, workers: 1 })
      const refused = await pictureOf(processor, job(10), never).catch((thrown) => thrown)
      expect(refused).toMatchObject({ kind: 'busy' })
      expect(refused.details.retryAfterSeconds).toBeGreaterThanOrEqual(1)
      await Promise.all(running)
      expect(processor.load()).toEqual({ waiting: 0, running: 0, workers: 1 })
    })

    test('gives an owner its share and no more', async () => {
      const processor = open({ maxWaitingPerOwner: 1 })
      const others = [busyFor(processor, 60), pictureOf(processor, job(10, { owner: 'a' }), never)]
      await expect(pictureOf(processor, job(10, { owner: 'a' }), never)).rejects.toMatchObject({
        kind: 'too-many',
      })
      await Promise.all([...others, pictureOf(processor, job(10, { owner: 'b' }), never)])
    })

    test('does the foreground before the background, each in the order it came', async () => {
      const processor = open()
      const order: string[] = []
      const done = (name: string, priority: Job['priority']) =>
        pictureOf(processor, job(5, { priority }), never).then(() => order.push(name))
      await Promise.all([
        busyFor(processor, 30),
        done('background 1', 'background'),
        done('background 2', 'background'),
        done('foreground 1', 'foreground'),
        done('foreground 2', 'foreground'),
      ])
      expect(order).toEqual(['foreground 1', 'foreground 2', 'background 1', 'background 2'])
    })

    test('settles several pictures of one source one by one, and one that fails leaves the others alone', async () => {
      const { plan, ...source } = job(0)
      const plans = [30, script.fail, 10].map((width) => ({ ...plan, width }))
      const settled: string[] = []
      const made = open().process(source, plans, never)
      await Promise.all(
        made.map((picture) =>
          picture.then(
            ({ width }) => settled.push(String(width)),
            ({ kind }) => settled.push(kind),
          ),
        ),
      )
      expect(settled).toEqual(['30', 'source-broken', '10'])
    })

    test('keeps half of its room for the foreground', async () => {
      const processor = open({ maxWaiting: 2 })
      const first = [busyFor(processor, 40), pictureOf(processor, job(5, { priority: 'background' }), never)]
      const second = pictureOf(processor, job(5, { priority: 'background' }), never)
      await expect(second).rejects.toMatchObject({ kind: 'busy' })
      await Promise.all([...first, pictureOf(processor, job(5), never)])
    })
  })
}

function givingUp(open: Open): void {
  describe('giving up', () => {
    test('work that waits when its client leaves is taken out of the queue', async () => {
      const processor = open()
      const running = busyFor(processor, 60)
      const leaving = new AbortController()
      const left = pictureOf(processor, job(10), leaving.signal)
      leaving.abort()
      await expect(left).rejects.toMatchObject({ kind: 'abandoned' })
      expect(processor.load().waiting).toBe(0)
      await running
    })

    test('work that runs is not waited for, and its worker stays', async () => {
      const processor = open()
      const leaving = new AbortController()
      const left = pictureOf(processor, job(60), leaving.signal)
      leaving.abort()
      await expect(left).rejects.toMatchObject({ kind: 'abandoned' })
      expect(processor.load().running).toBe(1)
      await expect(pictureOf(processor, job(10), never)).resolves.toMatchObject({ width: 10 })
    })

    test('whoever has left already starts nothing', async () => {
      const processor = open()
      await expect(pictureOf(processor, job(10), AbortSignal.abort())).rejects.toMatchObject({
        kind: 'abandoned',
      })
      expect(processor.load().running).toBe(0)
    })

    test('past the deadline both waiting and running work is late', async () => {
      const processor = open({ deadlineMs: 50 })
      const both = [pictureOf(processor, job(200), never), pictureOf(processor, job(10), never)]
      for (const result of await Promise.allSettled(both))
        expect(result).toMatchObject({ status: 'rejected', reason: { kind: 'late' } })
      await expect.poll(() => processor.load()).toMatchObject({ waiting: 0, running: 0 })
    })
  })
}

function failures(open: Open): void {
  describe('failures', () => {
    test('of a render arrive with their kind; a mistake of ours is internal', async () => {
      const processor = open()
      await expect(pictureOf(processor, job(script.fail), never)).rejects.toMatchObject({
        kind: 'source-broken',
      })
      await expect(pictureOf(processor, job(script.throw), never)).rejects.toMatchObject({ kind: 'internal' })
    })

    test('a worker that dies takes only its own job with it and is replaced', async () => {
      const processor = open({ workers: 2 })
      const neighbour = pictureOf(processor, job(100), never)
      await expect(pictureOf(processor, job(script.die), never)).rejects.toMatchObject({ kind: 'internal' })
      await expect(neighbour).resolves.toMatchObject({ width: 100 })
      const after = await Promise.all([10, 20, 30, 40].map((ms) => pictureOf(processor, job(ms), never)))
      expect(after.map(({ width }) => width)).toEqual([10, 20, 30, 40])
    })

    test('after close nothing new starts, and what runs is finished', async () => {
      const processor = open()
      const running = busyFor(processor, 50)
      const waiting = pictureOf(processor, job(10), never)
      const closed = processor.close()
      await expect(waiting).rejects.toMatchObject({ kind: 'busy' })
      await expect(pictureOf(processor, job(10), never)).rejects.toMatchObject({ kind: 'busy' })
      await expect(running).resolves.toMatchObject({ width: 50 })
      await closed
    })
  })
}
