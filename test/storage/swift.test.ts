import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createSwiftBucket } from '../../storage/swift/index.ts'
import type { SwiftAuth } from '../../storage/swift/session.ts'
import { storageContract } from '../contracts/storage.ts'
import { type SwiftServer, startSwift, swiftMissing } from '../servers/swift.ts'
import { allKeys, aWorkingLink, readWhole, someBytes } from './files.ts'

const jpeg = { type: 'image/jpeg' }
let server: SwiftServer
const tempAuth = (): SwiftAuth => ({
  version: 1,
  url: `${server.url}/auth/v1.0`,
  user: server.user,
  key: server.key,
})
const open = (more = {}) =>
  createSwiftBucket({ container: 'halftone', auth: tempAuth(), linkKey: 'link-key', pageSize: 2, ...more })

describe.skipIf(swiftMissing)(swiftMissing ?? 'against a real server', () => {
  beforeAll(async () => {
    server = await startSwift()
    await server.container('halftone', 'link-key')
  })
  afterAll(() => server?.stop())

  storageContract('Swift', open)

  test('a link works by itself, and not when it was changed or is past its time', async () => {
    const bucket = open()
    const { key, link } = await aWorkingLink(bucket)
    expect((await fetch(link.replace('temp_url_expires=', 'temp_url_expires=9'))).status).toBe(401)
    expect((await fetch((await bucket.link?.(key, Date.now() - 5000)) ?? '')).status).toBe(401)
    await bucket.close()
  })

  test('the parts of a large file go with it', async () => {
    const [bucket, segments] = [open(), open({ container: 'halftone_segments' })]
    const before = (await allKeys(segments, '')).length
    const upload = await bucket.startParts('large', jpeg)
    await bucket.putPart(upload, 1, someBytes(1000))
    await bucket.finishParts(upload, 1)
    expect(await allKeys(segments, '')).toHaveLength(before + 1)
    await bucket.delete(['large'])
    expect(await allKeys(segments, '')).toHaveLength(before)
    await Promise.all([bucket.close(), segments.close()])
  })

  test('by Keystone, and with a token that was refused, a call logs in again', async () => {
    const logins: unknown[] = []
    const keystone = await aServer(async (request, response) => {
      logins.push(JSON.parse((await request.toArray()).join('')))
      const login = await fetch(`${server.url}/auth/v1.0`, {
        headers: { 'x-auth-user': server.user, 'x-auth-key': server.key },
      })
      // The first token is one that Swift does not know.
      const token = logins.length === 1 ? 'AUTH_tk0' : login.headers.get('x-auth-token')
      const endpoints = [
        { interface: 'internal', region: 'one', url: 'http://127.0.0.1:1' },
        { interface: 'public', region: 'two', url: 'http://127.0.0.1:1' },
        { interface: 'public', region: 'one', url: login.headers.get('x-storage-url') },
      ]
      response.writeHead(201, { 'x-subject-token': token ?? '' })
      const expires_at = new Date(Date.now() + 3_600_000).toISOString()
      response.end(JSON.stringify({ token: { expires_at, catalog: [{ type: 'object-store', endpoints }] } }))
    })
    const auth = { version: 3, url: `${keystone}/v3`, user: 'u', password: 'p', project: 'x', region: 'one' }
    const bucket = open({ auth })
    await bucket.put('keystone', Buffer.from('in'), jpeg)
    expect((await readWhole(bucket, 'keystone'))?.toString()).toBe('in')
    expect(logins).toHaveLength(2)
    expect(logins[0]).toMatchObject({
      auth: {
        identity: { password: { user: { name: 'u', domain: { name: 'Default' } } } },
        scope: { project: { name: 'x' } },
      },
    })
    await bucket.close()
  })

  test('a wrong key and a missing container are clear failures without the key', async () => {
    const wrong = open({ auth: { ...tempAuth(), key: 'not-the-key' } })
    const thrown = await wrong.put('a', Buffer.from('x'), jpeg).catch((error: unknown) => error)
    expect(thrown).toMatchObject({ kind: 'upstream-failed', message: 'The storage refused our credentials.' })
    expect(JSON.stringify([thrown, (thrown as Error).cause])).not.toContain('not-the-key')
    const none = open({ container: 'nowhere' })
    await expect(none.list('')).rejects.toMatchObject({ message: 'There is no such bucket.' })
    await Promise.all([wrong.close(), none.close()])
  })
})

test('a server that is ill for a moment is asked again, one that says nothing is a late one', async () => {
  let asked = 0
  const url = await aServer((request, response) => {
    if (request.url === '/auth')
      return response.writeHead(200, { 'x-auth-token': 't', 'x-storage-url': `${url}/v1/a` }).end()
    if (request.url?.endsWith('/silent')) return
    asked++
    response.writeHead(asked < 3 ? 503 : 200, { etag: 'x' }).end('answer')
  })
  const auth: SwiftAuth = { version: 1, url: `${url}/auth`, user: 'u', key: 'k' }
  const bucket = createSwiftBucket({ container: 'c', auth, silenceMs: 300 })
  expect((await readWhole(bucket, 'ill'))?.toString()).toBe('answer')
  expect(asked).toBe(3)
  await expect(bucket.get('silent')).rejects.toMatchObject({ kind: 'upstream-late' })
  await bucket.close()
})

async function aServer(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<string> {
  const http: Server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`
}
