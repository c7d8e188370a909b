import { expect, test } from 'vitest'
import { createAnnouncements } from '../../site/announcements.ts'

function told() {
  const orders: (readonly string[])[] = []
  const gates: PromiseWithResolvers<void>[] = []
  const failures: unknown[] = []
  const announcements = createAnnouncements({
    tell(paths) {
      orders.push(paths)
      const gate = Promise.withResolvers<void>()
      gates.push(gate)
      return gate.promise
    },
    failed: (cause) => failures.push(cause),
    patienceMs: 600_000,
  })
  const begun = async (count: number): Promise<void> => {
    while (orders.length < count) await new Promise(setImmediate)
  }
  return { orders, gates, failures, begun, ...announcements }
}

test('what comes while the others are being told is told at once afterwards, each address once', async () => {
  const { announce, orders, gates, begun } = told()
  const first = announce(['//a/1', '//a/2'])
  await begun(1)
  const others = [announce(['//a/3']), announce(['//a/3', '//a/4'])]
  expect(orders).toEqual([['//a/1', '//a/2']])
  gates[0]?.resolve()
  await first
  await begun(2)
  expect(orders[1]).toEqual(['//a/3', '//a/4'])
  gates[1]?.resolve()
  await Promise.all(others)
})

test('others that cannot be told keep nobody from being told the next time', async () => {
  const { announce, gates, failures, begun } = told()
  const first = announce(['//a/1'])
  await begun(1)
  gates[0]?.reject(new Error('away'))
  await first
  expect(String(failures)).toBe('Error: away')
  const second = announce(['//a/2'])
  await begun(2)
  gates[1]?.resolve()
  await second
})

test('nobody waits for longer than a moment', async () => {
  const { announce } = createAnnouncements({
    tell: () => new Promise(() => {}),
    failed: () => {},
    patienceMs: 1,
  })
  await announce(['//a/1'])
})

test('a flood of them is bounded', async () => {
  const { announce, orders, gates, begun } = told()
  const first = announce(['//a/0'])
  await begun(1)
  const flood = Array.from({ length: 1000 }, (_, at) => announce([`//a/${at}`]))
  gates[0]?.resolve()
  await first
  await begun(2)
  expect(orders[1]).toHaveLength(200)
  gates[1]?.resolve()
  await Promise.all(flood)
})
