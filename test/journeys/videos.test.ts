// An animation as a video through the whole CDN, and what is said where there is none.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { animatedGif, animatedWebp } from '../pictures.ts'
import { aNode, aSource, type Node, type SourceServer, siteOf } from './cdn.ts'

const isHere = spawnSync('ffmpeg', ['-version']).status === 0

let source: SourceServer
let cdn: Node
let poor: Node

beforeAll(async () => {
  const [whole, film] = [await animatedGif(), await animatedWebp()]
  source = await aSource({
    '/dance.gif': whole,
    '/film.mp4': readFileSync(join(import.meta.dirname, '../fixtures/red-then-blue.mp4')),
    '/cut.webp': film.subarray(0, film.length >> 1),
    '/mad.gif': Buffer.concat([whole.subarray(0, 60), Buffer.alloc(2000, 0x2c), whole.subarray(60)]),
    '/still.png': await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .png()
      .toBuffer(),
  })
  cdn = await aNode({ sources: { shop: siteOf(source) } })
  poor = await aNode({ sources: { shop: siteOf(source) }, ffmpeg: '/no/such/ffmpeg' })
})

afterAll(async () => {
  await cdn.stop()
  await poor.stop()
  await source.stop()
})

describe.skipIf(!isHere)('a video (needs ffmpeg)', () => {
  test.each([
    ['mp4', 'ftyp', 4],
    ['webm', '\x1aE\xdf\xa3', 0],
  ])('as %s, the second time from memory', async (format, mark, at) => {
    const path = `/shop/dance.gif?fm=${format}&w=30`
    const { status, headers, body } = await cdn.get(path, { accept: 'image/avif,*/*' })
    expect([status, headers['content-type'], headers.vary]).toEqual([200, `video/${format}`, undefined])
    expect(body.toString('latin1', at, at + 4)).toBe(mark)
    const again = await cdn.get(path)
    expect(again.headers['cache-status']).toContain('hit')
    expect(again.body).toEqual(body)
  })

  test('for a client that asks for videos, and a picture for all others', async () => {
    const player = 'video/webm,video/ogg,video/*;q=0.9,audio/*;q=0.6,*/*;q=0.5'
    const film = await cdn.get('/shop/dance.gif?auto=format&w=30', { accept: player })
    expect([film.status, film.headers['content-type'], film.headers.vary]).toEqual([
      200,
      'video/mp4',
      'Accept',
    ])
    const picture = await cdn.get('/shop/dance.gif?auto=format&w=30', { accept: `image/webp,${player}` })
    expect(picture.headers['content-type']).toBe('image/webp')
    const still = await cdn.get('/shop/still.png?auto=format', { accept: player })
    expect(still.headers['content-type']).toBe('image/png')
  })

  test('is sent in parts, as players ask for it', async () => {
    const { body } = await cdn.get('/shop/dance.gif?fm=mp4')
    const part = await cdn.get('/shop/dance.gif?fm=mp4', { range: 'bytes=4-7' })
    expect([part.status, part.headers['content-range'], part.body.toString()]).toEqual([
      206,
      `bytes 4-7/${body.length}`,
      'ftyp',
    ])
  })
})

test('the facts of a video need no ffmpeg, and a picture of it does', async () => {
  const facts = await poor.get('/shop/film.mp4?fm=json')
  expect(JSON.parse(facts.body.toString())).toMatchObject({ type: 'video/mp4', width: 64, seconds: 2 })
  const { status, body } = await poor.get('/shop/film.mp4?w=20&time=1')
  expect([status, JSON.parse(body.toString())]).toMatchObject([
    501,
    { detail: 'A source in MP4 needs /no/such/ffmpeg (Debian: apt install ffmpeg)' },
  ])
  const made = await cdn.get('/shop/film.mp4?w=20&time=1&auto=format', { accept: 'image/webp' })
  expect([made.status, made.headers['content-type']]).toEqual(
    isHere ? [200, 'image/webp'] : [501, expect.anything()],
  )
})

describe('no video', () => {
  test.each([
    ['of a still picture', '/shop/still.png?fm=mp4', 400],
    ['of one frame', '/shop/dance.gif?fm=mp4&frame=1', 400],
    ['of what is no picture', '/shop/none.gif?fm=mp4', 404],
    ['of frames beyond what players take', '/shop/dance.gif?fm=mp4&w=5000&h=5000&fit=scale', 422],
  ])('%s', async (_, path, status) => {
    const answer = await cdn.get(path)
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/problem+json'])
  })

  test.skipIf(!isHere).each(['cut.webp', 'mad.gif'])(
    'of a damaged source: %s (needs ffmpeg)',
    async (name) => {
      const { status } = await cdn.get(`/shop/${name}?fm=mp4`)
      expect([400, 415, 422]).toContain(status)
    },
  )

  test('without ffmpeg, which is named; pictures are made all the same', async () => {
    const { status, body } = await poor.get('/shop/dance.gif?fm=webm')
    expect([status, JSON.parse(body.toString())]).toMatchObject([
      501,
      {
        type: 'urn:halftone:problem:tool-missing',
        detail: 'fm=webm needs ffmpeg (Debian: apt install ffmpeg)',
      },
    ])
    expect((await poor.get('/shop/dance.gif?fm=webp')).status).toBe(200)
  })
})
