// From an answer to the entry that is kept of it, and from an entry to the one that a 304 confirmed.
import { type Asked, type Defaults, lifetimes, type NotStorable } from '../http/policy.ts'
import { storedHeaders, updatedHeaders } from '../http/stored-headers.ts'
import { type Answer, isHeld } from '../tier.ts'
import type { Entry } from './entry.ts'

export type Kept = { readonly entry: Entry } | { readonly why: NotKept }

/** `not-held`: the body is a file that is opened for each reader. */
export type NotKept = NotStorable | 'not-held'

export interface Received {
  readonly key: string
  readonly answer: Answer
  readonly receivedAt: number
  /** Of the flight that brought it. */
  readonly epoch: number
  readonly asked: Asked
}

export function entryOf({ key, answer, receivedAt, epoch, asked }: Received, defaults?: Defaults): Kept {
  if (!isHeld(answer)) return { why: 'not-held' }
  const life = lifetimes(answer, receivedAt, defaults, asked)
  if (!life.storable) return { why: life.why }
  const headers = storedHeaders(answer.headers, receivedAt)
  return { entry: { key, epoch, status: answer.status, headers, body: answer.body, ...life.times } }
}

/** The entry with the headers and the times of the 304 that confirmed it; the body is the same object. */
export function refreshed(
  entry: Entry,
  { answer, ...received }: Omit<Received, 'key'>,
  defaults?: Defaults,
): Kept {
  const headers = updatedHeaders(entry.headers, answer.headers)
  return entryOf({ ...received, key: entry.key, answer: { ...entry, headers } }, defaults)
}
