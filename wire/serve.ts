// A tier as a listener of node:http. There is no framework in here, because this is the hop between two tiers.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Failure } from '../errors.ts'
import { problemAnswer } from '../problem.ts'
import type { HeldAnswer, Tier } from '../tier.ts'
import { crossingHeaders, secretHeader } from './headers.ts'
import { sameAs } from './secret.ts'
import { send, sendHeld } from './send.ts'

export interface ServeOptions {
  /** What a neighbour must send in `halftone-secret`; without it anybody who reaches the port is answered. */
  readonly secret?: string
  readonly maxUrlBytes?: number
}

export type Listener = (req: IncomingMessage, res: ServerResponse) => void

export function serveTier(tier: Tier, { secret, maxUrlBytes = 8192 }: ServeOptions = {}): Listener {
  const isNeighbour = secret === undefined ? () => true : sameAs(secret)
  return function tierListener(req, res) {
    const refusal = refuse(req, isNeighbour, maxUrlBytes)
    if (refusal !== undefined) return sendHeld(req, res, refusal)
    const left = new AbortController()
    res.on('close', () => {
      if (!res.writableFinished) left.abort()
    })
    const ask = { path: req.url ?? '/', headers: crossingHeaders(req.headers), signal: left.signal }
    tier(ask).then(
      (answer) => send(req, res, answer, left.signal),
      (thrown: unknown) => sendHeld(req, res, problemAnswer(thrown)),
    )
  }
}

function refuse(
  req: IncomingMessage,
  isNeighbour: (given: unknown) => boolean,
  maxUrlBytes: number,
): HeldAnswer | undefined {
  if (!isNeighbour(req.headers[secretHeader]))
    return problemAnswer(new Failure('bad-signature', 'This address answers only the tier before it.'))
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    const answer = problemAnswer(new Failure('bad-method', 'Only GET and HEAD are answered here.'))
    // RFC 9110 15.5.6: a 405 must say what would have been allowed.
    return { ...answer, headers: { ...answer.headers, allow: 'GET, HEAD' } }
  }
  const path = req.url ?? ''
  if (path.length > maxUrlBytes)
    return problemAnswer(new Failure('bad-address', `The address is longer than ${maxUrlBytes} bytes.`))
  if (!path.startsWith('/'))
    return problemAnswer(new Failure('bad-address', 'The address must begin with a slash.'))
  return undefined
}
