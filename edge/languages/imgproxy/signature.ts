// imgproxy's signature: HMAC-SHA256 over salt and path, in URL-safe Base64.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { Failure } from '../../../errors.ts'

export interface KeyAndSalt {
  /** Hex. */
  readonly key: string
  readonly salt: string
}

export interface ImgproxySigning {
  readonly keys?: readonly KeyAndSalt[] | undefined
  /** Bytes of the digest that count, 1 to 32. */
  readonly signatureSize?: number | undefined
  /** Signatures that pass without a look. */
  readonly trusted?: readonly string[] | undefined
}

/** `path` begins with the slash behind the signature. */
export function signatureOf({ key, salt }: KeyAndSalt, path: string, size = 32): string {
  const digest = createHmac('sha256', Buffer.from(key, 'hex'))
    .update(Buffer.from(salt, 'hex'))
    .update(path)
    .digest()
  return digest.subarray(0, size).toString('base64url')
}

/** Throws 'bad-signature'. Without keys every signature passes. */
export function verifyPath(
  { signature, signed }: { readonly signature: string; readonly signed: string },
  { keys = [], signatureSize = 32, trusted = [] }: ImgproxySigning,
): void {
  if (keys.length === 0) return
  const received = signature.replace(/={1,2}$/, '')
  const expected = [...keys.map((pair) => signatureOf(pair, signed, signatureSize)), ...trusted]
  // Every one is tried, so the time taken does not tell which one was nearly right.
  if (expected.filter((each) => isSame(each, received)).length === 0)
    throw new Failure('bad-signature', 'The signature does not belong to this address.', {
      option: 'signature',
    })
}

function isSame(expected: string, received: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(received)]
  return a.length === b.length && timingSafeEqual(a, b)
}
