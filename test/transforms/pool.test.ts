import { afterEach, describe, expect, test } from 'vitest'
import type { Facts } from '../../transforms/facts.ts'
import { exact, identify, parse, plan as planFor } from '../../transforms/index.ts'
import type { Plan } from '../../transforms/plan/plan.ts'
import type { Job, Processor } from '../../transforms/processor.ts'
import { createPool, type PoolOptions } from '../../transforms/render/pool.ts'
import * as pictures from '../pictures.ts'
import { script } from './workers/scripted.ts'

const scripted = new URL('./workers/scripted.ts', import.meta.url).href
const never = new AbortController().signal
const pools: Processor[] = []
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()))
})

function aPool(options: Partial<PoolOptions> = {}): Processor {
  const pool = createPool({
    workers: 1,
    maxWaiting: 10,
    maxWaitingPerOwner: 10,
    deadlineMs: 60_000,
    filename: scripted,
    ...options,
  })
  pools.push(pool)
  return pool
}

const job = (width: number, rest: Partial<Job> = {}): Job => ({
  source: new Uint8Array(1),
  plan: { width, height: 10 } as Plan,
  facts: {} as Facts,
  priority: 'foreground',
  owner: 'somebody',
  ...rest,
})

/** Keeps the only worker busy while a test fills the queue behind it. */
const busyFor = (pool: Processor, ms: number) => pool.process(job(ms), never)

describe('with real pictures', () => {
  test('renders on another thread and hands the bytes over', async () => {
    const { filename: _, ...options } = {
      filename: '',
      workers: 1,
      maxWaiting: 4,
      maxWaitingPerOwner: 4,
      deadlineMs: 60_000,
    }
    const pool = createPool(options)
    pools.push(pool)
    const bytes = await pictures.jpeg()
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
    shared.set(bytes)
    const plan = planFor(
      exact(parse('w=48&fm=webp'), { formats: 'basic', saveData: false }),
      identify(shared),
    )
    for (const source of [bytes, shared]) {
      const picture = await pool.process(job(0, { source, plan, facts: identify(source) }), never)
      expect(picture).toMatchObject({ type: 'image/webp', width: 48, height: 32, pages: 1 })
      expect(identify(picture.body)).toMatchObject({ format: 'webp', width: 48, height: 32 })
      expect(picture.renderMs).toBeGreaterThan(0)
    }
    const gone = pool.process(job(0, { source: bytes.subarray(0, bytes.length - 200), plan }), never)
    await expect(gone).rejects.toMatchObject({ name: 'Failure', kind: 'source-broken' })
  })
})

describe('the queue', () => {
  test('is bounded, and says when to come again', async () => {
    const pool = aPool({ maxWaiting: 2 })
    const running = [busyFor(pool, 60), pool.process(job(10), never), pool.process(job(10), never)]
    expect(pool.load()).toEqual({ waiting: 2, running: 1, workers: 1 })
    const refused = await pool.process(job(10), never).catch((thrown) => thrown)
    expect(refused).toMatchObject({ kind: 'busy' })
    expect(refused.details.retryAfterSeconds).toBeGreaterThanOrEqual(1)
    await Promise.all(running)
    expect(pool.load()).toEqual({ waiting: 0, running: 0, workers: 1 })
  })

  test('gives an owner its share and no more', async () => {
    const pool = aPool({ maxWaitingPerOwner: 1 })
    const others = [busyFor(pool, 60), pool.process(job(10, { owner: 'a' }), never)]
    await expect(pool.process(job(10, { owner: 'a' }), never)).rejects.toMatchObject({ kind: 'too-many' })
    await Promise.all([...others, pool.process(job(10, { owner: 'b' }), never)])
  })

  test('does the foreground before the background, each in the order it came', async () => {
    const pool = aPool()
    const order: string[] = []
    const done = (name: string, priority: Job['priority']) =>
      pool.process(job(5, { priority }), never).then(() => order.push(name))
    await Promise.all([
      busyFor(pool, 30),
      done('background 1', 'background'),
      done('background 2', 'background'),
      done('foreground 1', 'foreground'),
      done('foreground 2', 'foreground'),
    ])
    expect(order).toEqual(['foreground 1', 'foreground 2', 'background 1', 'background 2'])
  })

  test('keeps half of its room for the foreground', async () => {
    const pool = aPool({ maxWaiting: 2 })
    const first = [busyFor(pool, 40), pool.process(job(5, { priority: 'background' }), never)]
    const second = pool.process(job(5, { priority: 'background' }), never)
    await expect(second).rejects.toMatchObject({ kind: 'busy' })
    await Promise.all([...first, pool.process(job(5), never)])
  })
})

describe('giving up', () => {
  test('work that waits when its client leaves is taken out of the queue', async () => {
    const pool = aPool()
    const running = busyFor(pool, 60)
    const leaving = new AbortController()
    const left = pool.process(job(10), leaving.signal)
    leaving.abort()
    await expect(left).rejects.toMatchObject({ kind: 'abandoned' })
    expect(pool.load().waiting).toBe(0)
    await running
  })

  test('work that runs is not waited for, and its worker stays', async () => {
    const pool = aPool()
    const leaving = new AbortController()
    const left = pool.process(job(60), leaving.signal)
    leaving.abort()
    await expect(left).rejects.toMatchObject({ kind: 'abandoned' })
    expect(pool.load().running).toBe(1)
    await expect(pool.process(job(10), never)).resolves.toMatchObject({ width: 10 })
  })

  test('whoever has left already starts nothing', async () => {
    const pool = aPool()
    await expect(pool.process(job(10), AbortSignal.abort())).rejects.toMatchObject({ kind: 'abandoned' })
    expect(pool.load().running).toBe(0)
  })

  test('past the deadline both waiting and running work is late', async () => {
    const pool = aPool({ deadlineMs: 50 })
    const both = [pool.process(job(200), never), pool.process(job(10), never)]
    for (const result of await Promise.allSettled(both))
      expect(result).toMatchObject({ status: 'rejected', reason: { kind: 'late' } })
    await expect.poll(() => pool.load()).toMatchObject({ waiting: 0, running: 0 })
  })
})

describe('failures', () => {
  test('of a render arrive with their kind; a mistake of ours is internal', async () => {
    const pool = aPool()
    await expect(pool.process(job(script.fail), never)).rejects.toMatchObject({ kind: 'source-broken' })
    await expect(pool.process(job(script.throw), never)).rejects.toMatchObject({ kind: 'internal' })
  })

  test('a worker that dies takes only its own job with it and is replaced', async () => {
    const pool = aPool({ workers: 2 })
    const neighbour = pool.process(job(100), never)
    await expect(pool.process(job(script.die), never)).rejects.toMatchObject({ kind: 'internal' })
    await expect(neighbour).resolves.toMatchObject({ width: 100 })
    const after = await Promise.all([10, 20, 30, 40].map((ms) => pool.process(job(ms), never)))
    expect(after.map(({ width }) => width)).toEqual([10, 20, 30, 40])
  })

  test('after close nothing new starts, and what runs is finished', async () => {
    const pool = aPool()
    const running = busyFor(pool, 50)
    const waiting = pool.process(job(10), never)
    const closed = pool.close()
    await expect(waiting).rejects.toMatchObject({ kind: 'busy' })
    await expect(pool.process(job(10), never)).rejects.toMatchObject({ kind: 'busy' })
    await expect(running).resolves.toMatchObject({ width: 50 })
    await closed
    pools.length = 0
  })
})
