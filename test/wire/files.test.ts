// A body that is a file crosses the wire as its length; its bytes follow as they are read, part by part.
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { Failure } from '../../errors.ts'
import { answerTo } from '../../http/conditional.ts'
import type { Answer, ByteRange, FileBody, Tier } from '../../tier.ts'
import { createRemoteTier } from '../../wire/index.ts'
import { aSignal } from '../signals.ts'
import { anAsk, bytes, limits, opened, serving } from './tiers.ts'

const open = opened()
afterAll(open.closeAll)

const content = bytes(300_000)
const signal = aSignal()
let reads: ByteRange[] = []
let stream: (range: ByteRange) => Readable
let etag = '"one"'

const file: FileBody = {
  length: content.length,
  async open(range) {
    reads.push(range)
    return stream(range)
  },
}

/** Answers with the file, or with the part of it that is asked for, as the origin does. */
const aTier: Tier = async ({ headers }) =>
  answerTo({ status: 200, headers: { etag, 'content-type': 'video/mp4' }, body: file }, headers)

const server = open.keep(await serving(aTier))
const far = open.keep(createRemoteTier(server.url, limits))

beforeEach(() => {
  reads = []
  etag = '"one"'
  stream = ({ start, end }) => Readable.from([content.subarray(start, end + 1)])
})

function fileOf({ body }: Answer): FileBody {
  if (Buffer.isBuffer(body)) throw new Error('a file was expected')
  return body
}

describe('a file', () => {
  test('is not read when it is asked for', async () => {
    const answer = await far(anAsk('/film'))
    expect([answer.status, answer.headers, fileOf(answer).length]).toEqual([
      200,
      { etag, 'content-type': 'video/mp4', 'content-length': String(content.length) },
      content.length,
    ])
    expect(reads).toEqual([])
  })

  test.each([
    [0, 0],
    [0, content.length - 1],
    [100_000, 199_999],
  ])('is read from byte %i to byte %i', async (start, end) => {
    const part = await fileOf(await far(anAsk('/film'))).open({ start, end }, signal)
    expect((await buffer(part)).equals(content.subarray(start, end + 1))).toBe(true)
    expect(reads).toEqual([{ start, end }])
  })

  test('is read through two neighbours as through one', async () => {
    const shield = open.keep(await serving(async (ask) => answerTo(await far(ask), ask.headers)))
    const edge = open.keep(createRemoteTier(shield.url, limits))
    const part = await fileOf(await edge(anAsk('/film'))).open({ start: 5, end: 9 }, signal)
    expect((await buffer(part)).equals(content.subarray(5, 10))).toBe(true)
  })

  test('that was replaced meanwhile is refused: its parts would not fit together', async () => {
    const old = fileOf(await far(anAsk('/film')))
    etag = '"two"'
    await expect(old.open({ start: 5, end: 9 }, signal)).rejects.toMatchObject({ kind: 'upstream-failed' })
  })

  test('that breaks off is an error, never a short file', async () => {
    stream = () =>
      Readable.from(
        (function* () {
          yield content.subarray(0, 1000)
          throw new Error('the disk is gone')
        })(),
      )
    const part = await fileOf(await far(anAsk('/film'))).open({ start: 0, end: 9999 }, signal)
    await expect(buffer(part)).rejects.toThrow()
  })

  test('that cannot be opened is the failure of whoever holds it', async () => {
    stream = () => {
      throw new Failure('source-failed', 'The file could not be read.')
    }
    const opening = fileOf(await far(anAsk('/film'))).open({ start: 0, end: 9 }, signal)
    await expect(opening).rejects.toMatchObject({ kind: 'upstream-failed' })
  })

  test('is closed when its reader goes', async () => {
    const endless = new Readable({ read() {} })
    endless.push(content)
    stream = () => endless
    const gone = new AbortController()
    const part = await fileOf(await far(anAsk('/film'))).open({ start: 0, end: 299_999 }, gone.signal)
    part.on('error', () => {})
    const closed = new Promise((resolve) => endless.once('close', resolve))
    gone.abort()
    await closed
  })
})

test('a client that knows nothing of files gets the bytes', async () => {
  const answer = await fetch(`${server.url}/film`)
  expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true)
})
