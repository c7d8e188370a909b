// A page on its way takes the pace of its reader, in every coding, and leaves with it.
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { constants, createBrotliCompress, createGunzip, createGzip, createZstdCompress } from 'node:zlib'
import { expect, test } from 'vitest'
import { createRewriter } from '../../../site/pages/rewriter.ts'
import { passing, sliceBytes } from '../../../site/pages/streams.ts'
import type { Coding } from '../../../site/pages/touchable.ts'
import { createTurns } from '../../../site/turns.ts'

const encoders = {
  identity: undefined,
  gzip: () => createGzip({ flush: constants.Z_SYNC_FLUSH }),
  br: () => createBrotliCompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: () => createZstdCompress({ flush: constants.ZSTD_e_flush }),
} as const

/** Words that no coding makes much of. */
const part = (n: number): Buffer =>
  Buffer.from(
    `<p>${Array.from({ length: 600 }, (_, k) => Math.sin(n * 600 + k).toString(36)).join(' ')}<img src=a>`,
  )

function aPage(coding: Coding, parts: number) {
  let given = 0
  const wholes: Buffer[] = []
  function* all(): Generator<Buffer> {
    for (; given < parts; given++) yield part(given)
  }
  const plain = Readable.from(all(), { objectMode: false, highWaterMark: 16_384 })
  const encoder = encoders[coding]?.()
  const source = encoder ? plain.pipe(encoder) : plain
  const rewriter = createRewriter({ names: new Set(['img']), add: () => [['decoding', 'async']] })
  const body = passing({
    ...{ source, coding, rewriter, turn: createTurns(), mostBytes: 4e5 },
    whole: (bytes) => wholes.push(bytes),
  })
  return { body, source, wholes, given: () => given }
}

const codings = Object.keys(encoders) as Coding[]

test.each(codings)('in %s no more is taken than its reader and a few buffers hold', async (coding) => {
  const { body, source, given } = aPage(coding, 1000)
  body.once('readable', () => {})
  let before = -1
  let turns = 0
  // Decoders work on other threads: it stands still once nothing has moved for many turns.
  for (; turns < 2000; turns++) {
    await setImmediate()
    if (given() !== before) turns = 0
    before = given()
  }
  expect(given()).toBeGreaterThan(0)
  expect(given()).toBeLessThan(150)
  body.destroy()
  await new Promise((done) => source.once('close', done))
})

test('a page is told whole once it was sent, unless it is too long', async () => {
  for (const [parts, told] of [
    [20, 1],
    [100, 0],
  ] as const) {
    const { body, wholes } = aPage('gzip', parts)
    const chunks: Buffer[] = []
    for await (const chunk of body) chunks.push(chunk)
    const sent = Buffer.concat(chunks)
    expect(wholes.length).toBe(told)
    if (told) expect(wholes[0]?.equals(sent)).toBe(true)
    const read: Buffer[] = []
    for await (const chunk of Readable.from([sent]).pipe(createGunzip())) read.push(chunk)
    const wanted = Array.from({ length: parts }, (_, n) =>
      String(part(n)).replace('<img', '<img decoding="async"'),
    )
    expect(Buffer.concat(read).toString()).toBe(wanted.join(''))
  }
})

test('pages that come at once are worked on in short slices, each in a turn of the event loop of its own', async () => {
  let turns = 0
  let isCounting = true
  const count = (): void => {
    turns++
    if (isCounting) void setImmediate().then(count)
  }
  count()
  const slices: { readonly turn: number; readonly bytes: number }[] = []
  const rewriter = {
    write(bytes: Buffer) {
      slices.push({ turn: turns, bytes: bytes.length })
      return bytes
    },
    end: () => Buffer.alloc(0),
  }
  const turn = createTurns()
  const pages = [
    // In one piece, as from the store, and in pieces that are all there.
    [Buffer.alloc(100_000)],
    Array.from({ length: 30 }, () => Buffer.alloc(3000)),
  ].map((chunks) => {
    const source = Readable.from(chunks, { objectMode: false })
    return passing({ source, coding: 'identity', rewriter, turn, whole: () => {}, mostBytes: 0 })
  })
  const lengths = await Promise.all(pages.map(async (page) => (await buffer(page)).length))
  isCounting = false
  expect(lengths).toEqual([100_000, 90_000])
  expect(Math.max(...slices.map(({ bytes }) => bytes))).toBe(sliceBytes)
  expect(new Set(slices.map((slice) => slice.turn)).size).toBe(slices.length)
})
