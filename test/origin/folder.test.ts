import { execFileSync } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assumedFor } from '../../origin/caching.ts'
import { createFolderLoader } from '../../origin/loaders/folder.ts'
import { createRecent } from '../../origin/recent-sources.ts'
import { aSignal } from '../signals.ts'

let home = ''
let dir = ''
const socket = createServer()

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'halftone-folder-'))
  dir = join(home, 'pictures')
  await mkdir(join(dir, 'cats'), { recursive: true })
  await mkdir(join(home, 'pictures-of-others'))
  await writeFile(join(home, 'secret.png'), 'secret')
  await writeFile(join(home, 'pictures-of-others', 'cat.png'), 'secret')
  await writeFile(join(dir, 'cat.png'), 'a cat')
  await writeFile(join(dir, 'cats', 'tom & jerry #1?.png'), 'tom')
  await mkdir(join(dir, 'cafe\u0301'))
  await writeFile(join(dir, 'cafe\u0301', 'caf\u00e9.png'), 'apart and together')
  await writeFile(join(dir, '\u00e9.png'), 'together')
  await writeFile(join(dir, 'e\u0301.png'), 'apart')
  await symlink('cat.png', join(dir, 'alias.png'))
  await symlink('../secret.png', join(dir, 'outside.png'))
  await symlink(join(home, 'secret.png'), join(dir, 'absolute.png'))
  await symlink('..', join(dir, 'up'))
  await symlink(home, join(dir, 'cats', 'home'))
  await symlink('/etc', join(dir, 'etc'))
  await symlink('/dev/zero', join(dir, 'zero.png'))
  await symlink('loop.png', join(dir, 'loop.png'))
  await symlink('nowhere.png', join(dir, 'dangling.png'))
  await symlink('../pictures-of-others', join(dir, 'others'))
  execFileSync('mkfifo', [join(dir, 'pipe.png')])
  await new Promise<void>((resolve) => socket.listen(join(dir, 'socket.png'), resolve))
})
afterAll(async () => {
  socket.close()
  await rm(home, { recursive: true })
})

const aFolder = (maxBytes = 1000) => createFolderLoader({ dir, maxBytes, freshSeconds: 60 })

async function textOf(path: string, loader = aFolder()): Promise<string | undefined> {
  const source = await loader.load(path, aSignal())
  const bytes = await source.read(aSignal())
  return bytes && Buffer.from(bytes).toString()
}

describe('a path', () => {
  test.each([
    ['cat.png', 'a cat'],
    ['alias.png', 'a cat'],
    ['/cat.png', 'a cat'],
    ['cats//tom & jerry #1?.png', 'tom'],
    ['cats/tom%20%26%20jerry%20%231%3F.png', 'tom'],
    ['cats%2Ftom & jerry #1?.png', 'tom'],
    // Stored with its accents apart, or not, and asked for either way.
    ['caf\u00e9/cafe\u0301.png', 'apart and together'],
    ['cafe\u0301/caf\u00e9.png', 'apart and together'],
    ['caf\u00e9/caf\u00e9.png', 'apart and together'],
    ['cafe\u0301/cafe\u0301.png', 'apart and together'],
    ['%C3%A9.png', 'together'],
    ['e%CC%81.png', 'apart'],
  ])('%s is %s', async (path, text) => {
    expect(await textOf(path)).toBe(text)
  })

  // Nothing outside may be read, and nothing may wait: the test's own time is the limit.
  test.each([
    '',
    '.',
    '/',
    '..',
    '../',
    './cat.png',
    'cats/../cat.png',
    '../secret.png',
    '../../../../../../etc/passwd',
    'cats/../../secret.png',
    'cats/./../../secret.png',
    '..\\secret.png',
    'cats\\..\\..\\secret.png',
    '/etc/passwd',
    '//etc/passwd',
    '///etc/passwd',
    'file:///etc/passwd',
    '%2e%2e/secret.png',
    '..%2fsecret.png',
    '..%5csecret.png',
    '..%c0%afsecret.png',
    '..;/secret.png',
    '.../secret.png',
    '．．/secret.png',
    '../pictures-of-others/cat.png',
    'cat.png\0',
    'cat.png\0.jpg',
    '\0',
    '../secret.png\0.png',
    'cat.png/',
    'cat.png/.',
    'cat.png/../cat.png',
    'cats',
    'cats/',
    'outside.png',
    'absolute.png',
    'up/secret.png',
    'up/pictures/cat.png/..',
    'up/pictures-of-others/cat.png',
    'others/cat.png',
    'cats/home/secret.png',
    'caf\u00e9/../../secret.png',
    'caf\u00e9/none.png',
    'caf%E9/caf%E9.png',
    'etc/passwd',
    'zero.png',
    'loop.png',
    'dangling.png',
    'pipe.png',
    'socket.png',
    '~/secret.png',
    'nobody.png',
    'C:\\Windows\\win.ini',
    'cat.png:stream',
    `${'a'.repeat(300)}.png`,
    'a/'.repeat(3000),
    '\ud800.png',
    '/proc/self/environ',
  ])('%j is missing', async (path) => {
    await expect(textOf(path)).rejects.toMatchObject({ kind: 'source-missing' })
  })
})

describe('a file', () => {
  test('is read into memory of its size, once for all who ask at the same time', async () => {
    const recent = createRecent()
    let reads = 0
    const counting = {
      read: (...[version, signal, fetch]: Parameters<typeof recent.read>) =>
        recent.read(version, signal, (inner) => {
          reads++
          return fetch(inner)
        }),
    }
    const loader = createFolderLoader({ dir, maxBytes: 1000, freshSeconds: 60, recent: counting })
    const sources = await Promise.all(Array.from({ length: 8 }, () => loader.load('cat.png', aSignal())))
    const all = await Promise.all(sources.map((source) => source.read(aSignal())))
    expect(reads).toBe(1)
    expect(all[0]?.buffer.byteLength).toBe(all[0]?.length)
    expect(new Set(all).size).toBe(1)
  })

  test('that a child reads from a file of its own does not stay in memory as well', async () => {
    await writeFile(join(dir, 'large.png'), Buffer.alloc(200_000))
    const loader = createFolderLoader({ dir, maxBytes: 1e6, freshSeconds: 60, recent: createRecent() })
    const twice = async (path: string) => {
      const source = await loader.load(path, aSignal())
      return [await source.read(aSignal()), await source.read(aSignal())]
    }
    const [small, again] = await twice('cat.png')
    expect(again).toBe(small)
    const [large, anew] = await twice('large.png')
    expect(anew).toEqual(large)
    expect(anew).not.toBe(large)
  })

  test('larger than the limit is not read whole, and any part of it can be opened', async () => {
    const source = await aFolder(4).load('cat.png', aSignal())
    await expect(source.read(aSignal())).rejects.toMatchObject({ kind: 'source-too-large' })
    const part = await source.file?.open({ start: 2, end: 4 }, aSignal())
    expect(part && (await text(part))).toBe('cat')
    expect(await textOf('cat.png', aFolder(5))).toBe('a cat')
  })

  test('says when it was modified and how long it may be kept', async () => {
    await utimes(join(dir, 'cat.png'), 1_700_000_000, 1_700_000_000)
    const source = await aFolder().load('cat.png', aSignal())
    expect(source).toMatchObject({
      caching: assumedFor(60),
      lastModified: 'Tue, 14 Nov 2023 22:13:20 GMT',
    })
  })

  test('has another version after every kind of change', async () => {
    const file = join(dir, 'changing.png')
    const version = async () => (await aFolder().load('changing.png', aSignal())).version
    await writeFile(file, 'one')
    const versions = [await version(), await version()]
    expect(new Set(versions).size).toBe(1)
    await writeFile(file, 'four')
    versions.push(await version())
    await writeFile(`${file}.new`, 'more')
    await rename(`${file}.new`, file)
    versions.push(await version())
    // Same inode, same size, same modification time: only the change time tells.
    const { atime, mtime } = await stat(file)
    await writeFile(file, 'MORE')
    await utimes(file, atime, mtime)
    versions.push(await version())
    expect(new Set(versions).size).toBe(4)
  })

  test('that changed since it was found is not read under its old version', async () => {
    const file = join(dir, 'growing.png')
    await writeFile(file, 'begin')
    const source = await aFolder().load('growing.png', aSignal())
    await appendFile(file, ' and end')
    expect(await source.read(aSignal())).toBeUndefined()
  })

  test('that became a pipe or a link since it was found is not opened', async () => {
    const file = join(dir, 'turning.png')
    for (const turn of [
      () => execFileSync('mkfifo', [file]),
      () => symlink(join(home, 'secret.png'), file),
    ]) {
      await writeFile(file, 'picture')
      const source = await aFolder().load('turning.png', aSignal())
      await rm(file)
      await turn()
      const read = await source.read(aSignal()).catch((failure: { kind: string }) => failure.kind)
      expect([undefined, 'source-missing']).toContain(read)
      await rm(file)
    }
  })
})

test('a folder that is not there is a failure, not a missing picture', async () => {
  const loader = createFolderLoader({ dir: join(home, 'unmounted'), maxBytes: 1, freshSeconds: 1 })
  await expect(loader.load('cat.png', aSignal())).rejects.toMatchObject({ kind: 'source-failed' })
})
