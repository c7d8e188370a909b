// A process of its own against clients that mean harm, or are only many, large or slow.
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { entries, isHere, read } from '../corpus/pictures.ts'
import { aProcess, type Process } from '../journeys/processes.ts'
import { jpeg } from '../pictures.ts'
import { authorizationFor } from './server.ts'

const megabyte = 2 ** 20

const environment = { HALFTONE_OPTIMISE_BUDGET: '1s', HALFTONE_OPTIMISE_WORKERS: '2' }

let node: Process
let authorization: string
let picture: Buffer

beforeAll(async () => {
  picture = await jpeg()
  node = await aProcess({ environment })
  authorization = await authorizationFor(node)
})
afterAll(() => node?.end())

interface Answer {
  readonly id: string
  readonly status?: number
  readonly detail?: string
}

async function post(path: string, body: Buffer | FormData, headers: Readonly<Record<string, string>> = {}) {
  const sent = body instanceof FormData ? body : new Uint8Array(body)
  const response = await fetch(`${node.url}${path}`, {
    method: 'POST',
    headers: { authorization, ...headers },
    body: sent,
  })
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    json: (await response.json()) as Answer,
  }
}

function form(body: Buffer, name: string): FormData {
  const made = new FormData()
  made.append('file', new File([new Uint8Array(body)], name))
  return made
}

const filesIn = (folder: string): string[] =>
  readdirSync(join(node.dataDir, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/lock|owner/.test(entry.name))
    .map(({ name }) => name)

/** The parts of a PNG, in front of whose pixels it says what size it has. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, content: Buffer) => {
    const made = Buffer.alloc(12 + content.length)
    made.writeUInt32BE(content.length)
    made.write(type, 4, 'latin1')
    content.copy(made, 8)
    return made
  }
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0])
  head.writeUInt32BE(width)
  head.writeUInt32BE(height, 4)
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.alloc(100)))])
}

const laughs = `<!DOCTYPE svg [<!ENTITY a "ha">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'bcdefghij'[i]} "${`&${'abcdefghi'[i]};`.repeat(10)}">`).join('')}]>
<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><text>&j;</text></svg>`

const hostile: readonly (readonly [string, () => Buffer])[] = [
  ['nothing', () => Buffer.alloc(0)],
  ['a page', () => Buffer.from('<!doctype html><script>alert(1)</script>')],
  [
    'a script of ImageMagick',
    () => Buffer.from('push graphic-context\nimage over 0,0 0,0 "https://a.example/"'),
  ],
  ['a picture cut off', () => picture.subarray(0, picture.length / 2)],
  ['a PNG that says it is huge', () => png(100_000, 100_000)],
  ['a PNG that has fewer pixels than it says', () => png(5000, 5000)],
  ['an SVG of entities', () => Buffer.from(laughs)],
  [
    'an SVG that reads files',
    () =>
      Buffer.from(
        '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
      ),
  ],
  ...entries
    .filter((entry) => entry.expect === 'reject')
    .map(({ name }) => [name, () => read(name)] as const),
]
const lenient = new Set(entries.filter((entry) => entry.lenient).map(({ name }) => name))

describe('a hostile picture', () => {
  test.each(hostile)('%s does no harm by any way in, and leaves nothing behind', async (name, bytes) => {
    const body = bytes()
    const before = filesIn('storage').length
    const answers = [await post('/v1/optimize', body), await post('/v1/optimize', form(body, name))]
    for (const { status, type, json } of answers) {
      if (lenient.has(name) && status === 200) continue
      expect([status, type, json.status]).toEqual([
        expect.toSatisfy(isRefused),
        'application/problem+json',
        status,
      ])
      expect(json.detail).toMatch(/^[A-Z].*\.$/)
    }
    const { status } = await post('/v1/identify', body)
    expect(status === 200 || isRefused(status)).toBe(true)
    if (answers.every((answer) => answer.status !== 200)) expect(filesIn('storage')).toHaveLength(before)
    await expect.poll(() => filesIn('spool')).toEqual([])
  })

  test('has ended no process', async () => {
    expect((await node.get('/healthz')).status).toBe(200)
    expect((await post('/v1/optimize', picture)).status).toBe(200)
    if (!isHere) console.warn('only the hostile pictures made here were tried')
  })
})

const isRefused = (status: number): boolean => [400, 413, 415, 422].includes(status)

const residentMb = (): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${node.pid}/status`, 'utf8'))?.[1]) / 1024

const said = (what: string, before: number, peak: number): string =>
  `${what}: ${before.toFixed(0)} MB before, ${peak.toFixed(0)} MB at most, ${residentMb().toFixed(0)} MB after`

/** The most that the process had while `work` went on. */
async function peakOf(work: () => Promise<unknown>): Promise<number> {
  let peak = residentMb()
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMb())
  }, 20)
  await work()
  clearInterval(watch)
  return peak
}

/** A body that is never whole in this process either. */
function streamed(path: string, head: Buffer, bytes: number): Promise<number> {
  const filler = Buffer.alloc(64 * 1024, 'filling ')
  return new Promise((resolve, reject) => {
    const headers = { authorization, 'content-length': bytes }
    const outgoing = request(`${node.url}${path}`, { method: 'POST', headers, agent: false })
    outgoing.on('error', reject).on('response', (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    let left = bytes - head.length
    outgoing.write(head)
    const more = () => {
      while (left > 0) {
        const chunk = filler.subarray(0, Math.min(left, filler.length))
        left -= chunk.length
        if (!outgoing.write(chunk)) return void outgoing.once('drain', more)
      }
      outgoing.end()
    }
    more()
  })
}

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

describe('ten bodies of 32 MB at once', () => {
  test('are stored without being held', async () => {
    await Promise.all(times(4, () => streamed('/v1/files', picture, 4 * megabyte)))
    const before = residentMb()
    const peak = await peakOf(async () => {
      const statuses = await Promise.all(times(10, () => streamed('/v1/files', picture, 32 * megabyte)))
      expect(statuses).toEqual(times(10, () => 201))
    })
    console.info(said('uploads', before, peak))
    expect(peak - before).toBeLessThan(200)
  })

  test('are optimised as the workers get to them', async () => {
    const before = residentMb()
    const peak = await peakOf(async () => {
      const statuses = await Promise.all(times(10, () => streamed('/v1/optimize', picture, 32 * megabyte)))
      expect(statuses).toEqual(times(10, () => 200))
    })
    console.info(said('optimised', before, peak))
    expect(peak - before).toBeLessThan(320)
  })
})

/** Of the storage, by the process. */
const openFiles = (): string[] =>
  readdirSync(`/proc/${node.pid}/fd`).flatMap((fd) => {
    const target = linkOf(`/proc/${node.pid}/fd/${fd}`)
    return target.startsWith(join(node.dataDir, 'storage')) ? [target] : []
  })

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return '' // Closed meanwhile.
  }
}

describe('a slow client', () => {
  // Of a process that waits for nobody longer than a second: others, on a busy machine, may take their time.
  beforeAll(async () => {
    await node.end()
    node = await aProcess({ environment: { ...environment, HALFTONE_STALL: '1s' } })
    authorization = await authorizationFor(node)
  })

  /** What came back, though the body has not ended. */
  function dribbling(head: string): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(Number(new URL(node.url).port), '127.0.0.1', () => socket.write(head))
      const drip = setInterval(() => socket.writable && socket.write('x'), 100)
      const end = (received: string) => {
        clearInterval(drip)
        socket.destroy()
        resolve(received)
      }
      socket.once('data', (data) => end(data.toString()))
      socket.on('error', () => {}).once('close', () => end('closed'))
    })
  }

  const head = (request: string): string =>
    [
      `${request} HTTP/1.1`,
      ...['host: a', `authorization: ${authorization}`],
      ...['content-type: image/jpeg', 'content-length: 1000000', '', ''],
    ].join('\r\n')

  test('that brings a byte now and then holds no worker, and is told so', async () => {
    const slow = times(50, () => dribbling(head('POST /v1/optimize')))
    const answers = await Promise.all(times(4, () => post('/v1/optimize', picture)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    for (const received of await Promise.all(slow)) expect(received).toMatch(/^HTTP\/1\.1 408 /)
    await expect.poll(() => filesIn('spool')).toEqual([])
  })

  test('of a part is told so as well, and leaves no file open', async () => {
    const body = Buffer.from(JSON.stringify({ name: 'a', bytes: 1_000_000 }))
    const { json } = await post('/v1/files/multipart', body, { 'content-type': 'application/json' })
    expect(await dribbling(head(`PUT /v1/files/multipart/${json.id}/1`))).toMatch(/^HTTP\/1\.1 408 /)
    await expect.poll(openFiles).toEqual([])
  })

  test('that takes nothing of an answer is ended', async () => {
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
    const canvas = { width: 2400, height: 1600, channels: 3, background: '#963', noise } as const
    const large = await sharp({ create: canvas }).png({ compressionLevel: 1 }).toBuffer()
    expect(large.length).toBeGreaterThan(8 * megabyte)
    const { json } = await post('/v1/files', large)
    const socket = connect(Number(new URL(node.url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.write(
      `GET /v1/files/${json.id}/content HTTP/1.1\r\nhost: a\r\nauthorization: ${authorization}\r\n\r\n`,
    )
    // The answer has begun, and then its file is not read any more, though its reader has not moved.
    await once(socket, 'readable')
    await expect.poll(openFiles).toEqual([])
    let received = 0
    socket.on('data', (data) => {
      received += data.length
    })
    socket.resume()
    await new Promise((done) => socket.on('close', done))
    expect(received).toBeLessThan(large.length)
  })
})
