// Whether somebody knows a secret, found out without telling how much of a guess was right.
import { createHash, timingSafeEqual } from 'node:crypto'

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * True for each of the secrets: two of them are valid at once while they are changed. Digests have one length, and all
 * are compared, so that the time taken tells neither a length, nor bytes, nor which one was right.
 */
export function createSecretCheck(secrets: readonly string[]): (given: unknown) => boolean {
  const expected = secrets.map(digestOf)
  return (given) => {
    if (typeof given !== 'string') return false
    const digest = digestOf(given)
    return expected.filter((secret) => timingSafeEqual(secret, digest)).length > 0
  }
}
