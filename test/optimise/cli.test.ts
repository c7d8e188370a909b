import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { requestOf } from '../../cli/optimise-options.ts'
import { jpeg, png, svg } from '../pictures.ts'

const program = fileURLToPath(new URL('../../cli/index.ts', import.meta.url))
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halftone-optimise-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

const halftone = (...words: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [program, 'optimise', ...words], { cwd: folder }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })

const put = (name: string, body: Uint8Array | string) => writeFile(join(folder, name), body)
const get = (name: string) => readFile(join(folder, name))

describe('halftone optimise', () => {
  test('writes beside the source, leaves it alone, and adds up', async () => {
    const source = await jpeg({ width: 300, height: 200 })
    await put('a.JPG', source)
    const { code, out } = await halftone('a.JPG', '--mode', 'lossless')
    expect(code).toBe(0)
    expect((await get('a.opt.JPG')).length).toBeLessThan(source.length)
    expect(await get('a.JPG')).toEqual(source)
    expect(out).toMatch(/a\.JPG -> a\.opt\.JPG: mozjpeg transcode/)
    expect(out).toMatch(/1 files, .* saved/)
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test('one failure is told, the others are done, and the exit code is 1', async () => {
    await put('good.svg', svg())
    await put('bad.jpg', 'not a picture')
    const { code, out } = await halftone('bad.jpg', 'good.svg', 'none.png', '--json', '--out', 'made')
    expect(code).toBe(1)
    const [bad, good, none] = JSON.parse(out)
    expect(bad.fault).toMatch(/text/)
    expect(good).toMatchObject({ to: join('made', 'good.svg'), format: 'svg', chosen: 'svgo full' })
    expect(none.fault).toBe('There is no such file.')
  })

  test('tells a score in hundredths, as the API does', async () => {
    await put('a.png', await png({ width: 200, height: 150 }))
    const { out } = await halftone('a.png', '--mode', 'lossy', '--format', 'jpeg', '--json')
    const [{ score }] = JSON.parse(out)
    expect(score).toBeGreaterThan(70)
    expect(String(score)).toMatch(/^\d+(\.\d{1,2})?$/)
  })

  test('refuses to write elsewhere and in place at once, and touches nothing', async () => {
    const source = await jpeg({ width: 300, height: 200 })
    await put('a.jpg', source)
    const { code } = await halftone('a.jpg', '--in-place', '--out', 'made')
    expect(code).toBe(1)
    expect(await get('a.jpg')).toEqual(source)
    expect(await readdir(folder)).toEqual(['a.jpg'])
  })

  test('replaces in place only when told', async () => {
    const source = await png({ width: 300, height: 200 })
    await put('a.png', source)
    await halftone('a.png', '--in-place')
    expect((await get('a.png')).length).toBeLessThan(source.length)
    expect(await readdir(folder)).toEqual(['a.png'])
  })

  test('neither writes over another source nor through a link', async () => {
    const [a, other] = [await png(), await png({ width: 50, height: 50 })]
    await put('a.png', a)
    await put('a.opt.png', other)
    expect((await halftone('a.png', 'a.opt.png')).code).toBe(1)
    expect(await get('a.opt.png')).toEqual(other)
    await rm(join(folder, 'a.opt.png'))
    await put('elsewhere', 'precious')
    await symlink(join(folder, 'elsewhere'), join(folder, 'a.opt.png'))
    expect((await halftone('a.png')).code).toBe(1)
    expect((await get('elsewhere')).toString()).toBe('precious')
  })
})

describe('its options', () => {
  test.each([
    [{}, 'lossy'],
    [{ quality: '60' }, 'quality'],
    [{ mode: 'lossless' }, 'lossless'],
  ])('%o are the mode %s, as in the API', (written, mode) => {
    expect(requestOf(written).mode).toBe(mode)
  })

  test('become a request', () => {
    expect(requestOf({ mode: 'quality', quality: '60', maxBytes: '50kB', budget: '2' })).toEqual({
      mode: 'quality',
      quality: 60,
      maxBytes: 50_000,
      budgetMs: 2000,
    })
    expect(requestOf({ mode: 'lossy', maxBytes: '1KiB' })).toMatchObject({ maxBytes: 1024 })
  })

  test.each([
    [{ mode: 'lossless', quality: '60' }, /--quality goes with/],
    [{ mode: 'lossless', level: 'max' }, /--level goes with/],
    [{ mode: 'quality', quality: '0' }, /1 to 100/],
    [{ mode: 'lossy', maxBytes: 'lots' }, /--max-bytes/],
  ])('%o are refused', (written, why) => {
    expect(() => requestOf(written)).toThrow(why)
  })
})
