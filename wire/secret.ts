// Whether a neighbour is asking: a secret compared without telling how much of it was right.
import { timingSafeEqual } from 'node:crypto'

/** The length may be learned from the time taken, the bytes may not. */
export function sameAs(secret: string): (given: unknown) => boolean {
  const expected = Buffer.from(secret)
  return (given) => {
    if (typeof given !== 'string') return false
    const bytes = Buffer.from(given)
    return bytes.length === expected.length && timingSafeEqual(bytes, expected)
  }
}
