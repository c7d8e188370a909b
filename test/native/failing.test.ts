// What goes wrong on our side: told without its cause, and logged once with it.
import { expect, onTestFinished, test } from 'vitest'
import type { ApiParts } from '../../api/faces/parts.ts'
import { createApi } from '../../api/index.ts'
import { honoListener } from '../../assembly/hono-listener.ts'
import { listen } from '../../wire/server.ts'

test('a fault of ours is a 500 that says nothing of it, and one line in the log that does', async () => {
  const lines: object[] = []
  const nothing = () => {}
  const accounts = {
    byToken: () => Promise.reject(new Error('no connection to postgres://halftone:hunter2@db.internal')),
  }
  const parts = {
    ...{ accounts, records: { hooks: {}, keys: {}, jobs: {} }, uploads: {}, limits: { jsonBytes: 1000 } },
    ...{ version: 'test', now: Date.now, publicUrl: undefined, picturesUrl: undefined },
    log: { debug: nothing, info: nothing, warn: nothing, error: (line: object) => lines.push(line) },
  } as unknown as ApiParts
  const server = await listen({
    ...{ host: '127.0.0.1', port: 0, limits: { lingerMs: 0 } },
    listener: honoListener(createApi(parts).fetch),
  })
  onTestFinished(() => server.close(100))
  const response = await fetch(`${server.url}/v1/account`, { headers: { authorization: 'Bearer a.b' } })
  expect(response.status).toBe(500)
  const text = await response.text()
  expect(JSON.parse(text).type).toBe('urn:halftone:problem:internal')
  expect(text).not.toMatch(/postgres|hunter2/)
  const elsewhere = await fetch(`${server.url}/v1/nothing`)
  expect([elsewhere.status, (await elsewhere.json()) as object]).toMatchObject([
    404,
    { type: 'urn:halftone:problem:not-found' },
  ])
  expect(lines).toMatchObject([
    { path: '/v1/account', status: 500, err: { message: expect.stringMatching(/postgres/) } },
  ])
})
