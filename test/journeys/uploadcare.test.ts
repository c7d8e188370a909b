// Uploads asked for in Uploadcare's words, through the whole CDN: sizes, and which corner lies where.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBucket, uploadKey } from '../../storage/index.ts'
import { aNode, type Node } from './cdn.ts'

const id = '3c269810-c17b-4e2c-92b6-25622464d866'
const lying = 'aa269810-c17b-4e2c-92b6-25622464d866'
const text = 'bb269810-c17b-4e2c-92b6-25622464d866'
const moving = 'cc269810-c17b-4e2c-92b6-25622464d866'
const dir = mkdtempSync(join(tmpdir(), 'halftone-uploadcare-'))
let cdn: Node
let photo: Buffer

const colours = { r: [230, 20, 20], g: [20, 200, 20], b: [20, 20, 230], y: [230, 230, 20] } as const
type Name = keyof typeof colours

/** 800 by 600: red and green above, blue and yellow below. */
async function quarters() {
  const part = { width: 400, height: 300, channels: 3 } as const
  const quarter = (name: Name, left: number, top: number) => {
    const [r, g, b] = colours[name]
    return { input: { create: { ...part, background: { r, g, b } } }, left, top }
  }
  return sharp({ create: { width: 800, height: 600, channels: 3, background: '#000' } })
    .composite([quarter('r', 0, 0), quarter('g', 400, 0), quarter('b', 0, 300), quarter('y', 400, 300)])
    .png()
    .toBuffer()
}

beforeAll(async () => {
  const bucket = await openBucket({ kind: 'folder', dir })
  photo = await quarters()
  await bucket.put(uploadKey(id), photo, { type: 'image/png' })
  const turned = await sharp(photo).jpeg({ quality: 95 }).withMetadata({ orientation: 6 }).toBuffer()
  await bucket.put(uploadKey(lying), turned, { type: 'image/jpeg' })
  await bucket.put(uploadKey(text), Buffer.from('hello'), { type: 'text/plain' })
  const frames = await sharp([photo, await sharp(photo).negate().png().toBuffer()], {
    join: { animated: true },
  })
    .gif()
    .toBuffer()
  await bucket.put(uploadKey(moving), frames, { type: 'image/gif' })
  await bucket.close()
  cdn = await aNode({ storage: { kind: 'folder', dir } })
})
afterAll(async () => {
  await cdn?.stop()
  rmSync(dir, { recursive: true })
})

/** The size, and the colours of the corners: above left, above right, below left, below right. */
async function seen(body: Buffer): Promise<string> {
  const { data, info } = await sharp(body)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  const at = (x: number, y: number): string => {
    const pixel = data.subarray((y * width + x) * channels, (y * width + x) * channels + 3)
    const distance = (name: Name) =>
      colours[name].reduce((sum, c, i) => sum + Math.abs(c - (pixel[i] ?? 0)), 0)
    return (Object.keys(colours) as Name[]).find((name) => distance(name) < 90) ?? '?'
  }
  const [right, bottom] = [width - 3, height - 3]
  return `${width}x${height} ${at(2, 2)}${at(right, 2)}${at(2, bottom)}${at(right, bottom)}`
}

async function ask(operations: string, file = id): Promise<string> {
  const { status, body } = await cdn.get(`/${file}/-/${operations}/-/format/png/`)
  return status === 200 ? seen(body) : `${status} ${body}`
}

describe('operations', () => {
  test.each([
    ['preview/400x400', '400x300 rgby'],
    ['preview/4000x4000', '800x600 rgby'],
    ['preview', '800x600 rgby'],
    ['resize/200x', '200x150 rgby'],
    ['resize/x1200', '1600x1200 rgby'],
    ['stretch/off/-/resize/x1200', '800x600 rgby'],
    ['resize/100x300', '100x300 rgby'],
    ['stretch/off/-/resize/1000x300', '800x300 rgby'],
    ['stretch/fill/-/setfill/1414e6/-/resize/1000x700', '1000x700 bbbb'],
    ['scale_crop/100x300', '100x300 rrbb'],
    ['scale_crop/100x300/center', '100x300 rgby'],
    ['scale_crop/100x300/right', '100x300 ggyy'],
    ['scale_crop/100x300/100p,0p', '100x300 ggyy'],
    ['scale_crop/100x300/30p,0p', '100x300 rrbb'],
    ['scale_crop/100x300/280,0', '100x300 ggyy'],
    ['stretch/off/-/scale_crop/900x100/center', '800x100 rgby'],
    ['smart_resize/300x300', '300x300'],
    ['crop/400x300/-/preview/100x100', '100x75 rrrr'],
    ['crop/400x300/400,300/-/preview/100x100', '100x75 yyyy'],
    ['crop/50px50p/100p,0p/-/preview/100x100', '100x75 gggg'],
    ['crop/400x400/center/-/preview/100x100', '100x100 rgby'],
    ['crop/1:1/left/-/preview/100x100', '100x100 rgby'],
    ['crop/1:6/right/-/preview/600x600', '100x600 ggyy'],
    ['preview/400x400/-/crop/200x150/0,0', '200x150 rrrr'],
    ['preview/400x400/-/crop/200x150/bottom', '200x150 byby'],
    ['crop/400x600/0,0/-/resize/200x/-/crop/1:1/bottom', '200x200 rrbb'],
    ['rotate/90/-/preview/300x400', '300x400 gyrb'],
    ['rotate/180/-/preview/400x300', '400x300 ybgr'],
    ['preview/400x300/-/rotate/270', '300x400 bryg'],
    ['mirror/-/preview/400x300', '400x300 gryb'],
    ['flip/-/preview/400x300', '400x300 byrg'],
    ['preview/400x300/-/mirror/-/rotate/90', '300x400 rbgy'],
    ['rotate/90/-/crop/300x400/0,0/-/preview/75x100', '75x100 gggg'],
    ['mirror/-/rotate/90/-/crop/300x400/300,0/-/preview/75x100', '75x100 bbbb'],
    ['crop/400x600/0,0/-/mirror/-/rotate/90/-/preview/60x40', '60x40 rbrb'],
    ['mirror/-/scale_crop/100x300/left', '100x300 ggyy'],
  ])('%s', async (operations, expected) => {
    expect(await ask(operations)).toContain(expected)
  })

  test('autorotate says whether a photograph is turned upright', async () => {
    expect(await ask('resize/300x', lying)).toBe('300x400 bryg')
    expect(await ask('autorotate/no/-/resize/400x', lying)).toBe('400x300 rgby')
    expect(await ask('autorotate/no/-/rotate/90/-/resize/300x', lying)).toBe('300x400 gyrb')
    expect(await ask('autorotate/no/-/crop/400x300/400,0/-/resize/100x', lying)).toBe('100x75 gggg')
    expect(await ask('crop/300x400/300,0/-/resize/75x', lying)).toBe('75x100 rrrr')
  })

  test('blur and sharp do what they say', async () => {
    const edge = async (operations: string) => {
      const { body } = await cdn.get(`/${id}/-/preview/-/${operations}/-/format/png/`)
      const { data } = await sharp(body)
        .extract({ left: 395, top: 100, width: 1, height: 1 })
        .raw()
        .toBuffer({ resolveWithObject: true })
      return data[1] ?? 0
    }
    expect(await edge('blur/0')).toBe(20)
    expect(await edge('blur/50')).toBeGreaterThan(35)
  })
})

describe('the same picture in two languages', () => {
  test('is made once, and kept once', async () => {
    const before = await cdn.metric('halftone_cache_edge_memory_entries')
    const first = await cdn.get(`/${id}/-/scale_crop/123x77/center/-/format/jpeg/`)
    const second = await cdn.get(`/uploads/${id}?w=123&h=77&fit=crop&fm=jpg&frame=1`)
    expect(second.tiers).toHaveLength(1)
    expect(second.tiers[0]).toContain('halftone-edge; hit')
    expect(second.body.equals(first.body)).toBe(true)
    expect(await cdn.metric('halftone_cache_edge_memory_entries')).toBe(before + 1)
  })

  test('comes from the fast path the second time, with its file name', async () => {
    const path = `/${id}/-/preview/90x90/my%20cat.png`
    const [first, again] = [await cdn.get(path), await cdn.get(path)]
    expect(again.tiers[0]).toContain('halftone-edge; hit')
    for (const { headers } of [first, again])
      expect(headers['content-disposition']).toBe('inline; filename="my cat.png"')
  })

  test('is negotiated alike', async () => {
    // Four plain colours are smallest without loss: WebP, also for a client that reads AVIF.
    const answer = await cdn.get(`/${id}/-/preview/80x80/`, { accept: 'image/avif,image/webp' })
    expect([answer.headers['content-type'], answer.headers.vary]).toEqual(['image/webp', 'Accept'])
    const basic = await cdn.get(`/${id}/-/preview/80x80/-/format/preserve/`, { accept: 'image/avif' })
    expect([basic.headers['content-type'], basic.headers.vary]).toEqual(['image/png', undefined])
  })
})

describe('the file itself', () => {
  test('is answered as it was uploaded', async () => {
    const { headers, body } = await cdn.get(`/${id}/`)
    expect(body.equals(photo)).toBe(true)
    expect(headers).toMatchObject({ 'content-type': 'image/png', 'content-disposition': 'inline' })
  })

  test('is a download when it is no picture, whatever the address says', async () => {
    const { headers, body } = await cdn.get(`/${text}/-/inline/yes/note.txt`)
    expect([body.toString(), headers['content-type']]).toEqual(['hello', 'text/plain'])
    expect(headers['content-disposition']).toBe('attachment; filename="note.txt"')
  })

  test('tells its facts', async () => {
    for (let times = 0; times < 2; times++) {
      const { status, headers, body } = await cdn.get(`/${lying}/-/json/`)
      expect([status, headers['content-type']]).toEqual([200, 'application/json'])
      expect(JSON.parse(body.toString())).toMatchObject({
        id: lying,
        width: 800,
        height: 600,
        orientation: 6,
        format: 'JPEG',
      })
    }
    expect(JSON.parse((await cdn.get(`/uploads/${lying}?fm=json`)).body.toString())).toHaveProperty('stored')
  })

  test('of an animation is animated, but operations show its first frame', async () => {
    const pages = async (path: string) =>
      (await sharp((await cdn.get(path)).body, { animated: true }).metadata()).pages ?? 1
    expect(await pages(`/${moving}/`)).toBe(2)
    expect(await pages(`/${moving}/-/preview/40x40/`)).toBe(1)
    expect(JSON.parse((await cdn.get(`/${moving}/-/json/`)).body.toString())).toMatchObject({
      sequence: true,
    })
  })
})

describe('what is wrong', () => {
  test.each([
    ['-/explode/', 400],
    ['-/format/jpeg/', 400],
    ['-/resize/0x/', 400],
    ['gif2video/-/format/mp4/', 400],
  ])('%s', async (rest, status) => {
    expect((await cdn.get(`/${id}/${rest}`)).status).toBe(status)
  })

  test('a file that is not there is missing in every form', async () => {
    for (const rest of ['', '-/preview/', '-/json/'])
      expect((await cdn.get(`/dd269810-c17b-4e2c-92b6-25622464d866/${rest}`)).status).toBe(404)
  })
})
