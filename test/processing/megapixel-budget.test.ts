// Megapixels in hand are bounded over all threads, and a thread that died keeps none of them.
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import {
  type BudgetSlot,
  countMegapixels,
  createMegapixelBudget,
  takeMegapixels,
} from '../../processing/megapixel-budget.ts'
import type { Facts } from '../../transforms/facts.ts'
import * as pictures from '../pictures.ts'
import { never } from '../signals.ts'
import { aPlace } from './nodes.ts'

const taken = ({ taken }: BudgetSlot) => Atomics.load(taken, 0)

test('as much fits as the budget allows, and what does not is late', () => {
  const budget = createMegapixelBudget(3, 100)
  const [a, b, c] = [budget.openSlot(), budget.openSlot(), budget.openSlot()]
  takeMegapixels(a, 60, 0)
  takeMegapixels(b, 40, 0)
  expect(() => takeMegapixels(c, 1, 5)).toThrow(expect.objectContaining({ kind: 'late' }))
  budget.releaseSlot(a)
  takeMegapixels(c, 60, 0)
  expect(taken(c)).toBe(100)
})

test('what is larger than the budget is made alone', () => {
  const budget = createMegapixelBudget(2, 10)
  const [a, b] = [budget.openSlot(), budget.openSlot()]
  takeMegapixels(a, 100, 0)
  expect(() => takeMegapixels(b, 1, 5)).toThrow(expect.objectContaining({ kind: 'late' }))
  budget.releaseSlot(a)
  takeMegapixels(b, 1, 0)
})

test('leaving gives back what was taken, or nothing where nothing was', () => {
  const budget = createMegapixelBudget(1, 10)
  const first = budget.openSlot()
  budget.releaseSlot(first)
  const second = budget.openSlot()
  takeMegapixels(second, 7, 0)
  budget.releaseSlot(second)
  expect(taken(budget.openSlot())).toBe(0)
})

test('a thread that waits goes on as soon as another leaves', async () => {
  const budget = createMegapixelBudget(2, 10)
  const [a, b] = [budget.openSlot(), budget.openSlot()]
  takeMegapixels(a, 10, 0)
  const script = `
    import { parentPort, workerData } from 'node:worker_threads'
    import { takeMegapixels } from ${JSON.stringify(new URL('../../processing/megapixel-budget.ts', import.meta.url).href)}
    parentPort.postMessage('waits')
    takeMegapixels(workerData, 5, 20_000)
    parentPort.postMessage('goes on')`
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`), { workerData: b })
  const said: unknown[] = []
  worker.on('message', (word) => said.push(word))
  await expect.poll(() => said).toEqual(['waits'])
  expect(taken(b)).toBe(10)
  budget.releaseSlot(a)
  await expect.poll(() => said).toEqual(['waits', 'goes on'])
  expect(taken(b)).toBe(5)
  await worker.terminate()
})

test.each([
  [{ format: 'jpeg', width: 6000, height: 4000, pages: 1, animated: false }, 24],
  [{ format: 'gif', width: 1000, height: 500, pages: 10, animated: true }, 5],
  [{ format: 'tiff', width: 1000, height: 1000, pages: 10, animated: false }, 1],
  [{ format: 'svg', width: 10_000, height: 10_000, pages: 1, animated: false }, 4],
] as const)('%o weighs %i', (facts, megapixels) => {
  expect(countMegapixels(facts as Facts)).toBe(megapixels)
})

test('with a budget for one picture all are made in turn, past one that is broken', async () => {
  const place = aPlace()
  const local = place.local({ workers: 2, maxMegapixels: 1 })
  const picture = await pictures.jpeg()
  const sources = [picture, picture.subarray(0, 300), picture, picture]
  const outcomes = await Promise.allSettled(
    sources.map((each) => local.process(place.order(each, { edit: 'w=20' }), never)),
  )
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  await place.end()
})
