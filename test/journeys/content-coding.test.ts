// A body that is packed (RFC 9110 8.4) means what is in it, wherever a body is taken; a coding that nobody knows is
// refused, and so is a body that is not the one its digest announces.
import { createHash } from 'node:crypto'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jpeg } from '../pictures.ts'
import { aHalftone, type Halftone, type Keys } from '../uploadcare/halftone.ts'

const photo = await jpeg()
const partBytes = 5_242_880

let halftone: Halftone
let keys: Keys

beforeAll(async () => {
  halftone = await aHalftone({ maxUploadBytes: '12MB', maxOptimiseBytes: '12MB' })
  keys = await halftone.keys('shop')
})
afterAll(() => halftone?.stop())

interface Asking {
  readonly method: string
  readonly path: string
  readonly type: string
  readonly body: Uint8Array
}

const text = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))

async function ofForm(path: string, fields: Readonly<Record<string, string>>, file?: Uint8Array) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  if (file) form.append('file', new Blob([new Uint8Array(file)]), 'cat.jpg')
  const sent = new Response(form)
  const type = sent.headers.get('content-type') ?? ''
  return { method: 'POST', path, type, body: new Uint8Array(await sent.arrayBuffer()) }
}

const raw = (method: string, path: string, body: Uint8Array, type = 'application/octet-stream') => ({
  ...{ method, path, type, body },
})
const json = (method: string, path: string, value: unknown) =>
  raw(method, path, text(value), 'application/json')

async function uploaded(): Promise<string> {
  const answer = await asked(raw('POST', '/v1/files', photo))
  return ((await answer.json()) as { id: string }).id
}

async function started(path: string): Promise<string> {
  const plan = {
    filename: 'a',
    content_type: 'a/b',
    size: String(2 * partBytes),
    UPLOADCARE_PUB_KEY: keys.publicKey,
  }
  const isNative = path.startsWith('/v1/')
  const answer = await asked(
    isNative ? json('POST', path, { name: 'a', bytes: 2 * partBytes }) : await ofForm(path, plan),
  )
  const { part_url, parts } = (await answer.json()) as { part_url: string; parts: string[] }
  const { pathname, search } = new URL(isNative ? part_url.replace('{part}', '1') : (parts[0] ?? ''))
  return decodeURI(pathname) + search
}

const kraken = () => ({ auth: { api_key: keys.publicKey, api_secret: keys.secretKey } })

/** Each way in, by what it is called in a report. */
const ways: Readonly<Record<string, () => Promise<Asking> | Asking>> = {
  'a file as the body': () => raw('POST', '/v1/files', photo),
  'a file in a form': () => ofForm('/v1/files', {}, photo),
  'a part': async () => raw('PUT', await started('/v1/files/multipart'), Buffer.alloc(partBytes)),
  'options in JSON': () => json('POST', '/v1/keys', { scopes: ['usage'] }),
  'a change in JSON': async () => json('PATCH', `/v1/files/${await uploaded()}`, { tags: ['a'] }),
  'a picture to be optimised': () => raw('POST', '/v1/optimize?mode=lossless', photo),
  'a picture in a form': () => ofForm('/v1/optimize', { mode: 'lossless' }, photo),
  'a picture to be identified': () => raw('POST', '/v1/identify', photo),
  "Kraken's form": () => ofForm('/v1/upload', { data: JSON.stringify({ ...kraken(), wait: true }) }, photo),
  "Kraken's JSON": () => json('POST', '/user_status', kraken()),
  "Optidash's form": () => ofForm('/1.0/upload', { data: '{}' }, photo),
  "Uploadcare's form": () => ofForm('/base/', { UPLOADCARE_PUB_KEY: keys.publicKey }, photo),
  "Uploadcare's part": async () => raw('PUT', await started('/multipart/start/'), Buffer.alloc(partBytes)),
  "Uploadcare's JSON": async () => json('PUT', '/files/storage/', [await uploaded()]),
}

function asked({ method, path, type, body }: Asking, headers: Readonly<Record<string, string>> = {}) {
  const isRest = path.startsWith('/files/')
  const scheme = isRest ? `Uploadcare.Simple ${keys.publicKey}:` : `Bearer ${keys.publicKey}.`
  return fetch(halftone.url + path, {
    method,
    body: new Uint8Array(body),
    headers: {
      'content-type': type,
      authorization: scheme + keys.secretKey,
      ...(isRest ? { accept: 'application/vnd.uploadcare-v0.7+json' } : {}),
      ...headers,
    },
  })
}

const codings: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: gzipSync,
  'X-GZIP': gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
  'gzip, br': (bytes) => brotliCompressSync(gzipSync(bytes)),
}

describe.each(Object.keys(ways))('%s', (name) => {
  const way = async () => (ways[name] as () => Promise<Asking> | Asking)()

  test.each(Object.keys(codings))('that is packed with %s is taken', async (coding) => {
    const asking = await way()
    const body = codings[coding]?.(asking.body) ?? asking.body
    const { status } = await asked({ ...asking, body }, { 'content-encoding': coding })
    expect(status).toBeLessThan(300)
  })

  test.each(['compress', 'aws-chunked', 'gzip, gzip, gzip'])(
    'is refused with a coding such as %s',
    async (coding) => {
      const { status } = await asked(await way(), { 'content-encoding': coding })
      expect([400, 415]).toContain(status)
    },
  )

  test('is refused when it does not unpack', async () => {
    const { status } = await asked(await way(), { 'content-encoding': 'gzip' })
    expect(status).toBe(400)
  })

  test('is refused when it breaks off in its packing', async () => {
    const asking = await way()
    const { status } = await asked(
      { ...asking, body: gzipSync(asking.body).subarray(0, -9) },
      { 'content-encoding': 'gzip' },
    )
    expect(status).toBe(400)
  })

  test('is held to its digest', async () => {
    const digestOf = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('base64')
    const asking = await way()
    expect((await asked(asking, { 'content-md5': digestOf(asking.body) })).status).toBeLessThan(300)
    const other = await way()
    // Where the first bytes are enough the answer comes before the last.
    if (name === 'a picture to be identified') return
    expect((await asked(other, { 'content-md5': digestOf(Buffer.from('another')) })).status).toBe(400)
    expect((await asked(other, { 'content-md5': 'short' })).status).toBe(400)
  })
})

test('a bomb ends at the limit of the file, not of what was sent', async () => {
  const bomb = gzipSync(Buffer.alloc(60_000_000))
  expect(bomb.length).toBeLessThan(100_000)
  for (const asking of [raw('POST', '/v1/files', bomb), await ofForm('/base/', {}, Buffer.alloc(60_000_000))])
    expect(
      (
        await asked(
          { ...asking, body: asking.path === '/base/' ? gzipSync(asking.body) : bomb },
          { 'content-encoding': 'gzip' },
        )
      ).status,
    ).toBeGreaterThanOrEqual(400)
  const { status } = await asked(
    raw('PATCH', '/v1/keys/x', gzipSync(Buffer.alloc(30_000_000, ' ')), 'application/json'),
    {
      'content-encoding': 'gzip',
    },
  )
  expect(status).toBe(413)
})

test('what was packed is kept as it was before', async () => {
  const answer = await asked(raw('POST', '/v1/files', gzipSync(photo)), { 'content-encoding': 'gzip' })
  const { id, bytes } = (await answer.json()) as { id: string; bytes: number }
  expect(bytes).toBe(photo.length)
  expect(await halftone.kept(id)).toBe(createHash('sha256').update(photo).digest('hex'))
})
