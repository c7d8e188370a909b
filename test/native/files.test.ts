// Files that are kept: whole, in parts and from an address, found and changed by their own project alone.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jpeg } from '../pictures.ts'
import { anElsewhere, aServer, type Elsewhere, type Server } from './server.ts'

let server: Server
let elsewhere: Elsewhere
let picture: Buffer

beforeAll(async () => {
  picture = await jpeg()
  server = await aServer()
  elsewhere = await anElsewhere(picture)
})
afterAll(async () => {
  await server?.stop()
  elsewhere?.stop()
})

type Call = Server['call']
const call: Call = (...asked) => server.call(...asked)
const upload = async (query = '', asked: Parameters<Call>[2] = { body: picture }) =>
  (await call('POST', `/v1/files${query}`, asked)).json()

describe('an upload', () => {
  test('is kept with what was said of it, and says what it is', async () => {
    const query = `?name=cat.jpg&tags=pets,2026&metadata=${encodeURIComponent('{"order":"7"}')}`
    const { status, headers, json } = await call('POST', `/v1/files${query}`, { body: picture })
    const file = json()
    expect(status).toBe(201)
    expect(headers.location).toBe(`${server.url}/v1/files/${file.id}`)
    expect(file).toMatchObject({
      ...{ name: 'cat.jpg', type: 'image/jpeg', bytes: picture.length, state: 'ready' },
      ...{ tags: ['pets', '2026'], metadata: { order: '7' }, stored: expect.any(String), removed: null },
      picture: { format: 'jpeg', width: 96, height: 64 },
    })
    expect((await call('GET', `/v1/files/${file.id}`)).json()).toEqual(file)
    const content = await call('GET', new URL(file.content_url).pathname)
    expect([content.type, content.body]).toEqual(['image/jpeg', picture])
    const part = await call('GET', `/v1/files/${file.id}/content`, { headers: { range: 'bytes=2-5' } })
    expect([part.status, part.body]).toEqual([206, picture.subarray(2, 6)])
  })

  test('may be a form, and need not be a picture nor be stored', async () => {
    const body = new FormData()
    body.append('store', 'false')
    body.append('tags', 'letter')
    body.append('file', new File(['Dear Sir'], 'letter.txt', { type: 'text/plain' }))
    expect(await upload('', { body })).toMatchObject({
      ...{ name: 'letter.txt', bytes: 8, picture: null, stored: null, tags: ['letter'] },
    })
  })

  test.each([
    ['?metadata=x', 'metadata', "Expected an object for 'metadata', received 'x'."],
    [
      `?metadata=${encodeURIComponent('{"a b":"c"}')}`,
      'metadata.a b',
      /names of 1 to 64 .*, received 'a b'\./,
    ],
    [`?tags=pets,${'x'.repeat(65)}`, 'tags.1', /a length of at most 64 .*, received 'pets,x/],
    ['?tags=a%00b', 'tags', /^Expected tags of 1 to 64 characters, none of control for 'tags'\.$/],
    ['?store=perhaps', 'store', "Expected true or false for 'store', received 'perhaps'."],
    ['?keep=true', 'keep', /no option/],
  ])('%s is refused', async (query, option, detail) => {
    const { status, json } = await call('POST', `/v1/files${query}`, { body: picture })
    expect([status, json().option]).toEqual([400, option])
    expect(json().detail).toEqual(typeof detail === 'string' ? detail : expect.stringMatching(detail))
  })

  test('is called as the query, the form, or the header says, in UTF-8', async () => {
    const body = () => {
      const form = new FormData()
      form.append('file', new File(['Dear Sir'], 'letter.txt'))
      return form
    }
    const named = body()
    named.append('name', 'käse.txt')
    const header = {
      'content-disposition': Buffer.from('attachment; filename="käse.txt"').toString('latin1'),
    }
    const files = [
      await upload('?name=k%C3%A4se.txt'),
      await upload('?name=k%C3%A4se.txt&store=false', { body: body() }),
      await upload('', { body: named }),
      await upload('', { body: 'Dear Sir', headers: header }),
    ]
    expect(files.map(({ name }) => name)).toEqual(Array(4).fill('käse.txt'))
    expect(files.map(({ stored }) => stored === null)).toEqual([false, true, false, false])
  })

  test('is found by its id in capitals', async () => {
    const { id } = await upload()
    expect((await call('GET', `/v1/files/${id.toUpperCase()}`)).json().id).toBe(id)
  })
})

test('files are listed, counted, described, stored and removed', async () => {
  const key = await server.keyWith(['upload', 'files'], 'archive')
  const own = { key }
  const made: string[] = []
  for (let i = 0; i < 5; i++)
    made.push((await upload(`?name=${i}.jpg&store=${i % 2 === 0}`, { body: picture, key })).id)
  const names = async (query: string) => {
    const { items, next } = (await call('GET', `/v1/files${query}`, own)).json()
    return { names: items.map(({ name }: { name: string }) => name[0]).join(''), next }
  }
  const first = await names('?limit=2&order=oldest')
  expect(first.names).toBe('01')
  const rest = await names(`?limit=3&order=oldest&cursor=${first.next}`)
  expect(rest).toEqual({ names: '234', next: null })
  expect((await names('?stored=true&order=oldest')).names).toBe('024')
  expect((await names('?stored=false&order=oldest')).names).toBe('13')

  const [zero, one, two] = made
  const changed = await call('PATCH', `/v1/files/${zero}`, {
    ...own,
    json: { tags: ['old'], metadata: { a: 'b' } },
  })
  expect(changed.json()).toMatchObject({ tags: ['old'], metadata: { a: 'b' } })
  expect((await call('PUT', `/v1/files/${one}/store`, own)).json().stored).not.toBeNull()
  const unknown = crypto.randomUUID()
  const batch = { ...own, json: { ids: [two, unknown, 'no id'] } }
  expect((await call('POST', '/v1/files/store', batch)).json().problems).toEqual({
    [unknown]: 'missing',
    'no id': 'invalid',
  })
  expect((await call('POST', '/v1/files/delete', batch)).json().files).toMatchObject([
    { id: two, state: 'removed' },
  ])
  expect((await call('DELETE', `/v1/files/${zero}`, own)).json().removed).not.toBeNull()
  expect((await call('DELETE', `/v1/files/${zero}`, own)).status).toBe(404)
  expect((await call('GET', `/v1/files/${zero}/content`, own)).status).toBe(404)
  expect((await names('?removed=true')).names).toHaveLength(2)
  expect((await call('GET', '/v1/files/totals', own)).json()).toEqual({ stored: 2, unstored: 1, removed: 2 })

  const copy = (await call('POST', `/v1/files/${one}/copy`, { ...own, json: { store: false } })).json()
  expect(copy).toMatchObject({ name: '1.jpg', stored: null, bytes: picture.length })
  expect(copy.id).not.toBe(one)
})

test('nothing of a project is there for another', async () => {
  const { id } = await upload()
  const group = (await call('POST', '/v1/groups', { json: { files: [id] } })).json().id
  const started = (await call('POST', '/v1/files/multipart', { json: { name: 'a', bytes: 10 } })).json().id
  const key = await server.keyWith(['*'], 'rival')
  for (const [method, path, asked] of [
    ['GET', `/v1/files/${id}`, {}],
    ['GET', `/v1/files/${id}/content`, {}],
    ['PATCH', `/v1/files/${id}`, { json: { tags: [] } }],
    ['PUT', `/v1/files/${id}/store`, {}],
    ['DELETE', `/v1/files/${id}`, {}],
    ['POST', `/v1/files/${id}/copy`, { json: {} }],
    ['GET', `/v1/files/multipart/${started}`, {}],
    ['PUT', `/v1/files/multipart/${started}/1`, { body: new Uint8Array(10) }],
    ['POST', `/v1/files/multipart/${started}/complete`, {}],
    ['DELETE', `/v1/files/multipart/${started}`, {}],
    ['GET', `/v1/groups/${group}`, {}],
    ['DELETE', `/v1/groups/${group}`, {}],
  ] as const)
    expect([method, path, (await call(method, path, { ...asked, key })).status]).toEqual([method, path, 404])
  expect((await call('POST', '/v1/files/delete', { key, json: { ids: [id] } })).json().problems).toEqual({
    [id]: 'missing',
  })
  expect((await call('GET', `/v1/files/${id}`)).json().state).toBe('ready')
})

describe('an upload in parts', () => {
  const part = 5 * 2 ** 20

  test('may come in any order and again, and is put together', async () => {
    const bytes = randomBytes(part + 1000)
    const json = { name: 'film.bin', bytes: bytes.length, part_bytes: part, tags: ['film'] }
    const started = (await call('POST', '/v1/files/multipart', { json })).json()
    expect(started).toMatchObject({ parts: 2, part_bytes: part })
    const put = async (number: number, body: Uint8Array) => {
      const path = new URL(started.part_url.replace('{part}', String(number))).pathname
      return (await call('PUT', path, { body })).status
    }
    const complete = () => call('POST', `/v1/files/multipart/${started.id}/complete`)
    const state = () => call('GET', `/v1/files/multipart/${started.id}`)
    expect((await state()).json()).toMatchObject({ ...started, name: 'film.bin', received: [] })
    expect(await put(2, bytes.subarray(part))).toBe(204)
    expect((await state()).json()).toMatchObject({ ...started, bytes: bytes.length, received: [2] })
    expect((await complete()).status).toBe(400)
    expect(await put(1, new Uint8Array(part))).toBe(204)
    expect(await put(1, bytes.subarray(0, part))).toBe(204)
    expect(await put(3, bytes.subarray(0, 1))).toBe(400)
    expect(await put(1, bytes.subarray(0, 10))).toBe(400)
    const { status, json: file } = await complete()
    expect([status, file()]).toMatchObject([200, { name: 'film.bin', state: 'ready', tags: ['film'] }])
    expect((await complete()).json()).toEqual(file())
    expect(await put(1, bytes.subarray(0, part))).toBe(409)
    expect((await state()).status).toBe(409)
    expect((await call('GET', `/v1/files/${started.id}/content`)).body).toEqual(bytes)
  })

  test('says what is wrong with a part that turns out too long while it comes', async () => {
    const { part_url } = (
      await call('POST', '/v1/files/multipart', { json: { name: 'a', bytes: 10 } })
    ).json()
    const { id, secret } = server.key
    const { status } = await fetch(part_url.replace('{part}', '1'), {
      method: 'PUT',
      headers: { authorization: `Bearer ${id}.${secret}` },
      // In pieces, without a length in front.
      body: new Blob([randomBytes(1_000_000)]).stream(),
      duplex: 'half',
    })
    expect(status).toBe(400)
  })

  test('may be given up', async () => {
    const { id } = (await call('POST', '/v1/files/multipart', { json: { name: 'a', bytes: 10 } })).json()
    expect((await call('DELETE', `/v1/files/multipart/${id}`)).status).toBe(204)
    expect((await call('DELETE', `/v1/files/multipart/${id}`)).status).toBe(404)
    expect((await call('GET', `/v1/files/multipart/${id}`)).status).toBe(404)
    expect((await call('PUT', `/v1/files/multipart/${id}/1`, { body: new Uint8Array(10) })).status).toBe(404)
  })

  test.each([
    [{ name: 'a', bytes: 0 }, 400],
    [{ name: 'a', bytes: 100_000_001 }, 413],
    [{ name: 'a', bytes: 10, part_bytes: 100 }, 400],
    [{ bytes: 10 }, 400],
  ])('%j is answered %i', async (json, status) => {
    expect((await call('POST', '/v1/files/multipart', { json })).status).toBe(status)
  })

  test.each([
    [
      'that is longer than JSON may be',
      { json: { name: 'a'.repeat(200_000), bytes: 10 } },
      413,
      'body-too-large',
    ],
    [
      'of another media type',
      { body: '{"name":"a","bytes":10}', headers: { 'content-type': 'text/plain' } },
      ...([415, 'body-unsupported'] as const),
    ],
    [
      'that is no JSON',
      { body: '{', headers: { 'content-type': 'application/json' } },
      ...([400, 'bad-body'] as const),
    ],
  ])('a body %s is refused', async (_, asked, status, kind) => {
    const answer = await call('POST', '/v1/files/multipart', asked)
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json'])
    expect(answer.json().type).toBe(`urn:halftone:problem:${kind}`)
  })
})

describe('an upload from an address', () => {
  const state = async (token: string) => (await call('GET', `/v1/files/from-url/${token}`)).json()
  const ended = async (token: string) => {
    await expect.poll(async () => (await state(token)).state).toMatch(/success|error/)
    return state(token)
  }

  test('ends as a file, and the same address gives the same file when asked so', async () => {
    const json = { url: `${elsewhere.url}/dog.jpg`, check_duplicates: true, tags: ['dog'] }
    const { status, json: begun } = await call('POST', '/v1/files/from-url', { json })
    expect(status).toBe(202)
    const { file } = await ended(begun().token)
    expect(file).toMatchObject({ name: 'dog.jpg', bytes: picture.length, tags: ['dog'] })
    const again = await call('POST', '/v1/files/from-url', { json })
    expect([again.status, again.json().id]).toEqual([200, file.id])
    const key = await server.keyWith(['upload'], 'rival')
    expect((await call('GET', `/v1/files/from-url/${begun().token}`, { key })).status).toBe(404)
  })

  test('that is not there says so', async () => {
    const { token } = (
      await call('POST', '/v1/files/from-url', { json: { url: `${elsewhere.url}/no` } })
    ).json()
    expect(await ended(token)).toMatchObject({ state: 'error', problem: { status: 404 } })
    expect((await call('GET', '/v1/files/from-url/nobody')).status).toBe(404)
    const key = await server.keyWith(['*'], 'rival')
    expect((await call('GET', `/v1/files/from-url/${token}`, { key })).status).toBe(404)
  })
})

test('groups keep files in their order, page by page, and can be taken apart', async () => {
  const key = await server.keyWith(['*'], 'grouper')
  const own = { key }
  const [one, two] = [await upload('', { body: picture, key }), await upload('', { body: picture, key })]
  const groups: string[] = []
  for (const files of [[two.id, one.id], [{ id: one.id, effects: 'preview/10x10/' }]])
    groups.push((await call('POST', '/v1/groups', { ...own, json: { files } })).json().id)
  expect((await call('GET', `/v1/groups/${groups[0]}`, own)).json().files).toEqual([
    { id: two.id, effects: '' },
    { id: one.id, effects: '' },
  ])
  const page = (await call('GET', '/v1/groups?limit=1&order=oldest', own)).json()
  expect(page.items).toMatchObject([{ id: groups[0] }])
  const next = (await call('GET', `/v1/groups?limit=1&order=oldest&cursor=${page.next}`, own)).json()
  expect(next).toMatchObject({ items: [{ id: groups[1] }], next: null })
  expect((await call('DELETE', `/v1/groups/${groups[0]}`, own)).status).toBe(204)
  expect((await call('DELETE', `/v1/groups/${groups[0]}`, own)).status).toBe(404)
  expect((await call('GET', `/v1/files/${one.id}`, own)).status).toBe(200)
  expect((await call('POST', '/v1/groups', { ...own, json: { files: [crypto.randomUUID()] } })).status).toBe(
    400,
  )
})
