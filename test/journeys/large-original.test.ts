// An upload of any size at its own address, in one process and through tiers apart: streamed from storage, never held.
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBucket, uploadKey } from '../../storage/index.ts'
import { aProcess, type Process } from './processes.ts'

const megabyte = 2 ** 20
const length = 300 * megabyte
const id = '3c269810-c17b-4e2c-92b6-25622464d866'
const folder = mkdtempSync(join(tmpdir(), 'halftone-large-'))
let processes: Process[] = []
let whole: Process
let edge: Process
let picture: Buffer

/** A picture with 300 MB of zeros behind it: its kind is told by its first bytes, and it costs the disk nothing. */
beforeAll(async () => {
  const config = join(folder, 'halftone.config.ts')
  const storage = { kind: 'folder', dir: join(folder, 'files') } as const
  picture = await sharp({ create: { width: 80, height: 60, channels: 3, background: '#936' } })
    .png()
    .toBuffer()
  const path = join(folder, 'large.png')
  writeFileSync(path, picture)
  truncateSync(path, length)
  const bucket = await openBucket(storage)
  await bucket.put(uploadKey(id), Readable.from(parts()), { type: 'image/png', length })
  await bucket.close()
  writeFileSync(config, `export default ${JSON.stringify({ storage })}\n`)
  const environment = { HALFTONE_CONFIG: config, HALFTONE_TIER_SECRET: 'a-secret-between-tiers' }
  whole = await aProcess({ environment })
  const origin = await aProcess({ args: ['--role', 'origin'], environment })
  const shield = await aProcess({
    args: ['--role', 'shield'],
    environment: { ...environment, HALFTONE_ORIGINS: origin.url },
  })
  edge = await aProcess({
    args: ['--role', 'edge'],
    environment: { ...environment, HALFTONE_SHIELDS: shield.url },
  })
  processes = [whole, origin, shield, edge]
})
afterAll(async () => {
  await Promise.all(processes.map((process) => process.end()))
  rmSync(folder, { recursive: true, force: true })
})

function* parts() {
  yield Buffer.concat([picture], megabyte)
  const zeros = Buffer.alloc(megabyte)
  for (let part = 1; part < length / megabyte; part++) yield zeros
}

const digestOf = async (chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

/** The most memory a process ever held, in bytes (proc(5), VmHWM). */
const peakOf = ({ pid }: Process): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) * 1024

describe.each([
  ['in one process', () => whole],
  ['through three', () => edge],
])('a file of 300 MB, %s', (_, node) => {
  test('is streamed whole, and no process ever holds it', async () => {
    await node().get(`/${id}/`, { range: 'bytes=0-0' })
    const before = processes.map(peakOf)
    const answer = await fetch(`${node().url}/${id}/`)
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, String(length)])
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': 'inline',
      'accept-ranges': 'bytes',
    })
    if (!answer.body) throw new Error('a body was expected')
    expect(await digestOf(answer.body)).toBe(await digestOf(parts()))
    for (const [index, process] of processes.entries())
      expect(peakOf(process) - (before[index] ?? 0)).toBeLessThan(length / 2)
  })

  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=1048570-1048580', 1048570, 1048580],
    ['bytes=-5', length - 5, length - 1],
  ])('gives %s alone', async (range, start, end) => {
    const { status, headers, body } = await node().get(`/${id}/`, { range })
    expect([status, headers['content-range'], body.length]).toEqual([
      206,
      `bytes ${start}-${end}/${length}`,
      end - start + 1,
    ])
    if (start === 0) expect(body[0]).toBe(picture[0])
  })

  test('has a tag that makes the next answer short', async () => {
    const { headers } = await node().get(`/${id}/`, { range: 'bytes=0-0' })
    const again = await node().get(`/${id}/`, { 'if-none-match': headers.etag ?? '' })
    expect([again.status, again.body.length]).toEqual([304, 0])
    const other = { range: 'bytes=0-0', 'if-range': headers.etag ?? '' }
    expect((await node().get(`/${id}/`, other)).status).toBe(206)
  })

  test('is not sent to a HEAD, and its end is not passed', async () => {
    const head = await node().get(`/${id}/`, {}, 'HEAD')
    expect([head.status, head.headers['content-length']]).toEqual([200, String(length)])
    const beyond = await node().get(`/${id}/`, { range: `bytes=${length}-` })
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, `bytes */${length}`])
  })

  test('is too large to be made into another picture', async () => {
    const { status, body } = await node().get(`/${id}/-/resize/40x/`)
    expect([status, JSON.parse(body.toString()).type]).toEqual([413, 'urn:halftone:problem:source-too-large'])
  })
})
