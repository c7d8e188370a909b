// What every loader promises the origin of a source picture, wherever it lies.
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Loader, Source } from '../../origin/loader.ts'
import { kindOfRejection } from '../refusals.ts'
import { aSignal } from '../signals.ts'

export interface OpenedLoader {
  /** Takes sources of 1000 bytes at the most. */
  readonly loader: Loader
  /** Puts a file where the loader looks, in place of what was there; `name` is not encoded. */
  put(name: string, content: string): Promise<void>
  remove(name: string): Promise<void>
  /** Lets so much time go by that a change must be seen. */
  later(): void
  close(): Promise<void>
}

export function loaderContract(name: string, open: () => Promise<OpenedLoader>): void {
  describe(`loader contract: ${name}`, () => {
    let opened: OpenedLoader
    beforeAll(async () => {
      opened = await open()
    })
    afterAll(() => opened.close())

    const load = (path: string, signal = aSignal()) => opened.loader.load(path, signal)
    const textOf = async (source: Source) => {
      const bytes = await source.read(aSignal())
      return bytes && Buffer.from(bytes).toString()
    }
    const versionOf = async (path: string) => (await load(path)).version

    test.each([
      ['cat.png', 'cat.png'],
      ['cats/tom%20%26%20jerry%20%231.png', 'cats/tom & jerry #1.png'],
      ['c%C3%A4t.png', 'cät.png'],
      ['a%2Bb.png', 'a+b.png'],
      ['100%25.png', '100%.png'],
      ["o'hara,(1)!.png", "o'hara,(1)!.png"],
    ])('%s finds the file %s, and reads it into memory of its size', async (path, file) => {
      await opened.put(file, `this is ${file}`)
      const source = await load(path)
      const bytes = await source.read(aSignal())
      expect(Buffer.from(bytes ?? []).toString()).toBe(`this is ${file}`)
      expect(bytes?.buffer.byteLength).toBe(bytes?.length)
    })

    test.each([
      'none.png',
      'cats/none.png',
      'cat.png/none.png',
      'cats',
      '%2e%2e/secret.png',
      '..%2fsecret.png',
      'cats/%2e%2e/%2e%2e/secret.png',
      `${'a'.repeat(900)}.png`,
    ])('there is nothing at %s', async (path) => {
      expect(await kindOfRejection(load(path))).toBe('source-missing')
    })

    test('says how long it may be taken as unchanged', async () => {
      await opened.put('fresh.png', 'fresh')
      const { shared, ageSeconds } = (await load('fresh.png')).caching
      expect(shared.freshSeconds - ageSeconds).toBeGreaterThan(0)
    })

    test('has one version for as long as its bytes are the same, and other bytes have another', async () => {
      await opened.put('one.png', 'one')
      await opened.put('two.png', 'two')
      const versions = [await versionOf('one.png'), await versionOf('one.png'), await versionOf('two.png')]
      expect(versions[0]).toBe(versions[1])
      expect(versions[0]).not.toBe(versions[2])
      opened.later()
      expect(await versionOf('one.png')).toBe(versions[0])
    })

    test('is another version once its bytes have changed, and the old one never reads the new ones', async () => {
      await opened.put('changing.png', 'before')
      const old = await load('changing.png')
      await opened.put('changing.png', 'and after')
      opened.later()
      expect(['before', undefined]).toContain(await textOf(old))
      const source = await load('changing.png')
      expect(source.version).not.toBe(old.version)
      expect(await textOf(source)).toBe('and after')
    })

    test('is missing once it was removed', async () => {
      await opened.put('leaving.png', 'here')
      expect(await textOf(await load('leaving.png'))).toBe('here')
      await opened.remove('leaving.png')
      opened.later()
      const gone = load('leaving.png').then(textOf)
      expect(await kindOfRejection(gone)).toBe('source-missing')
    })

    test('is the same for all who ask at once', async () => {
      await opened.put('wanted.png', 'wanted')
      const sources = await Promise.all(Array.from({ length: 20 }, () => load('wanted.png')))
      expect(new Set(await Promise.all(sources.map(textOf)))).toEqual(new Set(['wanted']))
      expect(new Set(sources.map(({ version }) => version)).size).toBe(1)
    })

    test('with more bytes than a picture may have is refused, when it is found or when it is read', async () => {
      await opened.put('large.png', 'x'.repeat(1001))
      const reading = load('large.png').then((source) => source.read(aSignal()))
      expect(await kindOfRejection(reading)).toBe('source-too-large')
      await opened.put('just.png', 'x'.repeat(1000))
      expect(await textOf(await load('just.png'))).toHaveLength(1000)
    })

    test('opens any part of itself, where it says that it can', async () => {
      await opened.put('parts.png', '0123456789')
      const { file } = await load('parts.png')
      if (!file) return
      expect(file.length).toBe(10)
      const part = async (start: number, end: number) => text(await file.open({ start, end }, aSignal()))
      expect([await part(0, 0), await part(3, 6), await part(9, 9)]).toEqual(['0', '3456', '9'])
    })

    test('does not keep those waiting who have left', async () => {
      await opened.put('left.png', 'left')
      const given = load('left.png', AbortSignal.abort()).then((source) => source.read(AbortSignal.abort()))
      expect(['passes', 'abandoned', 'source-late']).toContain(await kindOfRejection(given))
    })
  })
}
