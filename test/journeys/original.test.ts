// Files as they are, and pictures as downloads, through the whole CDN.
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aNode, aSource, type Node, type SourceServer, siteOf } from './cdn.ts'

let source: SourceServer
let cdn: Node
let photo: Buffer
const page = Buffer.from('<!doctype html><title>hello</title>')

beforeAll(async () => {
  photo = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#369' } })
    .jpeg()
    .toBuffer()
  source = await aSource({ '/photo.jpg': photo, '/page.html': page })
  cdn = await aNode({ sources: { shop: siteOf(source) } })
})
afterAll(async () => {
  await cdn.stop()
  await source.stop()
})

describe('fm=original', () => {
  test('answers the bytes of the source, and from memory the second time', async () => {
    const first = await cdn.get('/shop/photo.jpg?fm=original')
    expect([first.status, first.body.equals(photo)]).toEqual([200, true])
    expect(first.headers).toMatchObject({ 'content-type': 'image/jpeg', 'content-disposition': 'inline' })
    const again = await cdn.get('/shop/photo.jpg?fm=original')
    expect(again.tiers).toHaveLength(1)
    expect(again.tiers[0]).toContain('halftone-edge; hit')
    expect(again.headers.etag).toBe(first.headers.etag)
  })

  test('does nothing to them, whatever else is asked, and is one key for all browsers', async () => {
    const options = 'fm=original&w=10&auto=compress&blur=100&q=3'
    const { tiers, headers, body } = await cdn.get(`/shop/photo.jpg?${options}`, { accept: 'image/avif' })
    expect(body.equals(photo)).toBe(true)
    expect(tiers.at(-1)).toContain('hit')
    expect(headers).not.toHaveProperty('vary')
  })

  test('of a page is a download, also where the URL names it', async () => {
    const { headers, body } = await cdn.get('/shop/page.html?fm=original&dl=page.html')
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="page.html"',
      'x-content-type-options': 'nosniff',
    })
    expect(body.equals(page)).toBe(true)
  })

  test('gives a range', async () => {
    const { status, body } = await cdn.get('/shop/photo.jpg?fm=original', { range: 'bytes=0-9' })
    expect([status, body.equals(photo.subarray(0, 10))]).toEqual([206, true])
  })
})

describe('dl', () => {
  test('makes a download of any picture, without making another picture', async () => {
    await cdn.get('/shop/photo.jpg?w=20')
    for (const name of ['first', 'again']) {
      const path = `/shop/photo.jpg?w=20&dl=${encodeURIComponent(`${name} Käse.jpg`)}`
      for (let times = 0; times < 2; times++) {
        const { tiers, headers } = await cdn.get(path)
        expect(tiers).toHaveLength(1)
        expect(headers['content-disposition']).toBe(
          `attachment; filename="${name} K_se.jpg"; filename*=UTF-8''${name}%20K%C3%A4se.jpg`,
        )
      }
    }
    expect((await cdn.get('/shop/photo.jpg?w=20')).headers).not.toHaveProperty('content-disposition')
  })

  test.each(['', '%0d%0aset-cookie:a=b', 'a'.repeat(256)])('%s is refused', async (name) => {
    const { status, body } = await cdn.get(`/shop/photo.jpg?dl=${name}`)
    expect([status, JSON.parse(body.toString()).option]).toEqual([400, 'dl'])
  })

  test('says nothing of a picture that is not there', async () => {
    const { status, headers } = await cdn.get('/shop/none.jpg?dl=a.jpg')
    expect(status).toBe(404)
    expect(headers).not.toHaveProperty('content-disposition')
  })
})
