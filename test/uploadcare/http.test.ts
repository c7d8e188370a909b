// What the official clients do not show: the wire itself, as scripts and other languages' clients see it.
import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jpeg } from '../pictures.ts'
import { aHalftone, type Halftone, type Keys } from './halftone.ts'

const photo = await jpeg()
const accept = 'application/vnd.uploadcare-v0.7+json'
let halftone: Halftone
let keys: Keys

beforeAll(async () => {
  halftone = await aHalftone({ maxUploadBytes: '2MB' })
  keys = await halftone.keys('demo-shop')
})
afterAll(() => halftone.stop())

function formOf(fields: Readonly<Record<string, string>>, files: Readonly<Record<string, Uint8Array>> = {}) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  for (const [name, bytes] of Object.entries(files))
    form.append(name, new Blob([new Uint8Array(bytes)]), `${name}.jpg`)
  return form
}

async function post(path: string, form: FormData) {
  const response = await fetch(halftone.url + path, { method: 'POST', body: form })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text }
}

const start = (fields: Readonly<Record<string, string>>) => {
  const usual = { filename: 'a.jpg', size: '20000000', content_type: 'image/jpeg' }
  return post(
    '/multipart/start/?jsonerrors=1',
    formOf({ UPLOADCARE_PUB_KEY: keys.publicKey, ...usual, ...fields }),
  )
}
const codeIn = ({ text }: { text: string }): string => JSON.parse(text).error?.error_code ?? 'fine'

test('several files go up at once, each under its own name', async () => {
  const form = formOf(
    { UPLOADCARE_PUB_KEY: keys.publicKey, UPLOADCARE_STORE: '0' },
    { one: photo, two: photo },
  )
  const { status, text, headers } = await post('/base/', form)
  expect([status, headers.get('access-control-allow-origin')]).toEqual([200, '*'])
  expect(Object.keys(JSON.parse(text))).toEqual(['one', 'two'])
  expect(new Set(Object.values(JSON.parse(text))).size).toBe(2)
})

test('without jsonerrors an error is its status and its sentence; with it, an answer', async () => {
  const form = () => formOf({ UPLOADCARE_PUB_KEY: 'nobody' }, { file: photo })
  const plain = await post('/base/', form())
  expect([plain.status, plain.text]).toEqual([403, 'UPLOADCARE_PUB_KEY is invalid.'])
  expect(plain.headers.get('content-type')).toMatch(/^text\/plain/)
  const json = await post('/base/?jsonerrors=1', form())
  expect(json.status).toBe(200)
  expect(JSON.parse(json.text)).toEqual({
    error: {
      status_code: 403,
      content: 'UPLOADCARE_PUB_KEY is invalid.',
      error_code: 'ProjectPublicKeyInvalidError',
    },
  })
})

test('a browser may ask from any page', async () => {
  const { status, headers } = await fetch(`${halftone.url}/base/`, { method: 'OPTIONS' })
  expect(status).toBe(204)
  expect(headers.get('access-control-allow-headers')).toContain('X-UC-User-Agent')
  expect(headers.get('access-control-allow-methods')).toContain('PUT')
})

test.each([
  ['FilesRequiredError', { UPLOADCARE_PUB_KEY: 'KEY' }, {}],
  ['ProjectPublicKeyRequiredError', {}, { file: photo }],
  ['FileMetadataKeyForbiddenError', { UPLOADCARE_PUB_KEY: 'KEY', 'metadata[a b]': 'x' }, { file: photo }],
  ['FileMetadataKeyEmptyError', { UPLOADCARE_PUB_KEY: 'KEY', 'metadata[]': 'x' }, { file: photo }],
  ['FileMetadataValueEmptyError', { UPLOADCARE_PUB_KEY: 'KEY', 'metadata[a]': '' }, { file: photo }],
  [
    'FileMetadataKeyLengthTooBigError',
    { UPLOADCARE_PUB_KEY: 'KEY', [`metadata[${'a'.repeat(65)}]`]: 'x' },
    {},
  ],
  ['FileMetadataValueLengthTooBigError', { UPLOADCARE_PUB_KEY: 'KEY', 'metadata[a]': 'x'.repeat(513) }, {}],
  ['NullCharactersForbiddenError', { UPLOADCARE_PUB_KEY: 'KEY', 'metadata[a]': 'x\0' }, { file: photo }],
  ['FileSizeLimitExceededError', { UPLOADCARE_PUB_KEY: 'KEY' }, { file: Buffer.alloc(2_100_000) }],
  ['RequestSizeLimitExceededError', { UPLOADCARE_PUB_KEY: 'KEY' }, { file: Buffer.alloc(4_000_000) }],
])('/base/ says %s', async (code, fields, files) => {
  const named = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value === 'KEY' ? keys.publicKey : value]),
  )
  expect(codeIn(await post('/base/?jsonerrors=1', formOf(named, files)))).toBe(code)
})

test('when there is no room for now the client is told to wait, and when the quota is used up, so', async () => {
  const small = await aHalftone({ spoolBytes: '1MB' })
  try {
    const { publicKey } = await small.keys('small')
    const send = async (bytes: number) => {
      const form = formOf({ UPLOADCARE_PUB_KEY: publicKey }, { file: Buffer.alloc(bytes) })
      const response = await fetch(`${small.url}/base/?jsonerrors=1`, { method: 'POST', body: form })
      return { wait: response.headers.get('retry-after'), code: codeIn({ text: await response.text() }) }
    }
    expect(await send(1_500_000)).toMatchObject({
      code: 'RequestThrottledError',
      wait: expect.stringMatching(/^\d+$/),
    })
    expect(await send(1000)).toMatchObject({ code: 'fine' })
    await small.records.keys.change(publicKey, { quotas: { calls: 1 } })
    expect(await send(1000)).toMatchObject({ code: 'AccountLimitsExceededError' })
  } finally {
    await small.stop()
  }
})

test('a body that is no form, too many files and a wrong method are refused by name', async () => {
  const junk = await fetch(`${halftone.url}/base/?jsonerrors=1`, { method: 'POST', body: 'junk' })
  expect(codeIn({ text: await junk.text() })).toBe('PostRequestParserFailedError')
  const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`f${i}`, photo]))
  const many = await post('/base/?jsonerrors=1', formOf({ UPLOADCARE_PUB_KEY: keys.publicKey }, eleven))
  expect(codeIn(many)).toBe('FilesNumberLimitExceededError')
  const wrong = await fetch(`${halftone.url}/base/`)
  expect([wrong.status, await wrong.text()]).toEqual([405, 'HTTP method GET is not allowed for /base/'])
})

test.each([
  ['MultipartSizeInvalidError', { size: 'many' }],
  ['MultipartFileSizeTooSmallError', { size: '10485759' }],
  ['MultipartFileSizeLimitExceededError', { size: '99999999999999' }],
  ['MultipartPartSizeInvalidError', { part_size: 'x' }],
  ['MultipartPartSizeTooSmallError', { part_size: '5242879' }],
  ['MultipartPartSizeTooBigError', { part_size: '5368709121' }],
  ['RequestParamRequiredError', { filename: '' }],
  ['fine', {}],
])('/multipart/start/ says %s', async (code, fields) => {
  expect(codeIn(await start(fields as Record<string, string>))).toBe(code)
})

test('an upload in parts that is not whole does not become a file, and its parts are held to their length', async () => {
  const { uuid, parts } = JSON.parse((await start({})).text)
  expect(parts).toHaveLength(4)
  const put = (url: string, length: number) =>
    fetch(url, { method: 'PUT', body: Buffer.alloc(length) }).then(({ status }) => status)
  expect(await put(parts[0], 5_242_880)).toBe(200)
  expect(await put(parts[1], 5_242_879)).toBe(400)
  expect(await put(parts[0].replace(uuid, crypto.randomUUID()), 5_242_880)).toBe(404)
  const complete = (id: string) =>
    post('/multipart/complete/?jsonerrors=1', formOf({ UPLOADCARE_PUB_KEY: keys.publicKey, uuid: id }))
  expect(codeIn(await complete(uuid))).toBe('MultipartUploadSizeTooSmallError')
  expect(codeIn(await complete(crypto.randomUUID()))).toBe('MultipartFileNotFoundError')
  expect(codeIn(await complete('x'))).toBe('UUIDInvalidError')
  expect(codeIn(await complete(''))).toBe('MultipartFileIdRequiredError')
  const info = await fetch(`${halftone.url}/info/?jsonerrors=1&pub_key=${keys.publicKey}&file_id=${uuid}`)
  expect(codeIn({ text: await info.text() })).toBe('FileNotFoundError')
})

test('a part that breaks off can be sent again', async () => {
  const { uuid, parts } = JSON.parse((await start({ size: '10485760' })).text)
  const put = (url: string) => fetch(url, { method: 'PUT', body: Buffer.alloc(5_242_880) })
  const { hostname, port, pathname, search } = new URL(parts[0])
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const head = `PUT ${pathname}${search} HTTP/1.1\r\nHost: a\r\nContent-Length: 5242880\r\n\r\n`
  socket.write(head + 'x'.repeat(100_000))
  socket.destroySoon()
  await once(socket.resume(), 'close')
  expect((await put(parts[1])).status).toBe(200)
  const complete = () =>
    post('/multipart/complete/?jsonerrors=1', formOf({ UPLOADCARE_PUB_KEY: keys.publicKey, uuid }))
  expect(codeIn(await complete())).toBe('MultipartUploadSizeTooSmallError')
  expect((await put(parts[0])).status).toBe(200)
  expect(JSON.parse((await complete()).text)).toMatchObject({ uuid, size: 10_485_760, is_ready: true })
})

test.each([
  ['SourceURLRequiredError', ''],
  ['URLSchemeRequiredError', 'nowhere'],
  ['URLSchemeInvalidError', 'ftp://a.example/'],
  ['URLHostRequiredError', 'http:///x'],
  ['URLHostMalformedError', 'http://a b/'],
  ['URLHostPrivateIPForbiddenError', 'http://[::1]:80/x'],
])('/from_url/ says %s', async (code, url) => {
  const query = new URLSearchParams({ jsonerrors: '1', pub_key: keys.publicKey, source_url: url })
  const response = await fetch(`${halftone.url}/from_url/?${query}`, { method: 'POST' })
  expect(codeIn({ text: await response.text() })).toBe(code)
})

test('/from_url/ takes a form as well, and a token that nobody was given is unknown', async () => {
  const form = new URLSearchParams({ pub_key: keys.publicKey, source_url: 'http://nowhere.invalid/' })
  const response = await fetch(`${halftone.url}/from_url/`, { method: 'POST', body: form })
  const { type, token } = (await response.json()) as { type: string; token: string }
  expect(type).toBe('token')
  const statusOf = async (asked: string) =>
    (await fetch(`${halftone.url}/from_url/status/?token=${asked}`)).json() as Promise<{ status: string }>
  await expect.poll(() => statusOf(token)).toMatchObject({ status: 'error' })
  expect(await statusOf('nothing')).toEqual({ status: 'unknown' })
  const none = await fetch(`${halftone.url}/from_url/status/?jsonerrors=1`)
  expect(codeIn({ text: await none.text() })).toBe('TokenRequiredError')
})

test('the Python client posts a group to two slashes, with numbered fields', async () => {
  const { text } = await post(
    '/base/',
    formOf({ UPLOADCARE_PUB_KEY: keys.publicKey }, { a: photo, b: photo }),
  )
  const { a, b } = JSON.parse(text)
  const form = formOf({ pub_key: keys.publicKey, 'files[1]': b, 'files[0]': a })
  const made = JSON.parse((await post('/group//', form)).text) as { files: { uuid: string }[] }
  expect(made.files.map(({ uuid }) => uuid)).toEqual([a, b])
  const empty = await post('/group/?jsonerrors=1', formOf({ pub_key: keys.publicKey }))
  expect(codeIn(empty)).toBe('GroupFilesInvalidError')
})

test('a group has up to 1000 files', async () => {
  const { text } = await post('/base/', formOf({ UPLOADCARE_PUB_KEY: keys.publicKey }, { a: photo }))
  const { a } = JSON.parse(text)
  const groupOf = async (count: number) => {
    const form = formOf({ pub_key: keys.publicKey })
    for (let i = 0; i < count; i++) form.append('files[]', a)
    return post('/group/?jsonerrors=1', form)
  }
  expect(JSON.parse((await groupOf(1000)).text)).toMatchObject({ files_count: 1000 })
  expect(codeIn(await groupOf(1001))).toBe('FilesNumberLimitExceededError')
})

test('the Python client subscribes webhooks by a form, and ends them by their number', async () => {
  const body = new URLSearchParams({
    target_url: 'https://a.example/in',
    event: 'file.uploaded',
    is_active: 'False',
    signing_secret: 's',
  })
  const headers = { accept, authorization: simple() }
  const made = await fetch(`${halftone.url}/webhooks/`, { method: 'POST', headers, body })
  expect(made.status).toBe(201)
  const hook = (await made.json()) as { id: number }
  expect(hook).toMatchObject({ is_active: false, signing_secret: 's', version: '0.7' })
  const place = `/webhooks/${hook.id}/`
  expect(JSON.parse((await rest(place, headers)).text)).toEqual(hook)
  const other = await halftone.keys('other')
  const theirs = { accept, authorization: `Uploadcare.Simple ${other.publicKey}:${other.secretKey}` }
  expect((await rest(place, theirs, 'DELETE')).status).toBe(404)
  expect((await rest(place, headers, 'DELETE')).status).toBe(204)
  expect((await rest(place, headers)).status).toBe(404)
})

const simple = () => `Uploadcare.Simple ${keys.publicKey}:${keys.secretKey}`
const rest = async (path: string, headers: Record<string, string>, method = 'GET') => {
  const response = await fetch(halftone.url + path, { method, headers })
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

test('the REST API wants its version, and answers in exactly the content type that clients compare', async () => {
  const fine = await rest('/project/', { accept, authorization: simple() })
  expect([fine.status, fine.type]).toEqual([200, 'application/json'])
  expect(JSON.parse(fine.text)).toEqual({
    collaborators: [],
    name: 'demo-shop',
    pub_key: keys.publicKey,
    autostore_enabled: true,
  })
  const other = await rest('/project/', { accept: 'application/json', authorization: simple() })
  expect([other.status, other.type]).toEqual([406, 'application/json'])
  expect(JSON.parse(other.text).detail).toMatch(/^Incorrect Accept header provided\./)
  const wrong = await rest('/project/', { accept, authorization: simple() }, 'POST')
  expect([wrong.status, JSON.parse(wrong.text).detail]).toEqual([405, 'Method "POST" not allowed.'])
  expect((await rest('/project/', { accept })).status).toBe(401)
})

test.each(['/files', '/files/a/b/c/', '/groups/a~1/storage/', '/webhooks/1/2/', '/addons/'])(
  'the REST API has nothing at %s, and says so as ever',
  async (path) => {
    const { status, type, text } = await rest(path, { accept, authorization: simple() })
    expect([status, type, text]).toEqual([404, 'application/json', '{"detail":"Not found."}'])
  },
)

test('JSON that curl calls a form is read all the same', async () => {
  const response = await fetch(`${halftone.url}/files/storage/`, {
    method: 'PUT',
    headers: { accept, authorization: simple(), 'content-type': 'application/x-www-form-urlencoded' },
    body: '["nonsense"]',
  })
  expect(await response.json()).toEqual({ status: 'ok', problems: { nonsense: 'Invalid' }, result: [] })
})

test('a signature holds for its date, its method, its path and its body alone', async () => {
  const sign = (date: string, method: string, path: string) => {
    const lines = [method, createHash('md5').update('').digest('hex'), '', date, path].join('\n')
    const signature = createHmac('sha1', keys.secretKey).update(lines).digest('hex')
    return { accept, 'x-uploadcare-date': date, authorization: `Uploadcare ${keys.publicKey}:${signature}` }
  }
  const at = (ms: number) => new Date(Date.now() + ms).toUTCString()
  expect((await rest('/files/?limit=5', sign(at(0), 'GET', '/files/?limit=5'))).status).toBe(200)
  expect((await rest('/files/?limit=6', sign(at(0), 'GET', '/files/?limit=5'))).status).toBe(401)
  expect((await rest('/files/?limit=5', sign(at(0), 'PUT', '/files/?limit=5'))).status).toBe(401)
  expect((await rest('/files/', sign(at(-16 * 60_000), 'GET', '/files/'))).status).toBe(401)
  expect((await rest('/files/', sign(at(14 * 60_000), 'GET', '/files/'))).status).toBe(200)
  expect((await rest('/files/', sign('whenever', 'GET', '/files/'))).status).toBe(401)
})
