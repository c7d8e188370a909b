// Bodies of unknown length on their way into S3: which requests they become, and what is left when one fails.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { blocksOf } from '../../storage/blocks.ts'
import { createS3Bucket } from '../../storage/s3/index.ts'
import { megabyte, someBytes, streamOf } from './files.ts'

test('blocks are of one size but for the last, and together they are the stream', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 40 })),
      fc.integer({ min: 1, max: 30 }),
      async (chunks, bytes) => {
        const blocks: Buffer[] = []
        for await (const block of blocksOf(Readable.from(chunks), bytes)) blocks.push(block)
        expect(Buffer.concat(blocks).equals(Buffer.concat(chunks))).toBe(true)
        expect(blocks.slice(0, -1).every(({ length }) => length === bytes)).toBe(true)
        expect(blocks.every(({ length }) => length > 0 && length <= bytes)).toBe(true)
      },
    ),
  )
})

interface Asked {
  readonly line: string
  readonly headers: IncomingMessage['headers']
  readonly bytes: number
}

type Answers = (line: string) => number | undefined

/** A server that speaks as much of S3's protocol as a put needs; `answers` gives the status where it is not 200. */
async function aBucket(answers: Answers = () => undefined) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    const line = `${request.method} ${request.url?.replace(/x-id=\w+&?|&x-id=\w+/, '')}`
    asked.push({ line, headers: request.headers, bytes: body.length })
    response.statusCode = answers(line) ?? 200
    response.setHeader('etag', `"${asked.length}"`)
    if (response.statusCode !== 200) return void response.end()
    if (line.includes('?uploads')) response.end(xml('Initiate', '<UploadId>one</UploadId>'))
    else if (request.method === 'POST') response.end(xml('Complete', '<ETag>"whole"</ETag>'))
    else response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bucket = createS3Bucket({
    ...{ bucket: 'pictures', region: 'us-east-1', accessKeyId: 'a', secretAccessKey: 'b' },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  })
  onTestFinished(async () => {
    await bucket.close()
    server.closeAllConnections()
    server.close()
  })
  return { bucket, asked, lines: () => asked.map(({ line }) => line) }
}

const xml = (name: string, content: string) =>
  `<?xml version="1.0"?><${name}MultipartUploadResult>${content}</${name}MultipartUploadResult>`

const jpeg = { type: 'image/jpeg' }
const object = '/pictures/cat.jpg'
const start = `POST ${object}?uploads=`
const part = (number: number) => `PUT ${object}?partNumber=${number}&uploadId=one`
const end = `POST ${object}?uploadId=one`
const abort = `DELETE ${object}?uploadId=one`

test('what is shorter than a part takes one request', async () => {
  const { bucket, lines, asked } = await aBucket()
  await bucket.put('cat.jpg', streamOf(someBytes(3 * megabyte)), jpeg)
  expect(lines()).toEqual([`PUT ${object}?`])
  expect(asked[0]).toMatchObject({ bytes: 3 * megabyte, headers: { 'content-type': 'image/jpeg' } })
})

test('what is longer goes in parts of 5 MiB, described as a whole file is', async () => {
  const { bucket, lines, asked } = await aBucket()
  const headers = { 'cache-control': 'max-age=9' }
  const stored = await bucket.put('cat.jpg', streamOf(someBytes(11 * megabyte), 100_003), {
    ...jpeg,
    headers,
    metadata: { from: 'here' },
    acl: 'public-read',
    ifAbsent: true,
  })
  expect(stored).toEqual({ bytes: 11 * megabyte, etag: '"whole"' })
  expect(lines()).toEqual([start, part(1), part(2), part(3), end])
  expect(asked.slice(1, 4).map(({ bytes }) => bytes)).toEqual([5 * megabyte, 5 * megabyte, megabyte])
  expect(asked[0]?.headers).toMatchObject({
    ...{ 'content-type': 'image/jpeg', ...headers },
    ...{ 'x-amz-meta-from': 'here', 'x-amz-acl': 'public-read' },
  })
  expect(asked.at(-1)?.headers).toMatchObject({ 'if-none-match': '*' })
})

test('a key that was taken meanwhile is no failure, and no part stays behind', async () => {
  const { bucket, lines } = await aBucket((line) => (line === end ? 412 : undefined))
  const body = streamOf(someBytes(6 * megabyte))
  expect(await bucket.put('cat.jpg', body, { ...jpeg, ifAbsent: true })).toBeUndefined()
  expect(lines().at(-1)).toBe(abort)
})

test.each([
  ['a part is refused', (line: string) => (line === part(2) ? 403 : undefined), true],
  ['the upload is not let begin', (line: string) => (line === start ? 403 : undefined), false],
])('where %s, the put fails, the body is destroyed and no part stays', async (_, answers, isBegun) => {
  const { bucket, lines } = await aBucket(answers)
  const body = streamOf(someBytes(20 * megabyte))
  await expect(bucket.put('cat.jpg', body, jpeg)).rejects.toMatchObject({ kind: 'upstream-failed' })
  expect(body.destroyed).toBe(true)
  expect(lines().includes(abort)).toBe(isBegun)
})

test('a body that breaks off after a part is its own failure, and the part goes', async () => {
  const { bucket, lines } = await aBucket()
  const body = Readable.from(
    (async function* () {
      for await (const chunk of streamOf(someBytes(6 * megabyte))) yield chunk
      throw new Error('the client went away')
    })(),
    { objectMode: false },
  )
  await expect(bucket.put('cat.jpg', body, jpeg)).rejects.toThrow('the client went away')
  expect(lines()).toEqual([start, part(1), abort])
})

test('a put that is given up ends between two parts, and the parts go', async () => {
  const leaving = new AbortController()
  const { bucket, lines } = await aBucket((line) => {
    if (line === part(1)) leaving.abort()
    return undefined
  })
  const body = streamOf(someBytes(20 * megabyte))
  await expect(bucket.put('cat.jpg', body, { ...jpeg, signal: leaving.signal })).rejects.toMatchObject({
    kind: 'abandoned',
  })
  expect(body.destroyed).toBe(true)
  expect(lines().at(-1)).toBe(abort)
})
