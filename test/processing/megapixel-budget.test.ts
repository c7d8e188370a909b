// Megapixels in hand are bounded over all threads, and a thread that died keeps none of them.
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { createRoom, megapixelsOf, type Place, take } from '../../processing/megapixel-budget.ts'
import type { Facts } from '../../transforms/facts.ts'
import * as pictures from '../pictures.ts'
import { never } from '../signals.ts'
import { aPlace } from './nodes.ts'

const taken = ({ taken }: Place) => Atomics.load(taken, 0)

test('as much fits as there is room, and what does not is late', () => {
  const room = createRoom(3, 100)
  const [a, b, c] = [room.enter(), room.enter(), room.enter()]
  take(a, 60, 0)
  take(b, 40, 0)
  expect(() => take(c, 1, 5)).toThrow(expect.objectContaining({ kind: 'late' }))
  room.leave(a)
  take(c, 60, 0)
  expect(taken(c)).toBe(100)
})

test('what is larger than the room is made alone', () => {
  const room = createRoom(2, 10)
  const [a, b] = [room.enter(), room.enter()]
  take(a, 100, 0)
  expect(() => take(b, 1, 5)).toThrow(expect.objectContaining({ kind: 'late' }))
  room.leave(a)
  take(b, 1, 0)
})

test('leaving gives back what was taken, or nothing where nothing was', () => {
  const room = createRoom(1, 10)
  const first = room.enter()
  room.leave(first)
  const second = room.enter()
  take(second, 7, 0)
  room.leave(second)
  expect(taken(room.enter())).toBe(0)
})

test('a thread that waits goes on as soon as another leaves', async () => {
  const room = createRoom(2, 10)
  const [a, b] = [room.enter(), room.enter()]
  take(a, 10, 0)
  const script = `
    import { parentPort, workerData } from 'node:worker_threads'
    import { take } from ${JSON.stringify(new URL('../../processing/megapixel-budget.ts', import.meta.url).href)}
    parentPort.postMessage('waits')
    take(workerData, 5, 20_000)
    parentPort.postMessage('goes on')`
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`), { workerData: b })
  const said: unknown[] = []
  worker.on('message', (word) => said.push(word))
  await expect.poll(() => said).toEqual(['waits'])
  expect(taken(b)).toBe(10)
  room.leave(a)
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
  expect(megapixelsOf(facts as Facts)).toBe(megapixels)
})

test('with room for one picture all are made in turn, past one that is broken', async () => {
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
