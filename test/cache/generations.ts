// Entries that are written again and again, each time with another body that follows from its own tag.
import type { Entry } from '../../cache/entry.ts'
import { anEntry, derivedBody, times } from './entries.ts'

export const writtenKeys = times(64, (i) => `/written/${i}`)

export function generationEntry(key: string, generation: string): Entry {
  const tag = `${key} ${generation}`
  return anEntry({ key, headers: { etag: tag }, body: bodyFor(tag) })
}

export const isWholeGeneration = (entry: Entry): boolean =>
  entry.body.equals(bodyFor(entry.headers.etag ?? ''))

/** From some bytes to a few hundred thousand: small and large writes are torn in different ways. */
function bodyFor(tag: string): Buffer {
  const first = derivedBody(tag, 1)[0] ?? 0
  return derivedBody(tag, first < 200 ? first * 200 : first * 900)
}
