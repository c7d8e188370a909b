// One budget of cores: who starts next, and how many at most.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCores, type LineName } from '../../work/cores.ts'
import type { Priority } from '../../work/queue.ts'
import { createTurns } from '../../work/turns.ts'

interface Piece {
  readonly name: string
  readonly priority: Priority
  readonly owner: string
}

/** Renders and optimising on one budget; each piece of work runs until it is finished by its name. */
function aProcess(total: number) {
  const cores = createCores(total)
  const started: string[] = []
  const running = new Map<string, () => void>()
  const line = (name: LineName) =>
    createTurns<Piece, string>(
      { workers: total, maxWaiting: 1000, maxWaitingPerOwner: 1000, deadlineMs: 60_000, cores, line: name },
      (piece) => {
        started.push(piece.name)
        const { promise, resolve } = Promise.withResolvers<string>()
        running.set(piece.name, () => resolve(piece.name))
        return promise
      },
    )
  const lines = { renders: line('renders'), api: line('api') }
  const pending: Promise<string>[] = []
  return {
    cores,
    started,
    running,
    ask: (name: LineName, piece: string, priority: Priority = 'foreground') =>
      void pending.push(
        lines[name].take({ name: piece, priority, owner: 'one' }, new AbortController().signal),
      ),
    async finish(piece: string): Promise<void> {
      running.get(piece)?.()
      running.delete(piece)
      await new Promise(setImmediate)
    },
    async end(): Promise<void> {
      while (running.size > 0) for (const piece of [...running.keys()]) await this.finish(piece)
      await Promise.all(pending)
    },
  }
}

test('renders and optimising share the cores: two cores never have four pictures in work', async () => {
  const process = aProcess(2)
  process.ask('renders', 'r1')
  process.ask('api', 'a1')
  process.ask('renders', 'r2')
  process.ask('api', 'a2')
  expect(process.started).toEqual(['r1', 'a1'])
  await process.finish('a1')
  expect(process.started).toEqual(['r1', 'a1', 'r2'])
  await process.finish('r1')
  expect(process.started).toEqual(['r1', 'a1', 'r2', 'a2'])
  await process.end()
})

test('foreground renders go first, then what the API is asked for, then the background of both', async () => {
  const process = aProcess(1)
  process.ask('renders', 'running')
  process.ask('api', 'api background', 'background')
  process.ask('renders', 'render background', 'background')
  process.ask('api', 'api')
  process.ask('renders', 'render')
  await process.end()
  expect(process.started).toEqual(['running', 'render', 'api', 'render background', 'api background'])
})

test('where optimising holds every core, one render starts all the same, and no second one', async () => {
  const process = aProcess(2)
  process.ask('api', 'a1')
  process.ask('api', 'a2')
  process.ask('renders', 'background', 'background')
  process.ask('renders', 'r1')
  process.ask('renders', 'r2')
  expect(process.started).toEqual(['a1', 'a2', 'r1'])
  await process.finish('r1')
  expect(process.started.at(-1)).toBe('r2')
  await process.end()
})

test('renders without end leave the API a turn now and then', async () => {
  const process = aProcess(1)
  process.ask('renders', 'r0')
  process.ask('api', 'a')
  for (let i = 1; i < 30; i++) process.ask('renders', `r${i}`)
  await process.end()
  expect(process.started.indexOf('a')).toBe(9)
})

test('who could go on for longer is told that somebody waits', async () => {
  const process = aProcess(1)
  process.ask('api', 'a', 'background')
  expect(process.cores.isWanted()).toBe(false)
  process.ask('api', 'b', 'background')
  expect(process.cores.isWanted()).toBe(true)
  await process.end()
  expect(process.cores.isWanted()).toBe(false)
})

test('whatever comes and ends: at most one more than there are cores, and none is idle while something waits', async () => {
  const piece = fc.record({
    line: fc.constantFrom<LineName>('renders', 'api'),
    priority: fc.constantFrom<Priority>('foreground', 'background'),
    ends: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(piece, { maxLength: 40 }),
      async (total, pieces) => {
        const process = aProcess(total)
        for (const [i, { line, priority, ends }] of pieces.entries()) {
          process.ask(line, `${line} ${i}`, priority)
          const [oldest] = process.running.keys()
          if (ends && oldest !== undefined) await process.finish(oldest)
          expect(process.running.size).toBeLessThanOrEqual(total + 1)
          if (process.running.size < total) expect(process.cores.isWanted()).toBe(false)
        }
        await process.end()
        expect(process.started.length).toBe(pieces.length)
      },
    ),
  )
})
