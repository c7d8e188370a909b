// Kraken's own client for Node, pointed at the face over real services.
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Kraken from 'kraken'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKraken } from '../../api/faces/kraken/index.ts'
import { identifyInDetail } from '../../transforms/optimise/identification.ts'
import type { Site } from '../origin/servers.ts'
import { alpha, animatedGif, jpeg, lying, png, quarters, svg } from '../pictures.ts'
import { aDesk, aGallery, aReceiver, type Desk, type Receiver } from './desk.ts'

let desk: Desk
let receiver: Receiver
let gallery: Site
let kraken: Kraken
let key: { id: string; secret: string }
const folder = mkdtempSync(join(tmpdir(), 'halftone-kraken-'))
const size = { width: 240, height: 160 }

function clientOf(keyId: string, secret: string): Kraken {
  const client = new Kraken(keyId, secret)
  client.api = new Kraken.KrakenApiList(desk.url)
  return client
}

beforeAll(async () => {
  desk = await aDesk({ create: createKraken })
  receiver = await aReceiver()
  gallery = await aGallery({
    '/cat.jpg': await jpeg(size),
    '/a/b%20c.png': await png(size),
    '/no.txt': Buffer.from('no'),
  })
  key = await desk.key()
  kraken = clientOf(key.id, key.secret)
})

afterAll(async () => {
  await desk.stop()
  await receiver.close()
  await gallery.close()
  rmSync(folder, { recursive: true, force: true })
})

const textOf = (value: unknown): string => String(value)

/** The size and the colours of the four corners. */
async function seen(answer: Record<string, unknown>) {
  const bytes = await desk.result(textOf(answer.kraked_url))
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number) =>
    colourOf(data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4))
  const [right, bottom] = [info.width - 3, info.height - 3]
  const { format } = await sharp(bytes).metadata()
  return {
    format,
    size: `${info.width}x${info.height}`,
    corners: [at(2, 2), at(right, 2), at(2, bottom), at(right, bottom)].join(' '),
  }
}

const names: Readonly<Record<string, string>> = {
  [quarters.topLeft]: 'red',
  [quarters.topRight]: 'blue',
  [quarters.bottomLeft]: 'green',
  [quarters.bottomRight]: 'yellow',
  '#ffffff': 'white',
  '#ff6600': 'orange',
}

/** The nearest of the colours that can be there. */
function colourOf(pixel: Buffer): string {
  if ((pixel[3] ?? 0) < 128) return 'clear'
  const distance = (hex: string) =>
    [1, 3, 5].reduce(
      (sum, at, i) => sum + Math.abs(Number.parseInt(hex.slice(at, at + 2), 16) - (pixel[i] ?? 0)),
      0,
    )
  return Object.entries(names).toSorted(([a], [b]) => distance(a) - distance(b))[0]?.[1] ?? ''
}

const upload = async (options: object, picture?: Buffer, filename = 'cat.jpg') =>
  kraken.upload({ file: { value: picture ?? (await jpeg(size)), filename }, wait: true, ...options })

describe('a picture', () => {
  test('from a path, a stream and memory', async () => {
    const file = join(folder, 'cat.jpg')
    const bytes = await jpeg(size)
    writeFileSync(file, bytes)
    for (const given of [file, createReadStream(file), { path: file, filename: 'a.jpg' }, { value: bytes }])
      expect(await kraken.upload({ file: given, wait: true })).toMatchObject({
        ...{ success: true, original_size: bytes.length, original_width: 240, kraked_height: 160 },
        ...{ original_type: 'jpeg', kraked_type: 'jpeg' },
      })
  })

  test('from an address; the numbers add up and the result is there', async () => {
    const answer = await kraken.url({ url: `${gallery.url}/cat.jpg`, wait: true })
    expect(answer).toMatchObject({ success: true, file_name: 'cat.jpg' })
    const [before, after, saved] = [answer.original_size, answer.kraked_size, answer.saved_bytes].map(Number)
    expect(saved).toBe((before ?? 0) - (after ?? 0))
    expect(textOf(answer.kraked_url)).toMatch(`${desk.url}/`)
    expect((await desk.result(textOf(answer.kraked_url))).length).toBe(after)
  })

  test('without loss has the same pixels; with loss it is smaller still', async () => {
    const noisy = await sharp({
      create: { ...size, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 40 } },
    })
      .jpeg({ quality: 95 })
      .toBuffer()
    const plain = await upload({}, noisy)
    const pixels = (bytes: Buffer) => sharp(bytes).raw().toBuffer()
    expect(await pixels(await desk.result(textOf(plain.kraked_url)))).toEqual(await pixels(noisy))
    const lossy = await upload({ lossy: true }, noisy)
    expect(Number(lossy.kraked_size)).toBeLessThan(Number(plain.kraked_size))
    const worse = await upload({ lossy: true, quality: 20 }, noisy)
    expect(Number(worse.kraked_size)).toBeLessThan(Number(lossy.kraked_size))
  })
})

describe('a resize', () => {
  const around = 'red blue green yellow'
  test.each([
    [{ strategy: 'exact', width: 300, height: 100 }, '300x100', around],
    [{ strategy: 'portrait', height: 80 }, '120x80', around],
    [{ strategy: 'portrait', height: 800 }, '240x160', around],
    [{ strategy: 'landscape', width: 60 }, '60x40', around],
    [{ strategy: 'landscape', width: 600 }, '240x160', around],
    [{ strategy: 'auto', width: 60, height: 60 }, '60x40', around],
    [{ strategy: 'auto', width: 600, height: 600 }, '240x160', around],
    [{ strategy: 'fit', width: 50, height: 100 }, '50x100', around],
    [{ strategy: 'fit', width: 50, height: 100, crop_mode: 'l' }, '50x100', 'red red green green'],
    [{ strategy: 'fit', width: 50, height: 100, crop_mode: 'e' }, '50x100', 'blue blue yellow yellow'],
    [{ strategy: 'fit', width: 400, height: 100, crop_mode: 't' }, '400x100', 'red blue red blue'],
    [{ strategy: 'crop', width: 100, height: 60 }, '100x60', around],
    [{ strategy: 'crop', width: 100, height: 60, crop_mode: 'br' }, '100x60', 'yellow yellow yellow yellow'],
    [{ strategy: 'crop', width: 100, height: 60, crop_mode: 'nw' }, '100x60', 'red red red red'],
    [{ strategy: 'crop', width: 100, height: 60, x: 130, y: 10 }, '100x60', 'blue blue blue blue'],
    [{ strategy: 'crop', width: 500, height: 60 }, '240x60', around],
    [{ strategy: 'square', size: 50 }, '50x50', around],
    [{ strategy: 'square', size: 300 }, '300x300', around],
    [{ strategy: 'fill', width: 100, height: 100 }, '100x100', 'white white white white'],
    [
      { strategy: 'fill', width: 300, height: 300, background: '#f60' },
      '300x300',
      'orange orange orange orange',
    ],
    [{ strategy: 'none' }, '240x160', around],
  ])('%o', async (resize, expected, corners) => {
    const answer = await upload({ resize })
    expect(await seen(answer)).toEqual({ format: 'jpeg', size: expected, corners })
    expect(`${answer.kraked_width}x${answer.kraked_height}`).toBe(expected)
  })

  test.each(['4:2:0', '4:2:2', '4:4:4'])('is sampled %s where that is asked for', async (sampling_scheme) => {
    const answer = await upload({ resize: { strategy: 'square', size: 50 }, sampling_scheme })
    // libvips calls everything that is not 4:4:4 by the same name.
    const { sampling } = identifyInDetail(await desk.result(textOf(answer.kraked_url)))
    expect(sampling).toBe(sampling_scheme)
  })

  test('that the picture fits already costs no pixel', async () => {
    const source = await jpeg(size)
    const answer = await upload({ resize: { strategy: 'auto', width: 600, height: 600 } }, source)
    const bytes = await desk.result(textOf(answer.kraked_url))
    expect(await sharp(bytes).raw().toBuffer()).toEqual(await sharp(source).raw().toBuffer())
  })

  test('is meant on the picture as it is seen', async () => {
    const answer = await upload(
      { resize: { strategy: 'landscape', width: 60 }, auto_orient: true },
      await lying(6),
    )
    expect(await seen(answer)).toMatchObject({ size: '60x40', corners: around })
    const turned = await upload({ auto_orient: true }, await lying(8))
    expect(await seen(turned)).toMatchObject({ size: '96x64', corners: around })
    expect(turned).toMatchObject({ original_width: 96, original_height: 64 })
  })
})

describe('metadata', () => {
  const kept = async (options: object) => {
    const exif = { IFD0: { Copyright: 'Ann', Software: 'Camera' } }
    const source = await sharp(await jpeg(size))
      .withExif(exif)
      .jpeg()
      .toBuffer()
    const answer = await upload(options, source)
    const found = (await sharp(await desk.result(textOf(answer.kraked_url))).metadata()).exif
    return ['Ann', 'Camera'].filter((word) => found?.includes(word))
  }

  test.each([{}, { resize: { strategy: 'landscape', width: 50 } }, { lossy: true, quality: 30 }])(
    'goes, but for what is to be preserved: %o',
    async (options) => {
      expect(await kept(options)).toEqual([])
      expect(await kept({ ...options, preserve_meta: ['copyright'] })).toEqual(['Ann'])
    },
  )
})

test('a drawing and a film keep what they are', async () => {
  const drawing = await upload({}, svg(size), 'logo.svg')
  expect(drawing).toMatchObject({ success: true, kraked_type: 'svg', file_name: 'logo.svg' })
  const rastered = await upload(
    { convert: { format: 'png' }, resize: { strategy: 'landscape', width: 60 } },
    svg(size),
  )
  expect(await seen(rastered)).toEqual({ format: 'png', size: '60x40', corners: 'red blue green yellow' })
  const film = await upload({ resize: { strategy: 'landscape', width: 20 } }, await animatedGif(), 'film.gif')
  const bytes = await desk.result(textOf(film.kraked_url))
  expect(await sharp(bytes).metadata()).toMatchObject({ format: 'gif', width: 20, pages: expect.any(Number) })
  expect((await sharp(bytes).metadata()).pages).toBeGreaterThan(1)
})

describe('several sizes of one picture', () => {
  test('are answered by their ids', async () => {
    const answer = await upload({
      lossy: true,
      resize: [
        { id: 'small', strategy: 'square', size: 20 },
        { id: 2, strategy: 'landscape', width: 60, lossy: false },
        { id: 'whole', strategy: 'none' },
      ],
    })
    expect(answer.success).toBe(true)
    expect(Math.abs(Number(answer.timestamp) - Date.now() / 1000)).toBeLessThan(120)
    const { results } = answer
    expect(Object.keys(results).toSorted()).toEqual(['2', 'small', 'whole'])
    expect(results.small).toMatchObject({ kraked_width: 20, kraked_height: 20, original_width: 240 })
    expect(results['2']).toMatchObject({ kraked_width: 60, kraked_height: 40 })
    expect((await seen(results.small ?? {})).size).toBe('20x20')
    expect(results.small).not.toHaveProperty('success')
  })
})

describe('a conversion', () => {
  test.each([
    ['jpeg', 'jpeg', 'cat.jpg'],
    ['png', 'png', 'cat.png'],
    ['gif', 'gif', 'cat.gif'],
    ['webp', 'webp', 'cat.webp'],
  ])('to %s', async (format, expected, name) => {
    const answer = await upload({ convert: { format } }, await png(size), 'cat.png')
    expect(answer).toMatchObject({ success: true, kraked_type: expected, file_name: name })
    expect(await seen(answer)).toMatchObject({ format: expected, corners: 'red blue green yellow' })
  })

  test('may keep the name', async () => {
    const convert = { format: 'jpeg', keep_extension: true }
    expect(await upload({ convert }, await png(size), 'cat.png')).toMatchObject({ file_name: 'cat.png' })
    const answer = await kraken.url({ url: `${gallery.url}/a/b%20c.png`, wait: true, convert })
    expect(answer).toMatchObject({ file_name: 'b c.png', kraked_type: 'jpeg' })
  })

  test('lays transparency on white, or on what was asked for', async () => {
    const convert = { format: 'jpeg' }
    expect((await seen(await upload({ convert }, await alpha(size)))).corners).toBe('red white green white')
    const orange = { ...convert, background: 'rgb(255,102,0)' }
    expect((await seen(await upload({ convert: orange }, await alpha(size)))).corners).toBe(
      'red orange green orange',
    )
  })

  test('webp, as it was asked for before', async () => {
    expect(await upload({ webp: true, lossy: true })).toMatchObject({
      kraked_type: 'webp',
      file_name: 'cat.webp',
    })
  })
})

describe('a callback', () => {
  const told = (id: unknown) =>
    expect.poll(() => receiver.received.find(({ body }) => body.id === id)?.body, { interval: 20 })

  test('has the answer later, under the id that was answered at once', async () => {
    const { id, ...rest } = await kraken.url({
      url: `${gallery.url}/cat.jpg`,
      callback_url: `${receiver.url}/x`,
    })
    expect(rest).toEqual({})
    expect(id).toMatch(/^[\da-f]{32}$/)
    await told(id).toMatchObject({ id, success: true, file_name: 'cat.jpg', original_width: 240 })
  })

  test('of a set, also where the client waits', async () => {
    const resize = [{ id: 'a', strategy: 'square', size: 20 }]
    const { id } = await upload({ wait: true, callback_url: receiver.url, resize })
    await told(id).toMatchObject({ success: true, results: { a: { kraked_width: 20 } } })
  })

  test('is told of what went wrong', async () => {
    const { id } = await kraken.url({ url: `${gallery.url}/no.txt`, callback_url: receiver.url })
    await told(id).toEqual({ id, success: false, message: 'File type not supported' })
  })

  test('of the sandbox comes as well', async () => {
    const { id } = await kraken.url({
      url: 'http://nobody.invalid/cat.jpg',
      callback_url: receiver.url,
      dev: true,
    })
    await told(id).toMatchObject({ success: true, file_name: 'cat.jpg' })
  })

  test('must have an address that may be called', async () => {
    const refused = { success: false, message: 'The webhook address is not a public one.' }
    expect(await upload({ callback_url: 'http://10.0.0.1/' })).toEqual(refused)
    expect(await upload({ callback_url: 'http://10.0.0.1/', dev: true })).toEqual(refused)
    expect(desk.spooled()).toBe(0)
  })
})

describe('the sandbox', () => {
  test('reads the request, makes nothing and counts nothing', async () => {
    const own = await desk.key({ quotas: { calls: 0 }, project: 'poor' })
    const poor = clientOf(own.id, own.secret)
    const before = await desk.stored()
    const file = { value: await jpeg(size), filename: 'cat.jpg' }
    expect(await poor.upload({ file, wait: true, dev: true })).toMatchObject({
      ...{ success: true, file_name: 'cat.jpg', original_width: 240, original_size: file.value.length },
    })
    expect(await poor.upload({ file, wait: true, dev: true, lossy: 'perhaps' })).toMatchObject({
      success: false,
    })
    expect(await poor.userStatus()).toMatchObject({ quota_used: 0 })
    expect(await desk.stored()).toBe(before)
    expect(await poor.upload({ file, wait: true })).toMatchObject({ success: false, message: /used up/ })
  })
})

describe('an account', () => {
  test('without a quota', async () => {
    expect(await kraken.userStatus()).toMatchObject({ success: true, active: true, plan_name: 'Unlimited' })
  })

  test('with one', async () => {
    const own = await desk.key({ quotas: { bytes: 1_000_000 }, project: 'metered' })
    const client = clientOf(own.id, own.secret)
    const file = { value: await jpeg(size), filename: 'cat.jpg' }
    await client.upload({ file, wait: true })
    const used = file.value.length
    expect(await client.userStatus()).toMatchObject({
      ...{ quota_total: 1_000_000, quota_used: used, quota_remaining: 1_000_000 - used },
    })
  })
})

describe('an error', () => {
  const post = async (
    path: string,
    body: string | FormData | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ) => {
    const response = await fetch(`${desk.url}${path}`, { method: 'POST', body, headers })
    return { status: response.status, ...((await response.json()) as { success: boolean; message: string }) }
  }
  const auth = () => ({ api_key: key.id, api_secret: key.secret })
  const json = (given: object) => post('/v1/url', JSON.stringify({ auth: auth(), ...given }))
  const form = (data: string | undefined, picture?: Blob) => {
    const body = new FormData()
    if (picture) body.append('anything', picture, 'x.jpg')
    if (data !== undefined) body.append('data', data)
    return post('/v1/upload', body)
  }
  const waiting = () => JSON.stringify({ auth: auth(), wait: true })

  test('in the words of Kraken', async () => {
    const notJson = 'Incoming request body does not contain a valid JSON object'
    expect(await post('/v1/url', '{"auth":')).toEqual({ status: 400, success: false, message: notJson })
    expect(await form(undefined, new Blob([await jpeg()]))).toMatchObject({ status: 400, message: notJson })
    const wrong = 'Unnknown API Key. Please check your API key and try again'
    expect(await json({ auth: { api_key: key.id, api_secret: 'x' } })).toEqual({
      status: 401,
      success: false,
      message: wrong,
    })
    expect(await json({ auth: undefined })).toMatchObject({ status: 401, message: wrong })
    const neither = 'You need to specify either callback_url or wait flag'
    expect(await json({ url: gallery.url })).toEqual({ status: 422, success: false, message: neither })
    expect(await form(waiting(), new Blob(['no picture']))).toMatchObject({
      status: 415,
      message: 'File type not supported',
    })
    const large = 'File size too large. The maximum file size is 4194304 bytes (4 MB)'
    expect(await form(waiting(), new Blob([await jpeg(), Buffer.alloc(5 << 20)]))).toMatchObject({
      status: 413,
      message: large,
    })
  })

  test('leaves nothing of the picture that came with it', async () => {
    const picture = new Blob([new Uint8Array(await jpeg())])
    for (const data of [
      undefined,
      '{"auth":{"api_key":"a","api_secret":"b"}}',
      JSON.stringify({ auth: auth() }),
    ])
      expect(await form(data, picture)).toMatchObject({ success: false })
    expect(desk.spooled()).toBe(0)
  })

  test('has a sentence of its own where Kraken has none', async () => {
    expect(await json({ wait: true })).toMatchObject({
      status: 422,
      message: 'url must be an http or https address',
    })
    expect(await json({ wait: true, url: 'file:///etc/passwd' })).toMatchObject({ status: 422 })
    expect(await json({ wait: true, url: `${gallery.url}/missing.jpg` })).toMatchObject({ status: 422 })
    expect(await json({ wait: true, url: 'http://10.1.2.3/a.jpg' })).toMatchObject({ status: 422 })
    expect(await json({ wait: true, url: `${gallery.url}/no.txt` })).toMatchObject({ status: 415 })
    expect(await form(waiting())).toMatchObject({ status: 422, message: 'You need to upload a file' })
    const got = await fetch(`${desk.url}/v1/url`)
    expect(got.status).toBe(405)
  })

  test('a key that may not optimise', async () => {
    const own = await desk.key({ scopes: ['upload'] })
    const client = clientOf(own.id, own.secret)
    expect(await client.userStatus()).toMatchObject({ success: false, message: /lacks the scope/ })
  })

  test.each([
    ['Content-Disposition: form-data; name="data"', 'Content-Type: application/json'],
    ['Content-Disposition: form-data; name=data', 'Content-Type: text/plain; charset=utf-8'],
  ])('options are read from a part with %s and %s', async (...head) => {
    const start = `--b\r\n${head.join('\r\n')}\r\n\r\n${waiting()}\r\n`
    const part = '--b\r\nContent-Disposition: form-data; name=cat.jpg; filename=cat.jpg\r\n\r\n'
    const body = Buffer.concat([Buffer.from(start + part), await jpeg(), Buffer.from('\r\n--b--\r\n')])
    const headers = { 'content-type': 'multipart/form-data; boundary=b' }
    expect(await post('/v1/upload', new Uint8Array(body), headers)).toMatchObject({
      status: 200,
      success: true,
    })
  })

  test('options may come behind the picture, which may have any name', async () => {
    expect(await form(waiting(), new Blob([await jpeg()]))).toMatchObject({ status: 200, success: true })
  })
})
