// Webhooks that are changed to the same event and address at once: one gets it, the others hear that it is taken.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noPostgres, type Server, startPostgres } from '../records/postgres.ts'
import { times } from '../records/rows.ts'
import { aHalftone, type Halftone } from '../uploadcare/halftone.ts'

let server: Server | undefined
beforeAll(async () => {
  server = noPostgres ? undefined : await startPostgres()
})
afterAll(() => server?.stop())

const many = 12
const target = (name: string) => `http://127.0.0.1:2/${name}`

interface Face {
  readonly paths: { readonly all: string; one(id: number): string }
  readonly method: 'PATCH' | 'PUT'
  readonly authorization: (id: string, secret: string) => string
  readonly written: (url: string) => object
  readonly refusal: { readonly status: number; readonly body: object }
}

const native: Face = {
  paths: { all: '/v1/webhooks', one: (id) => `/v1/webhooks/${id}` },
  method: 'PATCH',
  authorization: (id, secret) => `Bearer ${id}.${secret}`,
  written: (url) => ({ url }),
  refusal: { status: 409, body: { type: 'urn:halftone:problem:conflict', option: 'url' } },
}
const uploadcare: Face = {
  paths: { all: '/webhooks/', one: (id) => `/webhooks/${id}/` },
  method: 'PUT',
  authorization: (id, secret) => `Uploadcare.Simple ${id}:${secret}`,
  written: (url) => ({ target_url: url }),
  refusal: {
    status: 400,
    body: { detail: 'There is a webhook for this event and target_url already.' },
  },
}

async function askedAs({ authorization }: Face, { url, keys }: Halftone) {
  const { publicKey, secretKey } = await keys('shop')
  const headers = {
    accept: 'application/vnd.uploadcare-v0.7+json',
    authorization: authorization(publicKey, secretKey),
    'content-type': 'application/json',
  }
  return async (method: string, path: string, json: object) => {
    const response = await fetch(url + path, { method, headers, body: JSON.stringify(json) })
    return { status: response.status, body: (await response.json()) as { id: number } }
  }
}

describe.each([
  ['SQLite', false],
  ['PostgreSQL', true],
])('on %s', (_, isPostgres) => {
  test.skipIf(isPostgres && noPostgres).each([
    ['the native API', native],
    ["Uploadcare's", uploadcare],
  ])('by %s', async (_, face) => {
    const halftone = await aHalftone(isPostgres && server ? { database: await server.fresh() } : {})
    try {
      const ask = await askedAs(face, halftone)
      const { paths, method, written, refusal } = face
      const add = (url: string) => ask('POST', paths.all, { event: 'file.stored', ...written(url) })
      const added = await Promise.all(times(many, (i) => add(target(`before-${i}`))))
      const ids = added.map(({ body }) => body.id)
      const change = (id: number) => ask(method, paths.one(id), written(target('after')))
      const answers = await Promise.all(ids.map(change))
      const [got, ...others] = answers.sort((a, b) => a.status - b.status)
      expect(got?.status).toBe(200)
      expect(others).toMatchObject(times(many - 1, () => refusal))
      const [late] = ids.filter((id) => id !== got?.body.id)
      expect(await change(late ?? 0)).toMatchObject(refusal)
    } finally {
      await halftone.stop()
    }
  })
})
