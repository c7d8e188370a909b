// Signs what is delivered, so that the receiver can tell it from a stranger's, and an old one sent again from a new one.
import { createHmac, timingSafeEqual } from 'node:crypto'

export interface Signed {
  readonly body: string
  readonly secret: string
  /** When it is sent: each attempt is signed anew. */
  readonly at: number
}

/** `t=<seconds>,v1=<hex>`: HMAC-SHA256 over the seconds, a full stop and the body as sent. */
export function sign({ body, secret, at }: Signed): string {
  const seconds = Math.floor(at / 1000)
  return `t=${seconds},v1=${hmac(`${seconds}.${body}`, secret)}`
}

/** What a receiver does; `at` is its own clock. Older or newer than the tolerance is refused: a replay, or a wrong clock. */
export function isSigned(signature: string, { body, secret, at }: Signed, toleranceMs = 300_000): boolean {
  const [, seconds, given] = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/.exec(signature) ?? []
  if (seconds === undefined || given === undefined) return false
  if (Math.abs(at - Number(seconds) * 1000) > toleranceMs) return false
  const expected = hmac(`${seconds}.${body}`, secret)
  return timingSafeEqual(Buffer.from(given), Buffer.from(expected))
}

/** Without a time, over the body alone: what Uploadcare's receivers expect in `X-Uc-Signature`. */
export const signBody = (body: string, secret: string): string => `v1=${hmac(body, secret)}`

const hmac = (text: string, secret: string): string => createHmac('sha256', secret).update(text).digest('hex')
