// What is no picture, or a trap: each face says no in its own words, keeps nothing, and goes on.
import { Hono } from 'hono'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKraken } from '../../api/faces/kraken/index.ts'
import { createOptidash } from '../../api/faces/optidash/index.ts'
import type { ApiEnv } from '../../api/faces/parts.ts'
import { entries, read } from '../corpus/pictures.ts'
import { jpeg, png } from '../pictures.ts'
import { aDesk, type Desk } from './desk.ts'

let desk: Desk
let key: { id: string; secret: string }

beforeAll(async () => {
  const create: Parameters<typeof aDesk>[0]['create'] = (parts) => {
    const app = new Hono<ApiEnv>()
    app.route('/', createKraken(parts))
    app.route('/', createOptidash(parts))
    return app
  }
  desk = await aDesk({ create, budgetMs: 1000, deadlineMs: 20_000 })
  key = await desk.key()
})
afterAll(() => desk.stop())

interface Said {
  readonly status: number
  readonly body: Record<string, unknown>
}

async function post(path: string, options: object, picture: Buffer, name: string): Promise<Said> {
  const body = new FormData()
  body.append('file', new Blob([new Uint8Array(picture)]), name)
  body.append('data', JSON.stringify(options))
  const authorization = `Bearer ${key.id}.${key.secret}`
  const response = await fetch(`${desk.url}${path}`, { method: 'POST', body, headers: { authorization } })
  return { status: response.status, body: (await response.json()) as Said['body'] }
}

const auth = () => ({ api_key: key.id, api_secret: key.secret })
const kraken = (picture: Buffer, name: string) =>
  post(
    '/v1/upload',
    { auth: auth(), wait: true, resize: { strategy: 'auto', width: 20, height: 20 } },
    picture,
    name,
  )
const optidash = (picture: Buffer, name: string) =>
  post('/1.0/upload', { resize: { width: 20 } }, picture, name)

async function refused(picture: Buffer, name: string): Promise<void> {
  const before = await desk.stored()
  for (const { status, body } of [await kraken(picture, name), await optidash(picture, name)]) {
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(body).toMatchObject({ success: false, message: expect.stringMatching(/^[A-Z].{5,}/) })
  }
  expect([await desk.stored(), desk.spooled()]).toEqual([before, 0])
}

const huge = Buffer.from('89504e470d0a1a0a0000000d49484452000186a0000186a00802000000', 'hex')

describe.each<[string, string, () => Promise<Buffer>]>([
  ['nothing', 'a.jpg', async () => Buffer.alloc(0)],
  ['one byte', 'a.png', async () => Buffer.from('x')],
  ['a page of an error', 'a.jpg', async () => Buffer.from('<html><body>502 Bad Gateway</body></html>')],
  ['a script', 'a.jpg', async () => Buffer.from("push graphic-context\nfill 'url(https://127.0.0.1/x)'")],
  ['half a PNG', 'a.png', async () => (await png()).subarray(0, 150)],
  ['a header that promises ten billion pixels', 'a.png', async () => huge],
  [
    'a drawing, of which no smaller one can be made',
    'a.svg',
    async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
  ],
])('%s', (_, name, picture) => {
  test('is refused by both faces', async () => refused(await picture(), name))
})

const hostile = entries.filter((entry) => /^(bad|bomb|svg-hostile|polyglot|other-format)$/.test(entry.class))

describe.skipIf(hostile.length === 0)('the corpus', () => {
  test.each(hostile.filter((entry) => entry.expect === 'reject' && !entry.lenient).map(({ name }) => name))(
    '%s is refused by both faces',
    async (name) => refused(read(name), name),
    60_000,
  )

  test.each(hostile.filter((entry) => entry.expect === 'ok' || entry.lenient).map(({ name }) => name))(
    '%s is answered by both faces, never with a fault of ours',
    async (name) => {
      for (const { status, body } of [await kraken(read(name), name), await optidash(read(name), name)]) {
        expect(status).toBeLessThan(500)
        expect(body.success).toBe(status === 200)
      }
      expect(desk.spooled()).toBe(0)
    },
    60_000,
  )
})

test('and a picture after all that is made as ever', async () => {
  const { body } = await kraken(await jpeg(), 'cat.jpg')
  const bytes = await desk.result(String(body.kraked_url))
  expect(await sharp(bytes).metadata()).toMatchObject({ width: 20, height: 13 })
})
