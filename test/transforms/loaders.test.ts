// What libvips may read: the formats that are identified, by whichever thread comes first or last.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharp } from '../../transforms/pixels/sharp.ts'
import * as pictures from '../pictures.ts'

const modules = new URL('../../node_modules/@img/', import.meta.url)
const source = new URL('../../transforms/pixels/sharp.ts', import.meta.url)

/** The names of all loaders that this build of libvips was compiled with, or knows of. */
function families(): string[] {
  const [folder = ''] = readdirSync(modules).filter((name) => name.startsWith('sharp-libvips-'))
  const lib = new URL(`${folder}/lib/`, modules)
  const [file = ''] = readdirSync(lib).filter((name) => name.startsWith('libvips-cpp'))
  const text = readFileSync(new URL(file, lib), 'latin1')
  const names = text.match(/VipsForeignLoad[A-Z]\w*/g) ?? []
  return [...new Set(names.map((name) => name.slice(15).replace(/(Buffer|File|Source)$/, '')))].sort()
}

describe('loaders', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'halftone-loaders-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('each one that libvips knows is a format of ours, or blocked', () => {
    const ours = ['Heif', 'Jpeg', 'Nsgif', 'Png', 'Svg', 'Tiff', 'Webp']
    const blocked = [...readFileSync(source, 'utf8').matchAll(/'VipsForeignLoad(\w+)'/g)].map(
      ([, name]) => name,
    )
    expect(families()).toEqual(expect.arrayContaining(ours))
    expect(families().filter((name) => !ours.includes(name))).toEqual(blocked)
  })

  test.each([
    ['comma-separated values', 'a.csv', '1,2,3\n4,5,6\n'],
    ['a matrix', 'a.mat', '2 1\n1 2\n'],
    ["libvips' own format", 'a.v', `\x08\xf2\xa6\xb6${'\0'.repeat(64)}`],
  ])('%s: not read', async (_, name, text) => {
    const file = join(folder, name)
    writeFileSync(file, text, 'latin1')
    await expect(sharp(file).toBuffer()).rejects.toThrow(/blocked|unsupported/)
  })

  test('a thread that loads sharp disturbs no render of another', async () => {
    const picture = await pictures.jpeg()
    const importing = `import(${JSON.stringify(source.href)})`
    const threads = Array.from({ length: 8 }, () => new Worker(importing, { eval: true }))
    let left = threads.length
    const ends = threads.map(
      (thread) => new Promise<void>((done) => thread.once('exit', () => done(void left--))),
    )
    while (left > 0) await sharp(picture).resize(10).toBuffer()
    await Promise.all(ends)
  })
})
