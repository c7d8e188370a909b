// Small tiers and asks for the tests of wire.
import { Failure } from '../../errors.ts'
import { problemAnswer } from '../../problem.ts'
import type { Ask, Headers, Tier } from '../../tier.ts'
import { type Listening, listen, type ServeOptions, type ServerLimits, serveTier } from '../../wire/index.ts'
import { aSignal } from '../signals.ts'

export const anAsk = (path: string, headers: Headers = {}, signal = aSignal()): Ask => ({
  path,
  headers,
  signal,
})

const pattern = Buffer.from(Array.from({ length: 256 }, (_, i) => (i * 31) % 256))
export const bytes = (length: number): Buffer => Buffer.alloc(length, pattern)

/** Answers a picture whose size is in the path, and every kind of answer a tier may give. */
export const aTier: Tier = async ({ path, headers }) => {
  const etag = '"one"'
  if (path.startsWith('/missing')) return problemAnswer(new Failure('source-missing', 'No such picture: ☹.'))
  if (path.startsWith('/busy')) return problemAnswer(new Failure('busy', 'Later.', { retryAfterSeconds: 7 }))
  if (path.startsWith('/sourceless'))
    return problemAnswer(new Failure('source-failed', 'The source answered 500.'))
  if (path.startsWith('/throws')) throw new Error('a tier never does')
  if (path.startsWith('/torn'))
    return { status: 200, headers: { 'x-torn': 'a\r\nb' }, body: Buffer.from('x') }
  if (headers['if-none-match'] === etag)
    return { status: 304, headers: { etag, 'content-length': '20000' }, body: Buffer.alloc(0) }
  const body = bytes(Number(path.slice(1).split('?')[0]))
  return {
    status: 200,
    headers: {
      'content-type': 'image/webp',
      'content-length': String(body.length),
      'cache-control': 'public, max-age=60, stale-while-revalidate=30',
      'cache-status': 'shield; hit; ttl=3',
      'saw-request-id': headers['request-id'] ?? 'none',
      'saw-accept': headers.accept ?? 'none',
      etag,
    },
    body,
  }
}

export const serving = (tier: Tier, options: ServeOptions & { limits?: ServerLimits; port?: number } = {}) =>
  listen({
    host: '127.0.0.1',
    port: options.port ?? 0,
    listener: serveTier(tier, options),
    limits: { lingerMs: 20, ...options.limits },
  })

/** A tier that answers when it is told to. */
export function aHeldTier() {
  const asks: Ask[] = []
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const { promise: asked, resolve: onAsk } = Promise.withResolvers<void>()
  const tier: Tier = async (ask) => {
    asks.push(ask)
    onAsk()
    await released
    return { status: 200, headers: {}, body: Buffer.from('at last') }
  }
  return { tier, asks, asked, release }
}

export const limits = { connectMs: 10_000, answerMs: 60_000, connections: 8 }

/** Closes everything that a test opened, the youngest first. */
export function opened() {
  const closers: (() => Promise<unknown>)[] = []
  return {
    keep<T extends Listening | { close(): Promise<unknown> }>(thing: T): T {
      closers.push(() => thing.close(0))
      return thing
    },
    async closeAll() {
      for (const close of closers.splice(0).reverse()) await close()
    },
  }
}
