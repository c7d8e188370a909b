// A tier as a listener of node:http. There is no framework in here, because this is the hop between two tiers.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Failure } from '../errors.ts'
import { createSecretCheck } from '../http/secret.ts'
import { problemAnswer } from '../problem.ts'
import type { HeldAnswer, Tier } from '../tier.ts'
import { crossingHeaders, secretHeader } from './headers.ts'
import { targetTooLong } from './request-head.ts'
import { sendAnswer, sendInMemory } from './send-answer.ts'

export interface ServeOptions {
  /** A neighbour must send one of them in `halftone-secret`; without any whoever reaches the port is answered. */
  readonly secrets?: readonly string[]
  /** Told of whoever was not let in. */
  readonly refused?: (req: IncomingMessage) => void
  readonly maxUrlBytes?: number
}

export type Listener = (req: IncomingMessage, res: ServerResponse) => void

export function serveTier(tier: Tier, options: ServeOptions = {}): Listener {
  const { secrets = [], refused = () => {}, maxUrlBytes = 16_384 } = options
  const isNeighbour = neighbourBy(secrets)
  return function tierListener(req, res) {
    if (!isNeighbour(req)) {
      refused(req)
      return sendInMemory(req, res, notNeighbour())
    }
    const refusal = refuse(req, maxUrlBytes)
    if (refusal !== undefined) return sendInMemory(req, res, refusal)
    const left = new AbortController()
    res.on('close', () => {
      if (!res.writableFinished) left.abort()
    })
    const ask = { path: req.url ?? '/', headers: crossingHeaders(req.headers), signal: left.signal }
    tier(ask).then(
      (answer) => sendAnswer(req, res, answer, left.signal),
      (thrown: unknown) => sendInMemory(req, res, problemAnswer(thrown)),
    )
  }
}

/** Tells neighbours from strangers: by one of the secrets, where there are any. */
export function neighbourBy(secrets: readonly string[]): (req: IncomingMessage) => boolean {
  if (secrets.length === 0) return () => true
  const knows = createSecretCheck(secrets)
  return ({ headers }) => knows(headers[secretHeader])
}

/** Whoever shows one, even an empty one, wants to know whether it is right: also where nobody has to. */
export const showsSecret = ({ headers }: IncomingMessage): boolean => headers[secretHeader] !== undefined

export const notNeighbour = (): HeldAnswer =>
  problemAnswer(new Failure('not-neighbour', 'This address answers only the tier before it.'))

function refuse(req: IncomingMessage, maxUrlBytes: number): HeldAnswer | undefined {
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    const answer = problemAnswer(new Failure('bad-method', 'Only GET and HEAD are answered here.'))
    // RFC 9110 15.5.6: a 405 must say what would have been allowed.
    return { ...answer, headers: { ...answer.headers, allow: 'GET, HEAD' } }
  }
  const path = req.url ?? ''
  if (path.length > maxUrlBytes) return problemAnswer(targetTooLong(maxUrlBytes))
  if (!path.startsWith('/'))
    return problemAnswer(new Failure('bad-address', 'The address must begin with a slash.'))
  return undefined
}
