import { expect, test } from 'vitest'
import type { Entry } from '../../cache/entry.ts'
import { createMemoryStore } from '../../cache/memory.ts'
import type { Store } from '../../cache/store.ts'
import { createTieredStore } from '../../cache/tiered.ts'
import { anEntry, derivedEntry, times } from './entries.ts'

/** A disk that holds one entry and reads when told to. */
function aSlowDisk(entry: Entry) {
  const gate = Promise.withResolvers<void>()
  let held: Entry | undefined = entry
  let reads = 0
  const disk: Store = {
    async get() {
      reads++
      const found = held
      await gate.promise
      return found
    },
    async put(next) {
      held = next
    },
    async delete() {
      const had = held !== undefined
      held = undefined
      return had
    },
    size: () => ({ bytes: 0, entries: held ? 1 : 0 }),
    close: async () => {},
  }
  return { disk, read: gate.resolve, reads: () => reads }
}

const key = anEntry().key
const aMemory = () => createMemoryStore({ maxBytes: 1e6 })

test('fifty who ask for one picture at once make one read, and later ones none', async () => {
  const { disk, read, reads } = aSlowDisk(anEntry())
  const store = createTieredStore({ memory: aMemory(), disk })
  const asked = times(50, () => store.get(key))
  read()
  expect(await Promise.all(asked)).toEqual(times(50, () => anEntry()))
  expect(await store.get(key)).toEqual(anEntry())
  expect(store.getNow(key)).toEqual(anEntry())
  expect(reads()).toBe(1)
})

test('a purge is not undone by a read that was under way', async () => {
  const { disk, read } = aSlowDisk(anEntry())
  const store = createTieredStore({ memory: aMemory(), disk })
  const asked = store.get(key)
  expect(await store.delete(key)).toBe(true)
  read()
  expect([await asked, store.getNow(key), await store.get(key)]).toEqual([undefined, undefined, undefined])
})

test('a put is not undone by a read that was under way', async () => {
  const { disk, read } = aSlowDisk(anEntry())
  const store = createTieredStore({ memory: aMemory(), disk })
  const asked = store.get(key)
  const newer = anEntry({ body: Buffer.from('purr') })
  await store.put(newer)
  read()
  expect([await asked, store.getNow(key)]).toEqual([newer, newer])
})

test('what the memory forgets, the disk still has', async () => {
  const { disk, read } = aSlowDisk(derivedEntry('/large', 400_000))
  const memory = aMemory()
  const store = createTieredStore({ memory, disk })
  read()
  await store.put(derivedEntry('/large', 400_000))
  expect(store.getNow('/large')).toBeUndefined()
  expect(await store.get('/large')).toEqual(derivedEntry('/large', 400_000))
})

test('a small body does not keep a large buffer alive in memory', async () => {
  const memory = aMemory()
  await memory.put(anEntry({ body: Buffer.alloc(1_000_000, 1).subarray(10, 20) }))
  expect(memory.getNow(key)?.body.buffer.byteLength).toBe(10)
})

test('an error is kept in memory alone, and takes what the disk had: a restart forgets it', async () => {
  const { disk, read } = aSlowDisk(anEntry())
  read()
  const store = createTieredStore({ memory: aMemory(), disk })
  await store.put(anEntry({ status: 413 }))
  await store.idle()
  expect((await store.get(key))?.status).toBe(413)
  expect(await createTieredStore({ memory: aMemory(), disk }).get(key)).toBeUndefined()
})
