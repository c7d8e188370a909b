// What every tier promises the one above it, as a function and over HTTP: origin, shield, and what speaks to a neighbour.
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureHeader } from '../../problem.ts'
import { type Answer, type Headers, isHeld, requireHeld, type Tier } from '../../tier.ts'
import { identify, revision } from '../../transforms/index.ts'
import { aSignal } from '../signals.ts'

export interface OpenedTier {
  readonly tier: Tier
  close(): Promise<unknown>
}

/** What lies behind each of the tiers: the source `photos`, with these files. */
export interface Photos {
  /** 64 by 48. */
  readonly 'cat.png': Buffer
  /** So large that it is not held in memory when it is asked for as it is. */
  readonly 'huge.png': Buffer
  readonly 'half.jpg': Buffer
  readonly 'page.png': Buffer
}

const picture = `/photos/cat.png?fm=webp&w=32&rev=${revision}`

/** `open` gives a tier in front of `photos`. */
export function tierContract(name: string, open: () => Promise<OpenedTier>, photos: () => Photos): void {
  describe(`tier contract: ${name}`, () => {
    let opened: OpenedTier
    beforeAll(async () => {
      opened = await open()
    })
    afterAll(() => opened.close())
    const ask = (path: string, headers: Headers = {}, signal = aSignal()) =>
      opened.tier({ path, headers, signal })

    test('a picture is whole: it has its length, its type, a strong tag, and how long it may be kept', async () => {
      const { status, headers, body } = requireHeld(await ask(picture))
      expect(status).toBe(200)
      expect(identify(body)).toMatchObject({ format: 'webp', width: 32, height: 24 })
      expect(headers).toMatchObject({ 'content-type': 'image/webp', 'content-length': String(body.length) })
      expect(headers.etag).toMatch(/^"[^"]+"$/)
      expect(headers['cache-control']).toMatch(/max-age=\d+/)
      expect(headers['cdn-cache-control']).toMatch(/max-age=\d+/)
      expect(headers['surrogate-key']).toBeDefined()
      expect(headers['cache-status']).toMatch(/^halftone-/)
    })

    test('asked again, it is the same to the byte', async () => {
      const [one, other] = [requireHeld(await ask(picture)), requireHeld(await ask(picture))]
      expect(one.body.equals(other.body)).toBe(true)
      expect(one.headers.etag).toBe(other.headers.etag)
    })

    test('asked for by many at once, it is the same for all', async () => {
      const path = `/photos/cat.png?fm=webp&w=16&rev=${revision}`
      const answers = await Promise.all(Array.from({ length: 12 }, () => ask(path)))
      expect(new Set(answers.map(({ headers }) => headers.etag)).size).toBe(1)
    })

    test('whoever has it is told so without a body; whoever has another gets it', async () => {
      const { etag = '' } = (await ask(picture)).headers
      const known = requireHeld(await ask(picture, { 'if-none-match': etag }))
      expect([known.status, known.body.length, known.headers.etag]).toEqual([304, 0, etag])
      expect((await ask(picture, { 'if-none-match': `"other", ${etag}` })).status).toBe(304)
      expect((await ask(picture, { 'if-none-match': '"other"' })).status).toBe(200)
    })

    test('headers are plain text under names in lower case, and none of them is about a connection', async () => {
      for (const { headers } of [await ask(picture), await ask('/')]) {
        expect(Object.keys(headers)).toEqual(Object.keys(headers).map((name) => name.toLowerCase()))
        expect(Object.values(headers).every((value) => typeof value === 'string')).toBe(true)
        for (const hop of ['connection', 'keep-alive', 'transfer-encoding'])
          expect(headers).not.toHaveProperty(hop)
      }
    })

    test('an original of any size is a file, and any part of it can be opened', async () => {
      const answer = await ask(`/photos/huge.png?fm=original&rev=${revision}`)
      const content = photos()['huge.png']
      expect([answer.status, answer.body.length]).toEqual([200, content.length])
      const end = content.length - 1
      for (const [from, to] of [
        [0, 0],
        [1_000_000, 1_000_099],
        [end, end],
      ] as const)
        expect((await partOf(answer, from, to)).equals(content.subarray(from, to + 1))).toBe(true)
    })

    test.each([
      ['/', 'bad-address'],
      ['/photos', 'bad-address'],
      ['/photos/', 'bad-address'],
      ['/photos/cat.png', 'bad-address'],
      ['/photos/cat.png?', 'bad-option'],
      [`/photos/../cat.png?rev=${revision}`, 'bad-address'],
      [`/photos/%2e%2e/cat.png?rev=${revision}`, 'bad-address'],
      [`/photos/c%61t.png?rev=${revision}`, 'bad-address'],
      [`/photos/cat.png?w=0&rev=${revision}`, 'bad-option'],
      [`/photos/cat.png?w=1&w=2&rev=${revision}`, 'bad-option'],
      [`/photos/cat.png?w=32&h=32&rev=${revision}`, 'bad-option'],
      ['/photos/cat.png?w=32', 'bad-option'],
      [`/nowhere/cat.png?rev=${revision}`, 'unknown-source'],
      [`/photos/none.png?rev=${revision}`, 'source-missing'],
      [`/photos/page.png?w=8&rev=${revision}`, 'source-unsupported'],
      [`/photos/half.jpg?w=8&rev=${revision}`, 'source-broken'],
      [`/photos/${'a'.repeat(20_000)}?rev=${revision}`, expect.any(String)],
    ])('%s is a problem of the kind %s', async (path, kind) => {
      const { status, headers, body } = requireHeld(await ask(path))
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
      expect(headers[failureHeader]).toEqual(kind)
      expect(headers['content-type']).toBe('application/problem+json')
      expect(JSON.parse(body.toString())).toMatchObject({ status, detail: expect.any(String) })
    })

    test('an ask that was given up is answered for all that, and nobody waits for its picture', async () => {
      const path = `/photos/cat.png?fm=webp&w=48&rev=${revision}`
      const { headers } = await ask(path, {}, AbortSignal.abort())
      expect(headers[failureHeader]).toBe('abandoned')
      expect((await ask(path)).status).toBe(200)
    })
  })
}

async function partOf({ body }: Answer, start: number, end: number): Promise<Buffer> {
  if (Buffer.isBuffer(body)) return body.subarray(start, end + 1)
  return buffer(await body.open({ start, end }, aSignal()))
}

/** Two tiers in front of the same picture agree on all but what each says of itself. */
export async function agreement(one: Tier, other: Tier): Promise<readonly [unknown, unknown]> {
  const seen = async (tier: Tier) => {
    const answer = await tier({ path: picture, headers: {}, signal: aSignal() })
    const { etag, 'content-type': type, 'surrogate-key': keys } = answer.headers
    return { status: answer.status, isHeld: isHeld(answer), etag, type, keys }
  }
  return [await seen(one), await seen(other)]
}
