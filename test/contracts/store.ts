// What every Store promises, whatever it is made of.
import { describe, expect, test } from 'vitest'
import type { Store } from '../../cache/store.ts'
import { anEntry, derivedEntry, times } from '../cache/entries.ts'

/** A store that writes in the background says when it is done. */
type Opened = Store & { idle?(): Promise<void> }

/** `open` makes a fresh store, bounded in bytes, each time it is called. */
export function storeContract(name: string, open: (maxBytes: number) => Opened): void {
  const megabytes = 1024 * 1024

  describe(`store contract: ${name}`, () => {
    test('what was put is got back whole and unchanged', async () => {
      const store = open(8 * megabytes)
      const entry = anEntry({
        headers: { 'content-type': 'image/avif', 'x-odd': 'a "quoted" ünicode' },
        ageOnArrival: 7,
      })
      await store.put(entry)
      expect(await store.get(entry.key)).toEqual(entry)
      await store.close()
    })

    test('an unknown key is a miss', async () => {
      const store = open(8 * megabytes)
      expect(await store.get('/nothing')).toBeUndefined()
      await store.close()
    })

    test('an empty body, a large body and an odd key are entries like others', async () => {
      const store = open(64 * megabytes)
      const entries = [
        anEntry({ key: '/empty', status: 301, headers: { location: '/b' }, body: Buffer.alloc(0) }),
        derivedEntry('/large', 3 * megabytes),
        derivedEntry('/../../etc/passwd?x=\u0000&y=\u{1f431}&__proto__', 10),
      ]
      for (const entry of entries) await store.put(entry)
      for (const entry of entries) expect(await store.get(entry.key)).toEqual(entry)
      await store.close()
    })

    test('a later put of a key replaces the earlier', async () => {
      const store = open(8 * megabytes)
      await store.put(anEntry({ body: Buffer.from('old and long') }))
      await store.put(anEntry({ body: Buffer.from('new') }))
      expect((await store.get(anEntry().key))?.body.toString()).toBe('new')
      await store.idle?.()
      expect(store.size().entries).toBe(1)
      await store.close()
    })

    test('of many puts of one key at once, the last is kept, whole', async () => {
      const store = open(64 * megabytes)
      const entries = times(20, (i) =>
        anEntry({ body: Buffer.alloc(50_000, i), headers: { etag: `"${i}"` } }),
      )
      await Promise.all(entries.map((entry) => store.put(entry)))
      expect(await store.get(anEntry().key)).toEqual(entries.at(-1))
      await store.idle?.()
      expect(store.size().entries).toBe(1)
      await store.close()
    })

    test('deleting says whether there was something, and it is gone', async () => {
      const store = open(8 * megabytes)
      await store.put(anEntry())
      expect(await store.delete(anEntry().key)).toBe(true)
      expect(await store.get(anEntry().key)).toBeUndefined()
      expect(await store.delete(anEntry().key)).toBe(false)
      expect(store.size()).toEqual({ bytes: 0, entries: 0 })
      await store.close()
    })

    test('deleting wins over a put that is still under way', async () => {
      const store = open(8 * megabytes)
      const put = store.put(anEntry())
      await store.delete(anEntry().key)
      await put
      expect(await store.get(anEntry().key)).toBeUndefined()
      await store.close()
    })
  })
}

/** What a store promises whose bound is all that it keeps. */
export function boundedStoreContract(name: string, open: (maxBytes: number) => Opened): void {
  const megabytes = 1024 * 1024

  describe(`bounded store contract: ${name}`, () => {
    test('bytes stay within the bound, and what was used last is still there', async () => {
      const store = open(megabytes)
      for (const key of times(300, (i) => `/p/${i}`)) {
        await store.put(derivedEntry(key, 10_000))
        await store.idle?.()
        expect(store.size().bytes).toBeLessThanOrEqual(megabytes)
      }
      expect(store.size().entries).toBeGreaterThan(30)
      expect(await store.get('/p/299')).toEqual(derivedEntry('/p/299', 10_000))
      await store.close()
    })

    test('an entry that would take most of the store is not kept, and pushes nothing out', async () => {
      const store = open(megabytes)
      await store.put(derivedEntry('/small', 1000))
      await store.put(derivedEntry('/huge', 800_000))
      await store.idle?.()
      expect(store.size().entries).toBe(1)
      expect(await store.get('/small')).toEqual(derivedEntry('/small', 1000))
      expect(await store.get('/huge')).toBeUndefined()
      await store.close()
    })
  })
}
