// Results put into a customer's own container: a real OpenStack Swift, by its own protocol and by that of S3.
import Kraken from 'kraken'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKraken } from '../../api/faces/kraken/index.ts'
import { createOptidash } from '../../api/faces/optidash/index.ts'
import { jpeg } from '../pictures.ts'
import { type SwiftServer, startSwift, swiftMissing } from '../servers/swift.ts'
import { aDesk, type Desk } from './desk.ts'

if (swiftMissing) console.warn(`Not tested: stores of customers, because ${swiftMissing}.`)

describe.skipIf(swiftMissing !== undefined)('a customer’s container', () => {
  let swift: SwiftServer
  let krakenDesk: Desk
  let optidashDesk: Desk
  let kraken: Kraken
  let storageUrl: string
  let token: string

  beforeAll(async () => {
    swift = await startSwift()
    await swift.container('pictures')
    const endpoints = { s3: swift.url, swift: `${swift.url}/auth/v1.0` }
    krakenDesk = await aDesk({ create: createKraken, endpoints })
    optidashDesk = await aDesk({ create: createOptidash, endpoints })
    const { id, secret } = await krakenDesk.key()
    kraken = new Kraken(id, secret)
    kraken.api = new Kraken.KrakenApiList(krakenDesk.url)
    const login = await fetch(`${swift.url}/auth/v1.0`, {
      headers: { 'x-auth-user': swift.user, 'x-auth-key': swift.key },
    })
    storageUrl = login.headers.get('x-storage-url') ?? ''
    token = login.headers.get('x-auth-token') ?? ''
  })
  afterAll(async () => {
    await krakenDesk?.stop()
    await optidashDesk?.stop()
    await swift?.stop()
  })

  const stored = async (path: string) => {
    const response = await fetch(`${storageUrl}/pictures/${path}`, { headers: { 'x-auth-token': token } })
    const bytes = Buffer.from(await response.arrayBuffer())
    const headers = Object.fromEntries(response.headers)
    return { status: response.status, headers, size: response.ok ? (await sharp(bytes).metadata()).width : 0 }
  }
  const upload = async (options: object) =>
    kraken.upload({ file: { value: await jpeg(), filename: 'cat.jpg' }, wait: true, ...options })
  const s3 = () => ({ key: swift.user, secret: swift.key, bucket: 'pictures', acl: 'private' })

  test('by s3_store, with metadata and headers; the answer names it', async () => {
    const s3_store = {
      ...s3(),
      path: '/a/cat.jpg',
      metadata: { by: 'ann' },
      headers: { 'Cache-Control': 'max-age=9' },
    }
    const answer = await upload({ s3_store })
    expect(answer).toMatchObject({ success: true, kraked_url: `${swift.url}/pictures/a/cat.jpg` })
    const found = await stored('a/cat.jpg')
    expect([found.status, found.size, found.headers['content-type']]).toEqual([200, 96, 'image/jpeg'])
    expect(found.headers['x-object-meta-by']).toBe('ann')
  })

  test('by s3_store of a set, each under its own path', async () => {
    const resize = [
      { id: 1, strategy: 'landscape', width: 10, storage_path: 'set/10.jpg' },
      { id: 2, strategy: 'landscape', width: 20, storage_path: 'set/20.jpg' },
    ]
    expect(await upload({ s3_store: s3(), resize })).toMatchObject({ success: true })
    expect([(await stored('set/10.jpg')).size, (await stored('set/20.jpg')).size]).toEqual([10, 20])
  })

  test('by cf_store; the answer stays with this server', async () => {
    const cf_store = {
      user: swift.user,
      key: swift.key,
      container: 'pictures',
      path: 'cf/cat.jpg',
      ssl: true,
    }
    const answer = await upload({ cf_store })
    expect((await stored('cf/cat.jpg')).size).toBe(96)
    expect((await krakenDesk.result(String(answer.kraked_url))).length).toBe(answer.kraked_size)
  })

  test('that refuses is told in a sentence without its secrets', async () => {
    const s3_store = { ...s3(), secret: 'a wrong secret' }
    const { success, message } = await upload({ s3_store })
    expect([success, message]).toEqual([
      false,
      expect.stringMatching(/^The result could not be put into the bucket/),
    ])
    expect(message).not.toContain('wrong secret')
  })

  test('by Optidash’s aws', async () => {
    const own = await optidashDesk.key()
    const body = new FormData()
    body.append('file', new Blob([new Uint8Array(await jpeg())]), 'cat.jpg')
    const store = { provider: 'aws', ...s3(), region: 'us-east-1', path: 'optidash/cat.jpg' }
    body.append('data', JSON.stringify({ store, resize: { width: 30 } }))
    const authorization = `Bearer ${own.id}.${own.secret}`
    const response = await fetch(`${optidashDesk.url}/1.0/upload`, {
      method: 'POST',
      body,
      headers: { authorization },
    })
    expect(await response.json()).toMatchObject({
      output: { url: `${swift.url}/pictures/optidash/cat.jpg`, width: 30 },
    })
    expect((await stored('optidash/cat.jpg')).size).toBe(30)
  })
})
