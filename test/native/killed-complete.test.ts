// kill -9 while parts are put together: the upload is never lost. Its state says how far it is, and completing it
// again finishes it.
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aProcess, type Process } from '../journeys/processes.ts'
import { authorizationFor } from './server.ts'

const rounds = Number(process.env.KILL_ROUNDS ?? 3)
const partBytes = 5 * 2 ** 20
const bytes = randomBytes(6 * partBytes + 1000)
const sum = createHash('sha256').update(bytes).digest('hex')

let node: Process
let authorization: string

beforeAll(async () => {
  node = await aProcess({})
  authorization = await authorizationFor(node)
})
afterAll(() => node?.end())

const ask = (method: string, path: string, body?: string | Uint8Array) =>
  fetch(node.url + path, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  })

/** All parts sent; the address of the upload. */
async function sent(): Promise<string> {
  const plan = { name: 'film.bin', bytes: bytes.length, part_bytes: partBytes, sha256: sum }
  const { id, parts } = (await (await ask('POST', '/v1/files/multipart', JSON.stringify(plan))).json()) as {
    id: string
    parts: number
  }
  for (let i = 0; i < parts; i++) {
    const part = bytes.subarray(i * partBytes, (i + 1) * partBytes)
    expect((await ask('PUT', `/v1/files/multipart/${id}/${i + 1}`, part)).status).toBe(204)
  }
  return `/v1/files/multipart/${id}`
}

test('killed at any moment of completing', { timeout: 120_000 + rounds * 20_000 }, async () => {
  const begun = performance.now()
  expect((await ask('POST', `${await sent()}/complete`)).status).toBe(200)
  const longestMs = (performance.now() - begun) / 2
  const states: (string | number)[] = []
  for (let round = 0; round < rounds; round++) {
    const upload = await sent()
    const completing = ask('POST', `${upload}/complete`).catch(() => undefined)
    await pause(Math.random() * longestMs)
    await node.end('SIGKILL')
    await completing
    await node.again()

    const told = await ask('GET', upload)
    expect([200, 409]).toContain(told.status)
    const { state, received } = (await told.json()) as { state: string; received: number[] }
    states.push(told.status === 200 ? state : told.status)
    // All parts are there or have become the file: nothing is to be sent again.
    if (told.status === 200) expect(received).toEqual([1, 2, 3, 4, 5, 6, 7])

    const complete = () => ask('POST', `${upload}/complete`)
    const [one, other] = await Promise.all([complete(), complete()])
    expect([one.status, other.status]).toEqual([200, 200])
    const { content_url } = (await one.json()) as { content_url: string }
    const content = await ask('GET', new URL(content_url).pathname)
    expect(
      createHash('sha256')
        .update(new Uint8Array(await content.arrayBuffer()))
        .digest('hex'),
    ).toBe(sum)
  }
  if (process.env.KILL_ROUNDS) console.info(`found after kills: ${states.join(' ')}`)
})
