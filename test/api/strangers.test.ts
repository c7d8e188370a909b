// What a stranger may not make the API do: run out of stack by brackets, keep a password in clear, or speak to other
// services of a network.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jsonFrom } from '../../api/faces/json.ts'
import { aHalftone, type Halftone, type Keys } from '../uploadcare/halftone.ts'

let halftone: Halftone
let keys: Keys
beforeAll(async () => {
  halftone = await aHalftone({ workers: 1, optimiseWorkers: 1 })
  keys = await halftone.keys('shop')
})
afterAll(() => halftone.stop())

interface Sent {
  readonly method?: string
  readonly json: unknown
  readonly headers?: Record<string, string>
}

async function send(path: string, { method = 'POST', json, headers = {} }: Sent) {
  const answer = await fetch(halftone.url + path, {
    method,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${keys.publicKey}.${keys.secretKey}`,
      ...headers,
    },
    body: typeof json === 'string' ? json : JSON.stringify(json),
  })
  return { status: answer.status, text: await answer.text() }
}

const uploadcare = () => ({
  authorization: `Uploadcare.Simple ${keys.publicKey}:${keys.secretKey}`,
  accept: 'application/vnd.uploadcare-v0.7+json',
})

describe('JSON that is nested deeply is refused as such', () => {
  const deep = (around: (text: string) => string, levels = 5000): string =>
    around('['.repeat(levels) + ']'.repeat(levels))
  const objects = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`

  test.each<[string, string]>([
    ['/v1/optimize', deep((text) => `{"url":"http://a.example/","variants":${text}}`)],
    ['/v1/optimize', `{"url":"http://a.example/","target":${objects}}`],
    ['/v1/identify', deep((text) => `{"url":${text}}`)],
    ['/v1/webhooks', deep((text) => `{"event":${text}}`)],
    ['/v1/keys', deep((text) => `{"scopes":${text}}`)],
    ['/v1/uploads', deep((text) => `{"metadata":${text}}`)],
    ['/v1/files/store', deep((text) => `{"ids":${text}}`)],
    ['/v1/url', deep((text) => `{"auth":${text}}`)],
    ['/v1/upload', deep((text) => text)],
    ['/1.0/fetch', deep((text) => `{"url":"http://a.example/","resize":${text}}`)],
  ])('by %s', async (path, json) => {
    const basic = Buffer.from(`${keys.publicKey}:`).toString('base64')
    const headers: Record<string, string> = path.startsWith('/1.0') ? { authorization: `Basic ${basic}` } : {}
    const { status, text } = await send(path, { json, headers })
    expect([path, status, text]).toEqual([path, expect.toSatisfy((one) => one >= 400 && one < 500), text])
  })

  test('by Uploadcare’s REST API', async () => {
    const { status } = await send('/webhooks/', { json: objects, headers: uploadcare() })
    expect(status).toBe(400)
  })

  test('in a field of a form, and in a header', async () => {
    const authorization = `Bearer ${keys.publicKey}.${keys.secretKey}`
    const form = new FormData()
    form.set('options', `{"url":"http://a.example/","variants":${'['.repeat(5000)}${']'.repeat(5000)}}`)
    const inForm = await fetch(`${halftone.url}/v1/optimize`, {
      method: 'POST',
      headers: { authorization },
      body: form,
    })
    expect(inForm.status).toBe(400)
    const inHeader = await fetch(`${halftone.url}/v1/optimize`, {
      method: 'POST',
      headers: { authorization, 'halftone-options': `{"variants":${'['.repeat(3000)}${']'.repeat(3000)}}` },
      body: 'x',
    })
    expect(inHeader.status).toBe(400)
  })

  test('brackets within a text are no levels', () => {
    const text = `"${'['.repeat(500)}\\"${'{'.repeat(500)}\\\\"`
    expect(jsonFrom(`[${text}]`)).toEqual([JSON.parse(text)])
    expect(() => jsonFrom('['.repeat(65) + ']'.repeat(65))).toThrow(SyntaxError)
    expect(jsonFrom('['.repeat(64) + ']'.repeat(64))).toEqual(JSON.parse('['.repeat(64) + ']'.repeat(64)))
  })
})

describe('a webhook that is kept', () => {
  test.each([
    'http://ann:hunter2@hooks.example/',
    'http://ann@hooks.example/',
    'http://:hunter2@hooks.example/',
  ])('has no user and password: %s', async (url) => {
    const native = await send('/v1/webhooks', { json: { event: 'file.uploaded', url } })
    expect(native.status).toBe(400)
    expect(native.text).not.toContain('hunter2')
    const rest = await send('/webhooks/', {
      json: { event: 'file.uploaded', target_url: url },
      headers: uploadcare(),
    })
    expect(rest.status).toBe(400)
    expect(rest.text).not.toContain('hunter2')
  })

  test('does not get them by a change either', async () => {
    const { text } = await send('/v1/webhooks', {
      json: { event: 'file.stored', url: 'http://hooks.example/' },
    })
    const { id } = JSON.parse(text)
    const changed = await send(`/v1/webhooks/${id}`, {
      method: 'PATCH',
      json: { url: 'http://a:b@hooks.example/' },
    })
    expect(changed.status).toBe(400)
  })

  test('of former times is shown without', async () => {
    const target = { event: 'file.deleted', targetUrl: 'http://ann:hunter2@hooks.example/in' }
    const rest = { project: 'shop', isActive: true, signingSecret: null }
    await halftone.records.hooks.add({ ...target, ...rest, version: '1' }, 0)
    await halftone.records.hooks.add({ ...target, event: 'file.stored', ...rest, version: '0.7' }, 0)
    const authorization = `Bearer ${keys.publicKey}.${keys.secretKey}`
    const native = await (await fetch(`${halftone.url}/v1/webhooks`, { headers: { authorization } })).text()
    const theirs = await (await fetch(`${halftone.url}/webhooks/`, { headers: uploadcare() })).text()
    for (const text of [native, theirs]) {
      expect(text).toContain('//…@hooks.example/in')
      expect(text).not.toContain('hunter2')
    }
  })
})

describe('ports of other services are refused', () => {
  const ports = [1, 22, 25, 110, 143, 587, 993, 2049, 5060, 6000, 6379, 6667, 10080, 11211]

  test.each(ports)('for webhooks: %i', async (port) => {
    const url = `http://hooks.example:${port}/`
    expect((await send('/v1/webhooks', { json: { event: 'file.uploaded', url } })).status).toBe(403)
    const promised = { url: 'http://a.example/a.png', callback_url: url }
    expect((await send('/v1/optimize', { json: promised })).status).toBe(403)
  })

  test.each(ports)('for buckets: %i', async (port) => {
    const target = {
      ...{ kind: 's3', bucket: 'pictures', region: 'eu', access_key_id: 'a', secret_access_key: 'b' },
      endpoint: `http://minio.example:${port}`,
    }
    const { status, text } = await send('/v1/optimize', { json: { url: 'http://a.example/a.png', target } })
    expect([status, JSON.parse(text)]).toMatchObject([400, { option: 'target.endpoint' }])
  })

  test.each([
    { kind: 's3', bucket: 'b', region: 'evil.example:25/#', access_key_id: 'a', secret_access_key: 'b' },
    { kind: 'azure', account: 'evil.example:25/#', container: 'c', key: 'YQ==' },
  ])('and no name becomes another server: $kind', async (target) => {
    const { status } = await send('/v1/optimize', { json: { url: 'http://a.example/a.png', target } })
    expect(status).toBe(400)
  })
})
