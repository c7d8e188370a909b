import { MockAgent } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createS3Bucket } from '../../storage/s3/index.ts'
import { storageContract } from '../contracts/storage.ts'
import { type SwiftServer, startSwift, swiftMissing } from '../servers/swift.ts'
import { aWorkingLink } from './files.ts'

let server: SwiftServer
const open = (more = {}) =>
  createS3Bucket({
    bucket: 'halftone',
    region: 'us-east-1',
    endpoint: server.url,
    accessKeyId: server.user,
    secretAccessKey: server.key,
    // Swift answers 501 to a conditional PUT through its S3 door.
    conditionalPuts: false,
    pageSize: 2,
    ...more,
  })

describe.skipIf(swiftMissing)(swiftMissing ?? 'against a real server', () => {
  beforeAll(async () => {
    server = await startSwift()
    await server.container('halftone')
  })
  afterAll(() => server?.stop())

  storageContract('S3', open)

  test('a link works by itself, and not when it was changed or is past its time', async () => {
    const bucket = open()
    const { key, link } = await aWorkingLink(bucket)
    expect((await fetch(link.replace(/.$/, (c) => (c === '0' ? '1' : '0')))).status).toBe(403)
    const past = open({ now: () => Date.now() - 3_600_000 })
    const old = (await past.link?.(key, Date.now() - 3_500_000)) ?? ''
    expect((await fetch(old)).status).toBe(403)
    await Promise.all([bucket.close(), past.close()])
  })

  test('a wrong secret and a missing bucket are clear failures without the secret', async () => {
    const wrong = open({ secretAccessKey: 'not-the-secret' })
    const thrown = await wrong
      .put('a', Buffer.from('x'), { type: 'image/jpeg' })
      .catch((error: unknown) => error)
    expect(thrown).toMatchObject({ kind: 'upstream-failed', message: 'The storage refused our credentials.' })
    expect(JSON.stringify([thrown, (thrown as Error).cause])).not.toContain('not-the-secret')
    await wrong.close()
    const none = open({ bucket: 'nowhere' })
    await expect(none.list('')).rejects.toMatchObject({
      kind: 'upstream-failed',
      message: 'There is no such bucket.',
    })
    await expect(none.get('a')).rejects.toMatchObject({ kind: 'upstream-failed' })
    await none.close()
  })
})

test('more than a thousand are removed in two requests, through the dispatcher that was handed in', async () => {
  const agent = new MockAgent()
  agent.disableNetConnect()
  const asked: string[] = []
  agent
    .get('https://bucket.s3.eu-north-1.amazonaws.com')
    .intercept({ path: (path) => path.startsWith('/?delete'), method: 'POST' })
    .reply(200, ({ body }) => {
      asked.push(String(body))
      return '<DeleteResult/>'
    })
    .times(2)
  const bucket = createS3Bucket({
    bucket: 'bucket',
    region: 'eu-north-1',
    accessKeyId: 'a',
    secretAccessKey: 'b',
    dispatcher: agent,
  })
  await bucket.delete(Array.from({ length: 1005 }, (_, i) => `many/${i}`))
  expect(asked.map((body) => body.match(/<Key>/g)?.length)).toEqual([1000, 5])
  agent.assertNoPendingInterceptors()
  await bucket.close()
})
