// Webhooks and their deliveries, keys and usage: each project's own.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isSigned } from '../../api/services/hooks/signature.ts'
import { jpeg } from '../pictures.ts'
import { anElsewhere, aServer, type Elsewhere, type Key, type Server } from './server.ts'

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

describe('a webhook', () => {
  test('is told of an event, signed with the secret that was shown once', async () => {
    const url = `${elsewhere.url}/uploaded`
    const { status, json } = await call('POST', '/v1/webhooks', { json: { event: 'file.uploaded', url } })
    const { id, secret } = json()
    expect([status, json().signed, json().active]).toEqual([201, true, true])
    expect((await call('GET', `/v1/webhooks/${id}`)).body.toString()).not.toContain(secret)
    const file = (await call('POST', '/v1/files', { body: picture })).json()
    const told = () => elsewhere.webhooks.find(({ body }) => JSON.parse(body).file?.id === file.id)
    await expect.poll(told).toBeDefined()
    const { headers, body } = told() ?? { headers: {}, body: '' }
    expect(isSigned(String(headers['halftone-signature']), { body, secret, at: Date.now() })).toBe(true)
    expect(JSON.parse(body)).toMatchObject({ event: 'file.uploaded', file: { bytes: picture.length } })
    expect((await server.document()).schemaOf('FileWebhook')(JSON.parse(body))).toBe(true)

    const delivered = async () =>
      (await call('GET', '/v1/deliveries?event=file.uploaded&delivered=true')).json().items
    // The receiver has it before its answer is written down.
    await expect.poll(async () => (await delivered()).length).toBe(1)
    const items = await delivered()
    expect(items[0]).toMatchObject({ url, status: 200, is_delivered: true, attempt: 1 })
    const job = items[0].job
    expect((await call('GET', `/v1/deliveries/jobs/${job}`)).json()).toMatchObject({
      state: 'done',
      attempts: 1,
    })
    const before = elsewhere.webhooks.length
    expect((await call('POST', `/v1/deliveries/jobs/${job}/resend`)).status).toBe(202)
    await expect.poll(() => elsewhere.webhooks.length).toBe(before + 1)
    const numbers = async () =>
      (await call('GET', `/v1/deliveries?job=${job}`))
        .json()
        .items.map(({ attempt }: { attempt: number }) => attempt)
    await expect.poll(numbers).toEqual([2, 1])
    expect((await call('GET', `/v1/deliveries/jobs/${job}`)).json()).toMatchObject({
      attempts: 2,
      max_attempts: 21,
    })
    const rival = await server.keyWith(['*'], 'rival')
    expect((await call('GET', '/v1/deliveries', { key: rival })).json().items).toEqual([])
    expect((await call('GET', '/v1/deliveries/jobs', { key: rival })).json().items).toEqual([])
    for (const path of [`/v1/deliveries/jobs/${job}`, `/v1/webhooks/${id}`])
      expect((await call('GET', path, { key: rival })).status).toBe(404)
    expect((await call('POST', `/v1/deliveries/jobs/${job}/resend`, { key: rival })).status).toBe(404)
    expect((await call('DELETE', `/v1/webhooks/${id}`, { key: rival })).status).toBe(404)
    expect((await call('PATCH', `/v1/webhooks/${id}`, { key: rival, json: { active: false } })).status).toBe(
      404,
    )
  })

  test('that waits for its next try is sent at once on request', async () => {
    const { records, now } = server.parts
    const id = await records.jobs.promise(
      {
        ...{ queue: 'webhook', project: 'shop', delayMs: 3_600_000 },
        payload: { url: `${elsewhere.url}/waits`, event: 'file.stored', body: '{"it":"waits"}' },
      },
      now(),
    )
    expect((await call('GET', `/v1/deliveries/jobs/${id}`)).json().state).toBe('waiting')
    expect((await call('POST', `/v1/deliveries/jobs/${id}/resend`)).status).toBe(202)
    await expect.poll(() => elsewhere.webhooks.some(({ body }) => body === '{"it":"waits"}')).toBe(true)
    await expect
      .poll(async () => (await call('GET', `/v1/deliveries/jobs/${id}`)).json())
      .toMatchObject({ state: 'done', attempts: 1 })
  })

  test('that is being sent is not sent twice', async () => {
    const { records, now } = server.parts
    const payload = { url: `${elsewhere.url}/held`, event: 'file.stored', body: '{}' }
    const id = await records.jobs.promise(
      { queue: 'webhook', project: 'shop', payload, delayMs: 60_000 },
      now(),
    )
    await records.jobs.claim({ queue: 'webhook', limit: 100, leaseMs: 600_000, now: now() + 60_000 })
    expect((await call('POST', `/v1/deliveries/jobs/${id}/resend`)).status).toBe(409)
  })

  test('is there once for an event and address, can be changed, and goes', async () => {
    const json = { event: 'file.deleted', url: `${elsewhere.url}/deleted` }
    const { id } = (await call('POST', '/v1/webhooks', { json })).json()
    const other = (await call('POST', '/v1/webhooks', { json: { ...json, event: 'file.stored' } })).json()
    expect((await call('POST', '/v1/webhooks', { json })).status).toBe(409)
    expect((await call('PATCH', `/v1/webhooks/${other.id}`, { json: { event: json.event } })).status).toBe(
      409,
    )
    expect((await call('PATCH', `/v1/webhooks/${id}`, { json: { active: false } })).json().active).toBe(false)
    expect((await call('DELETE', `/v1/webhooks/${id}`)).status).toBe(204)
    expect((await call('DELETE', `/v1/webhooks/${id}`)).status).toBe(404)
    const left = (await call('GET', '/v1/webhooks')).json().items
    expect(left.map((one: { id: number }) => one.id)).toContain(other.id)
  })

  test.each([
    [{ event: 'file.eaten', url: 'https://a.example/' }, 400],
    [{ event: 'file.stored', url: 'http://10.0.0.1/' }, 403],
    [{ event: 'file.stored', url: 'gopher://a.example/' }, 400],
    [{ event: 'file.stored' }, 400],
  ])('%j is refused', async (json, status) => {
    expect((await call('POST', '/v1/webhooks', { json })).status).toBe(status)
  })

  test('that is not answered shows in the log, page by page', async () => {
    const key = await server.keyWith(['*'], 'unlucky')
    const noon = Date.UTC(2026, 10, 21, 12)
    const attempt = {
      jobId: 'job',
      project: 'unlucky',
      event: 'file.stored',
      url: 'https://a.example/',
      ms: 5,
    }
    for (let i = 1; i <= 3; i++)
      await server.parts.records.deliveries.add({
        ...attempt,
        attempt: i,
        status: 500,
        error: 'answered 500',
        at: noon + i,
      })
    const first = (await call('GET', '/v1/deliveries?limit=2&delivered=false', { key })).json()
    expect(first.items.map((one: { attempt: number }) => one.attempt)).toEqual([3, 2])
    const second = (await call('GET', `/v1/deliveries?limit=2&cursor=${first.next}`, { key })).json()
    expect(second).toMatchObject({
      items: [{ attempt: 1, is_delivered: false, error: 'answered 500' }],
      next: null,
    })
    const none = await call('GET', '/v1/deliveries?from=2026-11-21T12:00:01Z', { key })
    expect(none.json().items).toEqual([])
  })
})

describe('keys', () => {
  const make = (json: object, key?: Key) => call('POST', '/v1/keys', { json, ...(key ? { key } : {}) })

  test('do what their scopes say, until they are revoked', async () => {
    const { id, secret, project } = (
      await make({ name: 'shop', scopes: ['usage'], quotas: { calls: 5 } })
    ).json()
    const key = { id, secret }
    expect(project).toBe('shop')
    const account = (await call('GET', '/v1/account', { key })).json()
    expect(account).toMatchObject({ key: { id, name: 'shop', scopes: ['usage'] }, quotas: { calls: 5 } })
    const basic = { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }
    expect((await call('GET', '/v1/account', { key: null, headers: basic })).status).toBe(200)
    const wrong = { authorization: `Basic ${Buffer.from(`${id}:x`).toString('base64')}` }
    const refused = await call('GET', '/v1/account', { key: null, headers: wrong })
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/^Basic /),
    ])
    const changed = await call('PATCH', `/v1/keys/${id}`, { json: { name: 'old shop', scopes: ['files'] } })
    expect(changed.json()).toMatchObject({ name: 'old shop', scopes: ['files'], quotas: { calls: 5 } })
    expect((await call('GET', '/v1/usage', { key })).status).toBe(403)
    expect((await call('DELETE', `/v1/keys/${id}`)).json().revoked).not.toBeNull()
    expect((await call('GET', '/v1/account', { key })).status).toBe(401)
    const listed = await call('GET', '/v1/keys')
    expect(listed.body.toString()).not.toContain(secret)
    expect(listed.json().items.map((one: { id: string }) => one.id)).toContain(id)
  })

  test('never give more than they have', async () => {
    const key = await server.keyWith(['keys', 'files'])
    expect((await make({ scopes: ['files'] }, key)).status).toBe(201)
    expect((await make({ scopes: ['optimise'] }, key)).status).toBe(403)
    expect((await make({ scopes: ['*'] }, key)).status).toBe(403)
    expect((await call('PATCH', `/v1/keys/${key.id}`, { key, json: { scopes: ['*'] } })).status).toBe(403)
    expect((await call('DELETE', `/v1/keys/${key.id}`, { key })).status).toBe(409)
    expect((await make({ scopes: ['fly'] })).status).toBe(400)
    const rival = await server.keyWith(['*'], 'rival')
    const mighty = await server.keyWith(['*'])
    expect((await call('PATCH', `/v1/keys/${mighty.id}`, { key, json: { name: 'x' } })).status).toBe(403)
    expect((await call('DELETE', `/v1/keys/${mighty.id}`, { key })).status).toBe(403)
    expect((await call('DELETE', `/v1/keys/${key.id}`, { key: rival })).status).toBe(404)
    expect((await call('PATCH', `/v1/keys/${key.id}`, { key: rival, json: { name: 'x' } })).status).toBe(404)
  })
})

test('a key with a quota gives no more than that, to itself neither', async () => {
  const asked = { scopes: ['keys'], quotas: { calls: 5 } }
  const { id, secret } = (await call('POST', '/v1/keys', { json: asked })).json()
  const key = { id, secret }
  const make = async (quotas?: object) =>
    call('POST', '/v1/keys', { key, json: { scopes: ['keys'], quotas } })
  expect((await make()).json().quotas).toEqual({ calls: 5 })
  expect((await make({ calls: 4, bytes: 100 })).json().quotas).toEqual({ calls: 4, bytes: 100 })
  expect((await make({ calls: 6 })).status).toBe(403)
  expect((await make({ bytes: 100 })).status).toBe(403)
  const change = (quotas: object) => call('PATCH', `/v1/keys/${id}`, { key, json: { quotas } })
  expect((await change({})).status).toBe(403)
  expect((await change({ calls: 3 })).json().quotas).toEqual({ calls: 3 })
})

describe('plans of rate limits', () => {
  test('are given with a key or later, and only those that there are', async () => {
    const made = await call('POST', '/v1/keys', { json: { scopes: ['usage'], plan: 'small' } })
    expect(made.json()).toMatchObject({ plan: 'small' })
    const { id } = made.json()
    const change = (plan: string) => call('PATCH', `/v1/keys/${id}`, { json: { plan } })
    expect((await change('')).json().plan).toBe('')
    const refused = await change('huge')
    expect([refused.status, refused.json()]).toEqual([
      400,
      expect.objectContaining({ option: 'plan', expected: 'one of small, large', received: 'huge' }),
    ])
  })

  test('a key gives none that lets through more than its own, to itself neither', async () => {
    const { id, secret } = (
      await call('POST', '/v1/keys', { json: { scopes: ['keys'], plan: 'small' } })
    ).json()
    const key = { id, secret }
    const make = async (plan?: string) => call('POST', '/v1/keys', { key, json: { scopes: ['keys'], plan } })
    expect((await make()).json().plan).toBe('small')
    expect((await make('small')).status).toBe(201)
    expect((await make('')).status).toBe(403)
    expect((await make('large')).status).toBe(403)
    expect((await call('PATCH', `/v1/keys/${id}`, { key, json: { plan: '' } })).status).toBe(403)
  })
})

test('an identification is a call like any other: counted, and refused over the quota', async () => {
  const asked = { scopes: ['optimise'], quotas: { calls: 3 } }
  const { id, secret } = (await call('POST', '/v1/keys', { json: asked })).json()
  const key = { id, secret }
  const form = new FormData()
  form.set('file', new Blob([Uint8Array.from(picture)]), 'cat.jpg')
  expect((await call('POST', '/v1/identify', { body: picture, key })).status).toBe(200)
  expect((await call('POST', '/v1/identify', { body: form, key })).status).toBe(200)
  expect((await call('POST', '/v1/identify', { body: 'Dear Sir', key })).status).toBe(415)
  expect((await call('POST', '/v1/identify', { body: picture, key })).status).toBe(429)
  const { used } = (await call('GET', '/v1/account', { key })).json()
  expect(used).toMatchObject({ calls: 3, failures: 1, bytes_in: picture.length })
})

test('usage is told by key and day, and as a sum', async () => {
  const key = await server.keyWith(['optimise', 'usage'], 'counted')
  await call('POST', '/v1/optimize', { body: picture, key })
  await call('POST', '/v1/optimize', { body: 'Dear Sir', key })
  const { items, total } = (await call('GET', '/v1/usage', { key })).json()
  expect(items).toMatchObject([{ key: key.id, bytes_in: picture.length }])
  expect(total.calls).toBe(items[0].calls)
  expect((await call('GET', '/v1/account', { key })).json().used).toEqual(total)
  expect((await call('GET', '/v1/usage?to=2025-01-01', { key })).json().items).toEqual([])
  expect((await call('GET', '/v1/usage?from=never', { key })).json().option).toBe('from')
})
