import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createDiskStore, type DiskEvent, type DiskOptions, type DiskStore } from '../../cache/disk.ts'
import { placeOf, temporaryPath } from '../../cache/disk-places.ts'
import { anEntry, derivedEntry, times } from './entries.ts'
import { aFolder } from './folder.ts'
import { generationEntry, isWholeGeneration } from './generations.ts'

const megabyte = 1024 * 1024

function aDisk(changes: Partial<DiskOptions> = {}): { disk: DiskStore; dir: string; events: DiskEvent[] } {
  const events: DiskEvent[] = []
  const dir = changes.dir ?? aFolder()
  const observe = (event: DiskEvent) => void events.push(event)
  return { disk: createDiskStore({ maxBytes: 64 * megabyte, observe, ...changes, dir }), dir, events }
}

/** Ends a store without a word, as a crash would: another is opened over the same folder. */
async function reopened(dir: string, changes: Partial<DiskOptions> = {}) {
  return aDisk({ dir, ...changes })
}

const temporaryFiles = (dir: string): string[] => readdirSync(join(dir, 'tmp'))

function filesIn(dir: string): number {
  const names = readdirSync(dir, { recursive: true, withFileTypes: true })
  return names.filter((name) => name.isFile() && name.name !== 'summary.json').length
}

describe('files', () => {
  test('lie in one level of folders, named by three hex characters', async () => {
    const { disk, dir } = aDisk()
    await disk.put(anEntry())
    const { path } = placeOf(dir, anEntry().key)
    expect(path.slice(dir.length)).toMatch(/^\/[0-9a-f]{3}\/[0-9a-f]{61}$/)
    expect([existsSync(path), temporaryFiles(dir)]).toEqual([true, []])
    await disk.close()
  })

  test.each([
    [
      'one byte is changed',
      (path: string) => {
        const bytes = readFileSync(path)
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
        writeFileSync(path, bytes)
      },
    ],
    ['it is cut short', (path: string) => truncateSync(path, 100)],
    ['it is empty', (path: string) => truncateSync(path, 0)],
    ['it is far too large', (path: string) => truncateSync(path, 2 ** 40)],
  ])('when %s, the entry is a miss and its file is removed', async (_, damage) => {
    const { disk, dir, events } = aDisk()
    await disk.put(anEntry())
    const { path } = placeOf(dir, anEntry().key)
    damage(path)
    expect(await disk.get(anEntry().key)).toBeUndefined()
    expect([existsSync(path), events]).toEqual([false, ['corrupt']])
    await disk.put(anEntry())
    expect(await disk.get(anEntry().key)).toEqual(anEntry())
    await disk.close()
  })

  test('when a folder stands in the way, reads are misses and writes keep nothing', async () => {
    const { disk, dir, events } = aDisk()
    mkdirSync(placeOf(dir, anEntry().key).path, { recursive: true })
    await disk.put(anEntry())
    expect(await disk.get(anEntry().key)).toBeUndefined()
    expect([events, temporaryFiles(dir)]).toEqual([['write-failed', 'read-failed'], []])
    await disk.close()
  })

  test('when the folder cannot be made, nothing rejects', async () => {
    const dir = join(aFolder(), 'file')
    writeFileSync(dir, '')
    const { disk, events } = aDisk({ dir })
    await disk.put(anEntry())
    expect([await disk.get(anEntry().key), await disk.delete(anEntry().key)]).toEqual([undefined, false])
    expect(disk.size()).toEqual({ bytes: 0, entries: 0 })
    await disk.close()
    expect(events).toContain('write-failed')
  })

  test('when somebody empties the folder, the store goes on', async () => {
    const { disk, dir } = aDisk()
    await disk.put(anEntry())
    for (const name of readdirSync(dir)) rmSync(join(dir, name), { recursive: true })
    expect(await disk.get(anEntry().key)).toBeUndefined()
    await disk.put(anEntry())
    await disk.put(anEntry())
    expect(await disk.get(anEntry().key)).toEqual(anEntry())
    await disk.close()
  })
})

test('two processes over one folder never read half of what the other writes', async () => {
  const { disk, dir, events } = aDisk({ maxBytes: 2 * megabyte })
  const { disk: other, events: otherEvents } = aDisk({ dir, maxBytes: 2 * megabyte })
  const keys = times(20, (i) => `/p/${i}`)
  for (const generation of times(10, String)) {
    const puts = keys.flatMap((key) =>
      [disk, other].map((store) => store.put(generationEntry(key, generation))),
    )
    const reads = await Promise.all(keys.flatMap((key) => [disk.get(key), other.get(key)]))
    for (const entry of reads) expect(entry === undefined || isWholeGeneration(entry)).toBe(true)
    await Promise.all(puts)
  }
  expect([...events, ...otherEvents].filter((event) => event === 'corrupt')).toEqual([])
  await Promise.all([disk.close(), other.close()])
})

describe('restarts', () => {
  test('entries and their count survive', async () => {
    const { disk, dir } = aDisk()
    const entries = times(40, (i) => derivedEntry(`/p/${i}`, 5000))
    for (const entry of entries) await disk.put(entry)
    const size = disk.size()
    await disk.close()
    const { disk: again } = await reopened(dir)
    expect(again.size()).toEqual(size)
    for (const entry of entries) expect(await again.get(entry.key)).toEqual(entry)
    await again.close()
  })

  test('a lost or wrong summary is put right by counting', async () => {
    const { disk, dir } = aDisk()
    for (const key of times(40, (i) => `/p/${i}`)) await disk.put(derivedEntry(key, 5000))
    const size = disk.size()
    await disk.close()
    for (const summary of ['', '{"bytes":7,"entries":"x"}', '{"bytes":1e12,"entries":1e6}']) {
      writeFileSync(join(dir, 'summary.json'), summary)
      const { disk: again } = await reopened(dir)
      await again.recounted
      expect(again.size()).toEqual(size)
      await again.close()
    }
  })

  test('what changes while counting is counted once', async () => {
    const { disk, dir } = aDisk()
    const keys = times(300, (i) => `/p/${i}`)
    for (const key of keys.slice(0, 200)) await disk.put(derivedEntry(key, 100))
    await disk.close()
    const { disk: again } = await reopened(dir)
    for (const key of keys.slice(200)) await again.put(derivedEntry(key, 100))
    for (const key of keys.slice(0, 50)) await again.delete(key)
    await again.recounted
    // A change within the branch that is being counted at that moment may be seen twice or not at all.
    expect(Math.abs(again.size().entries - 250)).toBeLessThanOrEqual(5)
    await again.close()
  })

  test('answers come before anything is counted', async () => {
    const { disk, dir } = aDisk()
    for (const key of times(200, (i) => `/p/${i}`)) await disk.put(derivedEntry(key, 100))
    await disk.close()
    const { disk: again } = await reopened(dir)
    let isCounted = false
    void again.recounted.then(() => {
      isCounted = true
    })
    expect(await again.get('/p/7')).toEqual(derivedEntry('/p/7', 100))
    expect(isCounted).toBe(false)
    await again.close()
  })

  test('closing does not wait for a long count', async () => {
    const { disk } = aDisk()
    for (const key of times(200, (i) => `/p/${i}`)) await disk.put(derivedEntry(key, 100))
    const closing = disk.close()
    await closing
    expect(disk.size().entries).toBe(200)
  })

  /** A temporary file's name as another process would give it, or this one. */
  const named = (change: { pid?: string; start?: string; place?: string } = {}): string => {
    const [pid, start, place, ...rest] = basename(temporaryPath('')).split('.')
    const owner = { pid, start, place, ...change }
    return [owner.pid, owner.start, owner.place, ...rest].join('.')
  }
  const leftBy = (names: Record<string, string>) => {
    const dir = aFolder()
    mkdirSync(join(dir, 'tmp'))
    for (const name of Object.values(names)) writeFileSync(join(dir, 'tmp', name), 'half')
    const grownOld = (name: string) => {
      const old = new Date(Date.now() - 2 * 3_600_000)
      utimesSync(join(dir, 'tmp', name), old, old)
    }
    const remaining = async () => {
      await aDisk({ dir }).disk.close()
      return temporaryFiles(dir)
    }
    return { grownOld, remaining }
  }

  test('temporary files of the dead are removed, those of the living are not', async () => {
    const names = {
      earlierLife: named({ start: '1' }),
      dead: named({ pid: '4194304999' }),
      alive: named(),
      aliveButOld: named(),
    }
    const { grownOld, remaining } = leftBy(names)
    grownOld(names.aliveButOld)
    expect(await remaining()).toEqual([names.alive])
  })

  test('a container on the same folder lives as long as it writes, whatever lives here under its number', async () => {
    const elsewhere = { place: '0123456789ab' }
    const names = {
      ofOurNumber: named(elsewhere),
      ofNoNumberHere: named({ ...elsewhere, pid: '4194304999' }),
    }
    const { grownOld, remaining } = leftBy(names)
    expect((await remaining()).sort()).toEqual(Object.values(names).sort())
    grownOld(names.ofOurNumber)
    expect(await remaining()).toEqual([names.ofNoNumberHere])
  })
})

describe('the bound', () => {
  test('holds on the disk itself, however many write at once', async () => {
    const { disk, dir, events } = aDisk({ maxBytes: 2 * megabyte })
    for (const round of times(10, Number)) {
      await Promise.all(times(60, (i) => disk.put(derivedEntry(`/p/${round}/${i}`, 9000))))
      expect(disk.size().bytes).toBeLessThanOrEqual(2 * megabyte)
    }
    expect(filesIn(dir)).toBe(disk.size().entries)
    expect(filesIn(dir) * 9000).toBeLessThan(2 * megabyte)
    expect(disk.size().bytes).toBeGreaterThan(1.6 * megabyte)
    expect(events).toContain('evicted')
    await disk.close()
  })

  test('what was used lately stays, what was not goes first', async () => {
    const { disk, dir } = aDisk({ maxBytes: 1.4 * megabyte })
    const used = times(40, (i) => `/used/${i}`)
    const unused = times(100, (i) => `/unused/${i}`)
    const longAgo = new Date(Date.now() - 86_400_000)
    for (const key of [...used, ...unused]) {
      await disk.put(derivedEntry(key, 5000))
      utimesSync(placeOf(dir, key).path, longAgo, longAgo)
    }
    for (const key of used) await disk.get(key)
    for (const key of times(80, (i) => `/new/${i}`)) await disk.put(derivedEntry(key, 5000))
    const kept = (keys: string[]): number => keys.filter((key) => existsSync(placeOf(dir, key).path)).length
    expect(kept(used)).toBeGreaterThanOrEqual(36)
    expect(kept(unused)).toBeLessThan(60)
    await disk.close()
  })

  test('a hit writes down when it was, at most once an hour', async () => {
    let moment = Date.now()
    const { disk, dir } = aDisk({ now: () => moment })
    await disk.put(anEntry())
    const usedAt = () => Math.round(statSync(placeOf(dir, anEntry().key).path).mtimeMs)
    const written = usedAt()
    moment += 3_000_000
    await disk.get(anEntry().key)
    expect(usedAt()).toBe(written)
    moment += 3_000_000
    await disk.get(anEntry().key)
    expect(usedAt()).toBe(moment)
    await disk.close()
  })

  test('empty folders go with the last of their entries', async () => {
    const { disk, dir } = aDisk({ maxBytes: megabyte })
    for (const key of times(400, (i) => `/p/${i}`)) await disk.put(derivedEntry(key, 9000))
    const folders = readdirSync(dir).filter((name) => /^[0-9a-f]{3}$/.test(name))
    expect(folders.filter((name) => readdirSync(join(dir, name)).length === 0)).toEqual([])
    expect(folders.length).toBeLessThan(400)
    await disk.close()
  })

  test('a count that is far too high heals: the store does not refuse for ever', async () => {
    const dir = aFolder()
    writeFileSync(join(dir, 'summary.json'), '{"bytes":1e12,"entries":1e6}')
    const { disk } = aDisk({ dir, maxBytes: megabyte })
    await disk.put(anEntry())
    expect(await disk.get(anEntry().key)).toEqual(anEntry())
    await disk.close()
  })

  test('what waits to be written is bounded too', async () => {
    const { disk, events } = aDisk({ maxWaitingBytes: 100_000 })
    const entries = times(50, (i) => derivedEntry(`/p/${i}`, 10_000))
    await Promise.all(entries.map((entry) => disk.put(entry)))
    expect(events.filter((event) => event === 'put-dropped').length).toBeGreaterThan(30)
    expect(disk.size().entries).toBeGreaterThanOrEqual(8)
    await disk.close()
  })

  test('an entry on its way to the disk is found already', async () => {
    const { disk } = aDisk()
    const put = disk.put(anEntry())
    expect(await disk.get(anEntry().key)).toBe(await disk.get(anEntry().key))
    await put
    await disk.close()
  })
})

function mountTinyDisk(dir: string): () => void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir], { stdio: 'ignore' })
  return () => void execFileSync('umount', [dir])
}

function canMount(): boolean {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-mount-'))
  try {
    mountTinyDisk(dir)()
    return true
  } catch {
    return false
  } finally {
    rmdirSync(dir)
  }
}

describe.skipIf(!canMount())('a full disk (needs the right to mount a small tmpfs)', () => {
  test('keeps nothing new, loses nothing whole, makes room and goes on', async () => {
    const dir = aFolder()
    onTestFinished(mountTinyDisk(dir))
    const { disk, events } = aDisk({ dir, maxBytes: 100 * megabyte })
    const entries = times(60, (i) => derivedEntry(`/p/${i}`, 40_000))
    for (const entry of entries) await disk.put(entry)
    expect(events).toContain('disk-full')
    expect(events).toContain('evicted')
    expect(temporaryFiles(dir)).toEqual([])
    const found = await Promise.all(entries.map(({ key }) => disk.get(key)))
    const whole = found.filter((entry) => entry !== undefined)
    expect(whole.length).toBeGreaterThan(10)
    for (const entry of whole) expect(entry).toEqual(derivedEntry(entry.key, 40_000))
    expect(events).not.toContain('corrupt')
    await disk.close()
  })
})
