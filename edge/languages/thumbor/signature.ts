// thumbor's signature: HMAC of what follows it in the path, as it was written.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { Failure } from '../../../errors.ts'
import type { ThumborPath } from './path.ts'

export interface ThumborSigning {
  /** Security keys; with one at least, `unsafe` is refused. */
  readonly keys?: readonly string[] | undefined
  /** thumbor signs with sha1; imagor may be told otherwise. */
  readonly algorithm?: 'sha1' | 'sha256' | 'sha512' | undefined
  /** Characters of a signature, where imagor cuts it. */
  readonly signatureLength?: number | undefined
}

export function verifyPath({ security, signed }: ThumborPath, settings: ThumborSigning): void {
  if (security === 'unsafe')
    throw new Failure('bad-signature', 'This address is unsafe, and only signed ones are answered.', {
      option: 'unsafe',
    })
  // Every key is tried, so the time taken does not tell which one was nearly right.
  if (
    (settings.keys ?? []).filter((key) => isSame(thumborSignature(key, signed, settings), security))
      .length === 0
  )
    throw new Failure('bad-signature', 'The signature does not belong to this address.', {
      option: 'signature',
    })
}

/** URL-safe Base64 with padding. */
export function thumborSignature(
  key: string,
  text: string,
  { algorithm = 'sha1', signatureLength }: Omit<ThumborSigning, 'keys'> = {},
): string {
  const digest = createHmac(algorithm, key).update(text).digest('base64')
  return digest.replaceAll('+', '-').replaceAll('/', '_').slice(0, signatureLength)
}

function isSame(expected: string, received: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(received)]
  return a.length === b.length && timingSafeEqual(a, b)
}
