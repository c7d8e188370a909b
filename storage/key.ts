// Where files lie: names that every provider takes, spread over three levels of two hex characters.
import { Failure } from '../errors.ts'

/** `id` begins with six random hex characters: a UUID of version 4 or a hash, not a UUID that begins with the time. */
export function keyFor(id: string, name?: string): string {
  const [, a, b, c] = /^([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})[0-9a-f-]*$/.exec(id) ?? refuse(id)
  return checkKey([a, b, c, id, ...(name === undefined ? [] : [name])].join('/'))
}

/** Where an upload lies: by its UUID alone, so that an origin finds it without a database. */
export const uploadKey = (id: string): string => `uploads/${keyFor(id)}`

/** S3 and Swift stop at 1024 bytes, and Swift's segments get a longer name. */
const maxKeyBytes = 900
/** File systems stop at 255. */
const maxSegmentBytes = 240

/** Whether it means the same everywhere: no way up, no empty segment, no character of control. */
export const isKey = (key: string): boolean =>
  key.isWellFormed() &&
  Buffer.byteLength(key) <= maxKeyBytes &&
  !/[\p{Cc}\\]/u.test(key) &&
  key.split('/').every(isSegment)

/** For the message to a user who names an object. */
export const keyWords = `the name of an object: at most ${maxKeyBytes} bytes, between slashes 1 to ${maxSegmentBytes}, no '.' or '..', no backslash, no character of control`

export const checkKey = (key: string): string => (isKey(key) ? key : refuse(key))

/** A prefix is the beginning of a key: its last segment may be empty. */
export const checkPrefix = (prefix: string): string => {
  if (prefix !== '') checkKey(prefix.replace(/\/$/, ''))
  return prefix
}

const isSegment = (segment: string): boolean =>
  segment !== '' && segment !== '.' && segment !== '..' && Buffer.byteLength(segment) <= maxSegmentBytes

function refuse(received: string): never {
  throw new Failure('bad-option', 'The name of the file cannot be used for storage.', {
    received: received.slice(0, 80),
  })
}
