// The OpenAPI document is valid, is all there is, and each example in it works.
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jpeg } from '../pictures.ts'
import { type Described, type Operation, type Schema, shapeOf } from './described.ts'
import { type Asked, anElsewhere, aServer, type Elsewhere, type Server } from './server.ts'

let server: Server
let elsewhere: Elsewhere
let described: Described
let picture: Buffer

beforeAll(async () => {
  picture = await jpeg()
  server = await aServer()
  elsewhere = await anElsewhere(picture)
  described = await server.document()
})
afterAll(async () => {
  await server?.stop()
  elsewhere?.stop()
})

test('the document is a valid OpenAPI 3.1 description', async () => {
  expect(described.document.openapi).toBe('3.1.0')
  const { valid, errors } = await new Validator().validate(described.document as never)
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined })
})

test('each operation has a name of its own, a summary and what may go wrong', () => {
  const all = operations()
  expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(all.length)
  for (const { operation } of all) {
    expect(operation).toMatchObject({ summary: expect.any(String), tags: [expect.any(String)] })
    expect(Object.keys(operation.responses).some((status) => status.startsWith('2'))).toBe(true)
  }
})

test('a path that is known answers no other method, and says which it does', async () => {
  for (const { method, path } of operations().filter(({ path }) => path.startsWith('/v1/'))) {
    const wrong = ['PATCH', 'PUT', 'DELETE', 'POST'].find(
      (other) => !operations().some((one) => shapeOf(one.path).test(path) && one.method === other),
    )
    if (wrong === undefined) continue
    const { status, headers } = await server.ask(wrong, path)
    expect([path, status, String(headers.allow)]).toEqual([path, 405, expect.stringContaining(method)])
  }
})

test('no word of a path is taken for an id by another path, whatever the method', async () => {
  const words = [...new Set(operations().map(({ path }) => path))].filter((path) =>
    /^\/v1\/[^{]*$/.test(path),
  )
  for (const path of words) {
    const own = operations().filter((one) => one.path === path)
    const allowed = own.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !allowed.includes(one))) {
      const { status, headers } = await server.ask(method, path)
      expect([method, path, status, headers.allow]).toEqual([method, path, 405, allowed.join(', ')])
    }
  }
})

test('each change of nothing answers what is there as it is', async () => {
  const patches = operations().filter(({ method }) => method === 'PATCH')
  expect(patches.length).toBeGreaterThanOrEqual(3)
  for (const { path, operation } of patches) {
    const at = await filled(operation.operationId, path)
    const { status, json } = await server.call('PATCH', at, { json: {} })
    expect([operation.operationId, status]).toEqual([operation.operationId, 200])
    const example = bodyOf(operation)
    const before = (await server.call('PATCH', at, example)).json()
    const { updated: _, ...after } = (await server.call('PATCH', at, { json: {} })).json()
    expect([json().id, before]).toEqual([before.id, expect.objectContaining(after)])
  }
})

describe('what the document says of a value', () => {
  const everything = (value: unknown): Readonly<Record<string, unknown>>[] =>
    typeof value !== 'object' || value === null
      ? []
      : [value as Record<string, unknown>, ...Object.values(value).flatMap(everything)]

  test('is one type at a time, and none that is null in one place is null in all', () => {
    expect(everything(described.document).filter(({ type }) => Array.isArray(type))).toEqual([])
    for (const [name, schema] of Object.entries(described.document.components.schemas))
      expect([name, JSON.stringify(schema)]).toEqual([
        name,
        expect.not.stringMatching(/^\{"anyOf":.*"null"\}\]/),
      ])
  })

  test('has expressions that are whole, and match their own example', () => {
    const patterns = everything(described.document).filter(({ pattern }) => typeof pattern === 'string')
    expect(patterns.length).toBeGreaterThan(2)
    for (const { pattern, example } of patterns) {
      expect(pattern).toMatch(/^\^.*\$$/)
      if (example !== undefined) expect(String(example)).toMatch(new RegExp(String(pattern), 'u'))
    }
  })

  test('is what is taken in JSON: a text is no list, no number and no truth', async () => {
    const url = `${elsewhere.url}/cat.jpg`
    for (const [method, path, json, option] of [
      ['POST', '/v1/files/from-url', { url, tags: 'a,b' }, 'tags'],
      ['POST', '/v1/files/from-url', { url, store: 'true' }, 'store'],
      ['POST', '/v1/files/from-url', { url, metadata: '{"a":"b"}' }, 'metadata'],
      ['POST', '/v1/files/multipart', { name: 'a', bytes: 10, tags: 'a' }, 'tags'],
      ['POST', '/v1/files/multipart', { name: 'a', bytes: '10' }, 'bytes'],
      ['POST', '/v1/keys', { scopes: 'usage' }, 'scopes'],
      ['POST', '/v1/keys', { scopes: ['usage'], quotas: { calls: '1' } }, 'quotas.calls'],
      ['POST', '/v1/optimize', { url, keep: 'profile' }, 'keep'],
      ['POST', '/v1/optimize', { url, quality: '80' }, 'quality'],
      ['POST', '/v1/optimize', { url, progressive: '1' }, 'progressive'],
      ['POST', '/v1/optimize', { url, variants: '[{"id":"a"}]' }, 'variants'],
    ] as const) {
      const answer = await server.call(method, path, { json })
      expect([path, answer.status, answer.json().option]).toEqual([path, 400, option])
    }
  })

  test('is read out of text where all is text', async () => {
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(picture)]), 'cat.jpg')
    for (const [name, value] of Object.entries({
      quality: '80',
      keep: 'profile,copyright',
      progressive: 'false',
    }))
      form.append(name, value)
    expect((await server.call('POST', '/v1/optimize', { body: form })).status).toBe(200)
    const query = 'quality=80&keep=profile&progressive=1'
    const json = { url: `${elsewhere.url}/cat.jpg` }
    expect((await server.call('POST', `/v1/optimize?${query}`, { json })).status).toBe(200)
  })
})

describe('each operation', () => {
  test('refuses who has no key, a wrong one, or one without the scope', async () => {
    const useless = await server.keyWith(['usage'])
    const keys = await server.keyWith(['keys'])
    for (const { method, path, operation } of operations()) {
      if (operation.operationId === 'getStored') continue
      const at = path.replace('{part}', '1').replaceAll(/\{\w+\}/g, '1')
      const without = await server.call(method, at, { key: null })
      expect([operation.operationId, without.status]).toEqual([operation.operationId, 401])
      expect(without.headers['www-authenticate']).toBe('Bearer realm="halftone"')
      const wrong = await server.call(method, at, { key: { id: server.key.id, secret: 'guessed' } })
      expect(wrong.status).toBe(401)
      if (operation.operationId === 'getAccount') continue
      const key = operation.operationId === 'getUsage' ? keys : useless
      expect([operation.operationId, (await server.call(method, at, { key })).status]).toEqual([
        operation.operationId,
        403,
      ])
    }
  })

  test('works with its example, and with the example of each parameter', async () => {
    for (const { method, path, operation } of operations()) {
      for (const query of ['', ...examplesOf(operation)]) {
        const at = `${await filled(operation.operationId, path)}${query}`
        const { status, body } = await server.call(method, at, bodyOf(operation))
        expect([operation.operationId, query, status, status < 300 ? '' : body.toString()]).toEqual([
          ...[operation.operationId, query],
          expect.toSatisfy((code: number) => code >= 200 && code < 300),
          '',
        ])
      }
    }
    expect([...described.seen].sort()).toEqual(
      operations()
        .map(({ operation }) => operation.operationId)
        .sort(),
    )
  })

  test('takes each of the bodies it says it takes', async () => {
    for (const { method, path, operation } of operations()) {
      for (const type of Object.keys(operation.requestBody?.content ?? {})) {
        const { status, body } = await server.call(
          method,
          await filled(operation.operationId, path),
          bodyOf(operation, type),
        )
        const answer = status < 300 ? '' : body.toString()
        expect([operation.operationId, type, answer]).toEqual([operation.operationId, type, ''])
      }
    }
  })
})

interface Named {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

const operations = (): Named[] =>
  Object.entries(described.document.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )

const resolved = (schema: Schema): Schema =>
  schema.$ref === undefined
    ? schema
    : (described.document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {})

/** Of the parameters one by one, as a query; a cursor is nobody's to write. */
function examplesOf({ parameters = [] }: Operation): string[] {
  return parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, schema }) => [name, resolved(schema).example] as const)
    .filter(([, example]) => example !== undefined)
    .map(([name, example]) => `?${name}=${encodeURIComponent(near(String(example)))}`)
}

/** The examples' addresses, on a server that exists. */
const near = (text: string): string => text.replaceAll('https://shop.example', elsewhere.url)

function bodyOf(operation: Operation, wanted?: string): Asked {
  const content = operation.requestBody?.content ?? {}
  const type = wanted ?? Object.keys(content)[0]
  if (type === undefined) return {}
  if (type === 'application/json') {
    const example = content[type]?.example ?? resolved(content[type]?.schema ?? {}).example
    return { json: withFiles(JSON.parse(near(JSON.stringify(example)))) }
  }
  if (type === 'multipart/form-data') {
    const form = new FormData()
    form.append('file', new File([new Uint8Array(picture)], 'cat.jpg', { type: 'image/jpeg' }))
    return { body: form }
  }
  const bytes = operation.operationId === 'putPart' ? new Uint8Array(1000) : picture
  return { body: bytes, headers: { 'content-type': type.replace('*', 'jpeg') } }
}

let fileId = ''

/** Ids in examples are of files that nobody has. */
const withFiles = (example: object): object =>
  'ids' in example ? { ids: [fileId] } : 'files' in example ? { files: [fileId] } : uniqueUrl(example)

let made = 0
/** A webhook for an address can be made once. */
const uniqueUrl = (example: object): object => {
  made += 1
  return 'event' in example ? { ...example, url: `${elsewhere.url}/${made}` } : example
}

/** What the path of each operation needs to be there. */
async function filled(operationId: string, path: string): Promise<string> {
  const upload = (await server.call('POST', '/v1/files', { body: picture })).json()
  fileId = upload.id
  if (!path.includes('{')) return path
  const id = await idFor(operationId, upload.id)
  const token = operationId === 'getDownload' ? await download() : ''
  if (operationId === 'getStored') return new URL((await optimised()).url).pathname
  return path.replace('{id}', id).replace('{token}', token).replace('{part}', '1')
}

async function idFor(operationId: string, file: string): Promise<string> {
  if (/Group$/.test(operationId))
    return (await server.call('POST', '/v1/groups', { json: { files: [file] } })).json().id
  if (/Webhook$/.test(operationId)) {
    made += 1
    const json = { event: 'file.stored', url: `${elsewhere.url}/${made}` }
    return String((await server.call('POST', '/v1/webhooks', { json })).json().id)
  }
  if (/Key$/.test(operationId))
    return (await server.call('POST', '/v1/keys', { json: { scopes: ['usage'] } })).json().id
  if (operationId === 'getResult') return (await optimised()).id
  if (operationId === 'getPromise') return promised()
  if (/Delivery$/.test(operationId)) return delivered()
  if (operationId === 'putPart' || /Multipart$/.test(operationId)) return multipart(operationId)
  return file
}

const optimised = async () => (await server.call('POST', '/v1/optimize', { body: picture })).json()

const promised = async (): Promise<string> =>
  (await server.call('POST', `/v1/optimize?callback_url=${elsewhere.url}/done`, { body: picture })).json().id

async function delivered(): Promise<string> {
  const state = async () => (await server.call('GET', '/v1/deliveries/jobs?state=done')).json().items
  await promised()
  await expect.poll(async () => (await state()).length).toBeGreaterThan(0)
  return (await state())[0].id
}

async function multipart(operationId: string): Promise<string> {
  const { id } = (
    await server.call('POST', '/v1/files/multipart', { json: { name: 'a.bin', bytes: 1000 } })
  ).json()
  if (operationId === 'completeMultipart')
    await server.call('PUT', `/v1/files/multipart/${id}/1`, { body: new Uint8Array(1000) })
  return id
}

const download = async (): Promise<string> =>
  (await server.call('POST', '/v1/files/from-url', { json: { url: `${elsewhere.url}/cat.jpg` } })).json()
    .token
