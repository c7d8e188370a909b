// What all large uploads have in common: when one is not whole.
import { Readable } from 'node:stream'
import { Failure } from '../errors.ts'
import type { Bucket, StorageBody } from './bucket.ts'

/** The half of a bucket that takes a file in parts. */
export type MultipartUploads = Pick<
  Bucket,
  'startParts' | 'putPart' | 'listParts' | 'finishParts' | 'abortParts'
>

export const maxParts = 10_000

export function checkPartNumber(number: number): number {
  if (Number.isSafeInteger(number) && number >= 1 && number <= maxParts) return number
  throw new Failure('bad-option', `The parts of an upload are numbered from 1 to ${maxParts}.`)
}

export const missingPart = (number: number) =>
  new Failure('bad-option', `Part ${number} of the upload is missing.`)

/** The last look before parts become a file: what was agreed on, or nothing. */
export function checkTogether(sizes: readonly number[], bytes: number | undefined): void {
  const sum = sizes.reduce((all, size) => all + size, 0)
  if (bytes === undefined || sum === bytes) return
  throw new Failure('bad-option', `The parts have together ${sum} bytes, and not the ${bytes} of the file.`, {
    expected: `${bytes} bytes`,
  })
}

export const inOrder = (numbers: Iterable<number>): number[] => [...numbers].sort((one, other) => one - other)

/** Our own identifiers of uploads; throws for any other text, which might lead out of where the parts lie. */
export function checkUploadId(id: string): string {
  if (/^[0-9a-f-]{36}$/.test(id)) return id
  throw noUpload()
}

export const noUpload = () => new Failure('source-missing', 'There is no such upload.')

/** S3 and Azure want to know before the first byte. */
export function lengthOf(body: StorageBody, length: number | undefined): number {
  const known = length ?? (body instanceof Readable ? undefined : body.byteLength)
  if (known !== undefined) return known
  throw new Failure('bad-option', 'A part that is a stream needs its length.', { option: 'length' })
}
