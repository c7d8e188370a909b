// One better answer at a time, only while nobody waits, and never at the cost of what is there.
import { afterEach, expect, test, vi } from 'vitest'
import { Failure } from '../../../errors.ts'
import {
  type Candidate,
  createImprover,
  type Improved,
  type Improver,
  type ImproverEvent,
  type ImproverOptions,
} from '../../../origin/improving/index.ts'

const improvers: Improver[] = []
afterEach(() => Promise.all(improvers.splice(0).map((improver) => improver.close())))

const better: Improved = { outcome: 'better', before: 100, after: 80 }
const one = (path: string): Candidate => ({ path, by: 'effort', bytes: 1000, costMs: 100 })

/** Each piece of work runs until it is finished by hand. */
function anImprover(options: Partial<ImproverOptions> = {}) {
  const began: string[] = []
  const events: ImproverEvent[] = []
  const ends: ((with_: Improved | Promise<Improved>) => void)[] = []
  const improver = createImprover({
    isQuiet: () => true,
    share: 1,
    cores: 2,
    now: () => 0,
    observe: (event) => events.push(event),
    improve: (path) => {
      began.push(path)
      const { promise, resolve } = Promise.withResolvers<Improved>()
      ends.push(resolve)
      return promise
    },
    ...options,
  })
  improvers.push(improver)
  const finish = async (ending: Improved | Promise<Improved> = better): Promise<void> => {
    ends.shift()?.(ending)
    await new Promise(setImmediate)
  }
  return { improver, began, events, finish }
}

test('one at a time; meanwhile the most used comes first', async () => {
  const { improver, began, events, finish } = anImprover()
  improver.note(one('/first'), 1)
  improver.note(one('/rare'), 1)
  improver.note(one('/hot'), 9)
  expect(began).toEqual(['/first'])
  expect(improver.waiting()).toBe(2)
  await finish()
  expect(began).toEqual(['/first', '/hot'])
  await finish({ outcome: 'gone' })
  await finish(Promise.reject(new Failure('source-failed', 'gone away')))
  expect(events).toEqual([{ outcome: 'better', savedBytes: 20 }, { outcome: 'gone' }, { outcome: 'failed' }])
})

test('nothing begins while somebody waits; it does as soon as it is quiet', async () => {
  let isQuiet = false
  const { improver, began, finish } = anImprover({ isQuiet: () => isQuiet })
  improver.note(one('/a'), 5)
  improver.note(one('/a'), 5)
  expect([began, improver.waiting()]).toEqual([[], 1])
  isQuiet = true
  await vi.waitUntil(() => began.length > 0, { timeout: 30_000 })
  await finish()
})

test('nothing begins before its share of the CPU is earned', async () => {
  const { improver, began, finish } = anImprover({ share: 0 })
  vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValueOnce(10_001)
  improver.note(one('/a'), 1)
  await finish()
  improver.note(one('/b'), 1)
  expect(began).toEqual(['/a'])
})

test('closing gives up what is under way, and nothing more begins', async () => {
  let given: AbortSignal | undefined
  const { improver, began } = anImprover({
    improve: (_, signal) => {
      given = signal
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    },
  })
  improver.note(one('/a'), 1)
  await improver.close()
  expect(given?.aborted).toBe(true)
  improver.note(one('/b'), 1)
  expect(began).toEqual([])
})
