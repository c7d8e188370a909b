// A body that several stores keep is written once: the second links the first one's file and adds its own label.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createDiskStore, type DiskEvent } from '../../cache/disk.ts'
import { placeOf } from '../../cache/disk-places.ts'
import { createBodyFiles } from '../../work/body-files.ts'
import { createHandover } from '../../work/handover.ts'
import { anEntry, derivedEntry, times } from './entries.ts'
import { aFolder } from './folder.ts'

const megabyte = 1024 * 1024
const body = Buffer.alloc(200_000, 'body')
const result = anEntry({ key: '/result', body })
const shown = anEntry({ key: '/shown', body, headers: { etag: '"shown"' } })

function stores(maxBytes = 64 * megabyte) {
  const events: DiskEvent[] = []
  const bodies = createBodyFiles()
  const dir = aFolder()
  const open = (name: string, isShared = true) =>
    createDiskStore({
      dir: join(dir, name),
      maxBytes,
      observe: (event) => void events.push(event),
      ...(isShared && { bodies }),
    })
  const pathOf = (name: string, key: string): string => placeOf(join(dir, name), key).path
  return { bodies, dir, events, open, pathOf, results: open('results'), shield: open('shield') }
}

const inode = (path: string): number => statSync(path).ino

test('two stores have one file, and each finds its own entry, now and after a restart', async () => {
  const { results, shield, pathOf, open, events } = stores()
  await Promise.all([results.put(result), shield.put(shown)])
  expect(inode(pathOf('results', '/result'))).toBe(inode(pathOf('shield', '/shown')))
  await Promise.all([results.close(), shield.close()])
  const [again, also] = [open('results', false), open('shield', false)]
  expect([await again.get('/result'), await also.get('/shown')]).toEqual([result, shown])
  for (const store of [again, also]) {
    await store.recounted
    await store.close()
  }
  expect(events).toEqual([])
})

test('each counts the file as it is, whoever made it grow, and its end as well', async () => {
  const { results, shield, open } = stores()
  await Promise.all([results.put(result), shield.put(shown)])
  const counted = [results.size(), shield.size()]
  await Promise.all([results.close(), shield.close()])
  const again = [open('results', false), open('shield', false)]
  await Promise.all(again.map((store) => store.recounted))
  expect(again.map((store) => store.size())).toEqual(counted)
  await again[0]?.delete('/result')
  await again[1]?.delete('/shown')
  expect(again.map((store) => store.size())).toEqual(times(2, () => ({ bytes: 0, entries: 0 })))
  await Promise.all(again.map((store) => store.close()))
})

test('an entry that is only confirmed gets a new label, and many of them a new file', async () => {
  const { results, pathOf } = stores()
  for (const generation of times(12, String)) {
    const entry = { ...result, headers: { etag: generation } }
    await results.put(entry)
    expect(JSON.stringify(readFileSync(pathOf('results', '/result')).includes(`"${generation}"`))).toBe(
      'true',
    )
  }
  expect(results.size().entries).toBe(1)
  expect(statSync(pathOf('results', '/result')).size).toBeLessThan(body.length + 4000)
  await results.close()
})

test('what one store lets go of stays in the other', async () => {
  const { results, shield } = stores()
  await Promise.all([results.put(result), shield.put(shown)])
  await results.delete('/result')
  expect([await results.get('/result'), (await shield.get('/shown'))?.headers]).toEqual([
    undefined,
    shown.headers,
  ])
  await Promise.all([results.close(), shield.close()])
})

test('a file that gave way to another is not linked: the body is written anew', async () => {
  const { results, shield, pathOf, events } = stores()
  await results.put(result)
  // Another process over the same folder.
  rmSync(pathOf('results', '/result'))
  const other = derivedEntry('/result', 5000)
  writeFileSync(pathOf('results', '/result'), other.body)
  await shield.put(shown)
  expect(await shield.get('/shown')).toEqual(shown)
  expect(readFileSync(pathOf('results', '/result')).equals(other.body)).toBe(true)
  await Promise.all([results.close(), shield.close()])
  expect(events).toEqual([])
})

test('what stands at the new place gives way at once', async () => {
  const { results, shield } = stores()
  await shield.put(derivedEntry('/shown', 9000))
  await Promise.all([results.put(result), shield.put(shown)])
  expect([await shield.get('/shown'), shield.size().entries]).toEqual([shown, 1])
  await Promise.all([results.close(), shield.close()])
})

test('a folder in the place of the first file keeps nobody from writing', async () => {
  const { results, shield, pathOf } = stores()
  mkdirSync(pathOf('results', '/result'), { recursive: true })
  await Promise.all([results.put(result), shield.put(shown)])
  expect(await shield.get('/shown')).toEqual(shown)
  await Promise.all([results.close(), shield.close()])
})

test.each(['cache first', 'child first'])(
  'a source for a child is the file of its cache: %s',
  async (order) => {
    const { bodies, results, dir, pathOf } = stores()
    const handover = createHandover({ folder: join(dir, 'handover'), bodies })
    onTestFinished(() => handover.close())
    const lend = () => handover.lend('version', body)
    if (order === 'cache first') await results.put(result)
    const { handed } = await lend()
    if (order === 'child first') await results.put(result)
    if (!('file' in handed)) throw new Error('no file')
    expect(inode(handed.file)).toBe(inode(pathOf('results', '/result')))
    expect(handed.bytes).toBe(body.length)
    expect(readFileSync(handed.file).subarray(0, handed.bytes).equals(body)).toBe(true)
    expect(await results.get('/result')).toEqual(result)
    await results.close()
  },
)

test('a child never gets a file that took the place of the one it should have', async () => {
  const { bodies, results, dir, pathOf } = stores()
  const handover = createHandover({ folder: join(dir, 'handover'), bodies })
  onTestFinished(() => handover.close())
  await results.put(result)
  await results.put({ ...result, body: Buffer.alloc(200_000, 'newer') })
  const { handed } = await handover.lend('version', body)
  if (!('file' in handed)) throw new Error('no file')
  expect(readFileSync(handed.file).subarray(0, handed.bytes).equals(body)).toBe(true)
  expect(inode(handed.file)).not.toBe(inode(pathOf('results', '/result')))
  await results.close()
})
