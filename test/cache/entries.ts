// Entries, answers and asks for the tests of the cache.
import { createHash } from 'node:crypto'
import type { Entry } from '../../cache/entry.ts'
import type { Answer, Ask, Headers } from '../../tier.ts'
import { aSignal } from '../signals.ts'

/** The moment at which tests begin. Any will do. */
export const start = Date.parse('2026-03-01T12:00:00Z')

export function anEntry(changes: Partial<Entry> = {}): Entry {
  return {
    key: '/a/cat.jpg?w=100',
    epoch: 0,
    status: 200,
    headers: { 'content-type': 'image/webp', etag: '"cat"' },
    body: Buffer.from('meow'),
    storedAt: start,
    ageOnArrival: 0,
    freshUntil: start + 60_000,
    staleWhileRevalidateUntil: start + 90_000,
    staleIfErrorUntil: start + 600_000,
    ...changes,
  }
}

/** An entry whose body can be checked with nothing but its key. */
export function derivedEntry(key: string, bytes: number): Entry {
  return anEntry({ key, headers: { etag: `"${key}"` }, body: derivedBody(key, bytes) })
}

export function derivedBody(key: string, bytes: number): Buffer {
  const seed = createHash('sha256').update(key).digest()
  return Buffer.alloc(bytes, seed)
}

export function anAnswer(headers: Headers = {}, body = 'meow', status = 200): Answer {
  return { status, headers: { etag: '"cat"', ...headers }, body: Buffer.from(body) }
}

export function anAsk(headers: Headers = {}, changes: Partial<Ask> = {}): Ask {
  return { path: '/a/cat.jpg?w=100', headers, signal: aSignal(), ...changes }
}

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))
