// Whatever a stranger sends, it is the stranger's fault: no request of any shape is answered as a fault of ours.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jpeg } from '../pictures.ts'
import { noPostgres, type Server, startPostgres } from '../records/postgres.ts'
import { aHalftone, type Halftone, type Keys } from './halftone.ts'

let halftone: Halftone
let keys: Keys
let uuid: string

let server: Server | undefined

beforeAll(async () => {
  // PostgreSQL where there is one: it refuses more than the embedded database does.
  server = noPostgres ? undefined : await startPostgres()
  halftone = await aHalftone({ maxUploadBytes: '100KB', ...(server && { database: await server.fresh() }) })
  keys = await halftone.keys('shop')
  const form = new FormData()
  form.append('UPLOADCARE_PUB_KEY', keys.publicKey)
  form.append('file', new Blob([new Uint8Array(await jpeg())]), 'a.jpg')
  const answer = await fetch(`${halftone.url}/base/`, { method: 'POST', body: form })
  uuid = ((await answer.json()) as { file: string }).file
})
afterAll(async () => {
  await halftone?.stop()
  await server?.stop()
})

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e9',
    'NaN',
    '\0',
    '../../etc/passwd',
    '𝒳',
    "' or 1=1 --",
    'x'.repeat(3000),
  ),
)
const names = fc.oneof(
  fc.constantFrom(
    ...[
      'UPLOADCARE_STORE',
      'store',
      'signature',
      'expire',
      'metadata[a]',
      'metadata[__proto__]',
      'tags',
      'uuid',
    ],
    ...[
      'filename',
      'size',
      'content_type',
      'part_size',
      'source_url',
      'files[]',
      'files[99999]',
      'file_id',
      'token',
    ],
    ...['group_id', 'check_URL_duplicates', '__proto__', 'constructor'],
  ),
  odd,
)
const runs = { numRuns: 60 }

test('the Upload API, by form', async () => {
  const paths = ['/base/', '/multipart/start/', '/multipart/complete/', '/from_url/', '/group/']
  const fields = fc.array(fc.tuple(names, odd), { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), fields, fc.boolean(), async (path, pairs, hasFile) => {
      const form = new FormData()
      for (const name of ['UPLOADCARE_PUB_KEY', 'pub_key']) form.append(name, keys.publicKey)
      for (const [name, value] of pairs) form.append(name.toWellFormed(), value.toWellFormed())
      if (hasFile) form.append('file', new Blob(['x']), 'x'.repeat(300))
      const { status } = await fetch(halftone.url + path, { method: 'POST', body: form })
      expect(status).toBeLessThan(500)
    }),
    runs,
  )
})

test('the Upload API, by query', async () => {
  const paths = [
    '/info/',
    '/from_url/',
    '/from_url/status/',
    '/group/info/',
    '/multipart/x/',
    `/multipart/${uuid}/`,
  ]
  const pairs = fc.array(fc.tuple(names, odd), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
      pairs,
      async (path, method, query) => {
        const search = new URLSearchParams([['pub_key', keys.publicKey], ...query])
        const { status } = await fetch(`${halftone.url}${path}?${search}`, { method })
        expect(status).toBeLessThan(500)
      },
    ),
    runs,
  )
})

test('the REST API, with any body and any query', async () => {
  const segment = fc.oneof(fc.constantFrom(uuid, 'a', '%00', '%ff', '..%2f', '~1'), fc.uuid())
  const path = fc.tuple(
    fc.constantFrom(
      ...[
        '/files/',
        '/files/storage/',
        '/files/local_copy/',
        '/files/remote_copy/',
        '/files/ID/',
        '/files/ID/storage/',
      ],
      ...[
        '/files/ID/metadata/',
        '/files/ID/metadata/KEY/',
        '/files/ID/tags/',
        '/groups/',
        '/groups/ID/',
        '/webhooks/',
      ],
      ...['/webhooks/ID/', '/webhooks/unsubscribe/', '/convert/document/', '/addons/x/execute/'],
    ),
    segment,
  )
  const query = fc.dictionary(
    fc.constantFrom('limit', 'from', 'ordering', 'stored', 'removed', 'include'),
    fc.oneof(
      odd,
      fc.constantFrom('2026-11-21T00:00:00Z~x', '2026-11-21T00:00:00Z~\0', '+275760-09-13T00:00:00Z'),
    ),
    { maxKeys: 3 },
  )
  const body = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constant(
      JSON.stringify({
        source: uuid,
        metadata: { a: 'x\0' },
        tags: ['\0'],
        event: 'file.stored',
        target_url: 'http://a/\0',
      }),
    ),
    fc.constant(JSON.stringify([uuid, null, {}])),
    fc.constant(JSON.stringify('x\0')),
  )
  const methods = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE')
  const headers = {
    accept: 'application/vnd.uploadcare-v0.7+json',
    authorization: `Uploadcare.Simple ${keys.publicKey}:${keys.secretKey}`,
    'content-type': 'application/json',
  }
  await fc.assert(
    fc.asyncProperty(path, methods, query, body, async ([shape, id], method, pairs, text) => {
      const at = shape.replace('ID', id).replace('KEY', id)
      const sent = method === 'GET' ? {} : { body: text }
      const url = `${halftone.url}${at}?${new URLSearchParams(pairs)}`
      const { status } = await fetch(url, { method, headers, ...sent })
      expect(status).toBeLessThan(500)
    }),
    { numRuns: 600 },
  )
})
