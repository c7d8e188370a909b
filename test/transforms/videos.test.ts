// Animations as videos: what ffprobe says of them, and what their frames look like.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, test } from 'vitest'
import { exact, identify, parse, plan } from '../../transforms/index.ts'
import { admit } from '../../transforms/price.ts'
import { type Bounds, render } from '../../transforms/render/apply.ts'
import { kindOf, kindOfRejection } from '../refusals.ts'

const folder = mkdtempSync(join(tmpdir(), 'halftone-videos-'))
afterAll(() => rmSync(folder, { recursive: true }))

const delays = [100, 30, 70, 500, 20, 1000]
const colours = [
  [200, 0, 0],
  [0, 200, 0],
  [0, 0, 200],
  [200, 200, 0],
  [0, 200, 200],
  [200, 0, 200],
] as const

/** Frames of one colour each, whose left half is transparent. */
async function film(format: 'gif' | 'webp', width = 40, height = 30): Promise<Buffer> {
  const pixels = colours.flatMap((colour) =>
    Array.from({ length: width * height }, (_, i) => [...colour, i % width < width / 2 ? 0 : 255]).flat(),
  )
  const image = sharp(Buffer.from(pixels), {
    raw: { width, height: height * colours.length, channels: 4, pageHeight: height },
  })
  return format === 'gif'
    ? image.gif({ delay: delays, loop: 0 }).toBuffer()
    : image.webp({ lossless: true, delay: delays, loop: 0 }).toBuffer()
}

const planOf = (source: Uint8Array, query: string) =>
  plan(exact(parse(query), { formats: 'basic', saveData: false }), identify(source))

const made = (source: Uint8Array, query: string, bounds: Bounds = {}) =>
  render(source, planOf(source, query), bounds)

/** What ffprobe reads in it. */
function probed(body: Uint8Array) {
  const file = join(folder, 'probed')
  writeFileSync(file, body)
  const shown =
    'stream=codec_name,width,height,pix_fmt,color_space:format=format_name,duration:packet=pts_time'
  const args = ['-v', 'error', '-show_entries', shown, '-of', 'json', file]
  const { streams, format, packets } = JSON.parse(execFileSync('ffprobe', args, { encoding: 'utf8' }))
  const [{ codec_name: codec, width, height, pix_fmt: pixels }] = streams
  return {
    codec,
    width,
    height,
    pixels,
    container: format.format_name,
    seconds: Number(format.duration),
    times: packets.map(({ pts_time }: { pts_time: string }) => Math.round(Number(pts_time) * 1000)),
  }
}

/** Left and right of the middle of each frame, and the last row's last pixel. */
function framesIn(body: Uint8Array, { width, height }: { readonly width: number; readonly height: number }) {
  const file = join(folder, 'decoded')
  writeFileSync(file, body)
  const args = [
    '-v',
    'error',
    '-i',
    file,
    '-fps_mode',
    'passthrough',
    '-pix_fmt',
    'rgb24',
    '-f',
    'rawvideo',
    '-',
  ]
  const data = execFileSync('ffmpeg', args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const pixel = (n: number, x: number, y: number) => {
    const at = ((n * height + y) * width + x) * 3
    return [...data.subarray(at, at + 3)]
  }
  return Array.from({ length: data.length / (width * height * 3) }, (_, n) => ({
    left: pixel(n, Math.floor(width / 4), height >> 1),
    right: pixel(n, Math.floor((3 * width) / 4), height >> 1),
    corner: pixel(n, width - 1, height - 1),
  }))
}

const isClose = (a: readonly number[], b: readonly number[], most = 12): boolean =>
  a.every((value, i) => Math.abs(value - (b[i] ?? Number.NaN)) <= most)

const has = (name: string): boolean => spawnSync(name, ['-version']).status === 0
const isHere = has('ffmpeg') && has('ffprobe')

describe.skipIf(!isHere)('a video of an animation (needs ffmpeg)', () => {
  const starts = [0, 100, 130, 200, 700, 720]

  test.each([
    ['gif', 'mp4', { codec: 'h264', container: 'mov,mp4,m4a,3gp,3g2,mj2' }],
    ['webp', 'mp4', { codec: 'h264' }],
    ['gif', 'webm', { codec: 'vp9', container: 'matroska,webm' }],
    ['webp', 'webm', { codec: 'vp9' }],
  ] as const)('of %s as %s has its frames at their times', async (from, to, expected) => {
    const video = await made(await film(from), `fm=${to}`)
    expect(video).toMatchObject({ type: `video/${to}`, width: 40, height: 30, pages: 6 })
    const facts = probed(video.body)
    expect(facts).toMatchObject({ ...expected, width: 40, height: 30, pixels: 'yuv420p', times: starts })
    expect(facts.seconds).toBeCloseTo(1.72, 2)
  })

  test.each(['mp4', 'webm'])('as %s shows their colours, and the background behind them', async (to) => {
    const { body } = await made(await film('webp'), `fm=${to}&bg=102030`)
    const frames = framesIn(body, { width: 40, height: 30 })
    expect(frames).toHaveLength(6)
    frames.forEach(({ left, right }, n) => {
      expect([left, isClose(left, [16, 32, 48])]).toEqual([left, true])
      expect([right, isClose(right, colours[n] ?? [])]).toEqual([right, true])
    })
  })

  test('has the size that is asked for, of the part that is asked for', async () => {
    const video = await made(await film('webp', 80, 60), 'fm=mp4&w=20&h=20&fit=crop&crop=right')
    expect(probed(video.body)).toMatchObject({ width: 20, height: 20 })
    for (const { left } of framesIn(video.body, { width: 20, height: 20 }))
      expect(Math.max(...left)).toBeLessThan(256)
  })

  test.each([
    ['fm=mp4&w=21&h=15&fit=scale', 22, 16],
    ['fm=webm&w=21&h=15&fit=scale', 22, 16],
    ['fm=mp4&w=1&h=1&fit=scale', 2, 2],
    ['fm=webm&w=1&h=1&fit=scale', 2, 2],
  ])('%s is %i x %i: an odd side has its last line twice', async (query, width, height) => {
    const { body, ...video } = await made(await film('webp'), `${query}&bg=fff`)
    expect(video).toMatchObject({ width, height })
    expect(probed(body)).toMatchObject({ width, height })
    if (width > 2)
      framesIn(body, { width, height }).forEach(({ corner }, n) => {
        expect([corner, isClose(corner, colours[n] ?? [])]).toEqual([corner, true])
      })
  })

  test.each([
    ['fm=mp4&frame=2-4', [0, 30, 100], 0.6],
    ['fm=mp4&fps=10', [0, 100, 200, 300, 400, 500], 0.6],
    ['fm=webm&interval=3', [0, 200], 1.72],
    ['fm=mp4&reverse=true&rot=90', [0, 1000, 1020, 1520, 1590, 1620], 1.72],
  ])('%s plays those frames', async (query, times, seconds) => {
    const facts = probed((await made(await film('webp'), query)).body)
    expect(facts.times).toEqual(times)
    expect(facts.seconds).toBeCloseTo(seconds, 2)
  })

  test('is played before all of it is there: its index comes first', async () => {
    const text = Buffer.from((await made(await film('gif'), 'fm=mp4')).body).toString('latin1')
    expect(text.indexOf('moov')).toBeGreaterThan(0)
    expect(text.indexOf('moov')).toBeLessThan(text.indexOf('mdat'))
  })

  test.each(['mp4', 'webm'])('of a lower quality has fewer bytes as %s', async (to) => {
    const [width, height, count] = [120, 90, 4]
    const noise = Buffer.from(
      Array.from({ length: width * height * count * 3 }, (_, i) => (i * 7919 + ((i * i) % 251)) % 256),
    )
    const source = await sharp(noise, {
      raw: { width, height: height * count, channels: 3, pageHeight: height },
    })
      .webp({ quality: 90, delay: Array(count).fill(100) })
      .toBuffer()
    const sizes = await Promise.all(
      ['q=90', 'q=80', 'auto=compress', 'q=10'].map(
        async (q) => (await made(source, `fm=${to}&${q}`)).body.length,
      ),
    )
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
    expect(new Set(sizes).size).toBe(4)
  })

  test('that is not made in time is late', async () => {
    expect(await kindOfRejection(made(await film('webp'), 'fm=mp4', { timeoutMs: 1 }))).toBe('late')
  })
})

describe('no video', () => {
  test('without ffmpeg is made: the answer says what to install', async () => {
    const making = made(await film('gif'), 'fm=mp4', { ffmpeg: join(folder, 'none') })
    await expect(making).rejects.toMatchObject({
      kind: 'tool-missing',
      message: 'fm=mp4 needs ffmpeg (Debian: apt install ffmpeg)',
    })
  })

  test('is made by an ffmpeg without the encoder', async () => {
    const poor = join(folder, 'poor')
    writeFileSync(poor, '#!/bin/sh\necho " V..... mpeg4 MPEG-4"\n', { mode: 0o755 })
    await expect(made(await film('gif'), 'fm=webm', { ffmpeg: poor })).rejects.toMatchObject({
      kind: 'tool-missing',
      message: 'fm=webm needs an ffmpeg with the encoder libvpx-vp9',
    })
  })

  test('is made of a still picture, nor of one frame', async () => {
    const still = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    const moving = await film('gif')
    for (const format of ['mp4', 'webm']) {
      expect(() => planOf(still, `fm=${format}`)).toThrow(`fm=${format} needs an animation`)
      expect(kindOf(() => planOf(moving, `fm=${format}`))).toBe('passes')
      expect(kindOf(() => planOf(moving, `fm=${format}&frame=2`))).toBe('bad-option')
    }
  })

  test('is made where its frames are too large, or too many to be held', async () => {
    const source = await film('gif')
    const admitted = (query: string) => kindOf(() => admit(identify(source), planOf(source, query)))
    expect(admitted('fm=mp4&w=4000&h=2300&fit=scale')).toBe('passes')
    expect(admitted('fm=mp4&w=4100&h=2400&fit=scale')).toBe('too-costly')
    const facts = { ...identify(source), pages: 300 }
    const long = (query: string) =>
      kindOf(() => admit(facts, plan(exact(parse(query), { formats: 'basic', saveData: false }), facts)))
    expect(long('fm=mp4&w=400&h=300')).toBe('passes')
    expect(long('fm=mp4&w=600&h=400&fit=scale')).toBe('too-costly')
  })
})
