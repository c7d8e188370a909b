// A customer's bucket: what it answers decides whether its owner has something to mend, or it is tried again.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CustomerBucket, createBucketDelivery } from '../../api/services/optimising/index.ts'
import { createGuard } from '../../fetch/guard.ts'
import { aSignal } from '../signals.ts'

const dispatcher = createGuard({ allowAddresses: ['127.0.0.1/32'] })
const deliver = createBucketDelivery({ dispatcher, endpoints: {} })
let status = 200
const bucket = createServer(async (request, response) => {
  for await (const _ of request);
  response.writeHead(status, { etag: '"a"' }).end()
})
let endpoint = ''

beforeAll(async () => {
  await new Promise<void>((done) => bucket.listen(0, '127.0.0.1', done))
  endpoint = `http://127.0.0.1:${(bucket.address() as AddressInfo).port}`
})
afterAll(async () => {
  bucket.closeAllConnections()
  bucket.close()
  await dispatcher.destroy()
})

const put = (more: { readonly endpoint?: string; readonly path?: string } = {}) => {
  const place = { bucket: 'pictures', region: 'eu-central-1', endpoint, ...more }
  const target: CustomerBucket = { kind: 's3', accessKeyId: 'AKIA', secretAccessKey: 'secret', ...place }
  const signal = aSignal()
  return deliver({ target, name: 'cat.jpg', body: Buffer.from('a picture'), type: 'image/jpeg', signal })
}

test('that takes it tells where it lies', async () => {
  status = 200
  expect(await put()).toBe(`${endpoint}/pictures/cat.jpg`)
  expect(await put({ path: 'a b/ä.jpg' })).toBe(`${endpoint}/pictures/a%20b/%C3%A4.jpg`)
})

test.each([
  [400, 'bad-option'],
  [403, 'bad-option'],
  [404, 'bad-option'],
  [500, 'upstream-failed'],
  [503, 'busy'],
])('that answers %i is %s', async (answered, kind) => {
  status = answered
  await expect(put()).rejects.toMatchObject({ kind, message: expect.stringMatching(/put into the bucket/) })
})

test('that is not there is tried again, one that may not be reached is not', async () => {
  await expect(put({ endpoint: 'http://127.0.0.1:1' })).rejects.toMatchObject({ kind: 'upstream-failed' })
  await expect(put({ endpoint: 'http://10.0.0.1' })).rejects.toMatchObject({ kind: 'forbidden-address' })
})
