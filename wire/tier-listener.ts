// A tier as a listener of node:http. There is no framework in here, because this is the hop between two tiers.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Failure } from '../errors.ts'
import { createSecretCheck } from '../http/secret.ts'
import { problemAnswer } from '../problem.ts'
import type { Ask, HeldAnswer, Tier } from '../tier.ts'
import { hostHeader, receivedHeaders, secretHeader } from './headers.ts'
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
    tier(askOf(req, left.signal)).then(
      (answer) => sendAnswer(req, res, answer, left.signal),
      (thrown: unknown) => sendInMemory(req, res, problemAnswer(thrown)),
    )
  }
}

/** A picture's HEAD is asked as GET: it is made anyway, and the answer to HEAD has the length of its body. */
function askOf(req: IncomingMessage, signal: AbortSignal): Ask {
  const ask = { path: req.url ?? '/', ...receivedHeaders(req.headers), signal }
  return ask.host !== undefined && req.method === 'HEAD' ? { ...ask, method: 'HEAD' } : ask
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

/** A name or an address, and perhaps a port (RFC 3986 3.2.2 and 3.2.3), in lower case. */
const isHost = (host: string): boolean => /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/.test(host)

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
  const host = req.headers[hostHeader]
  if (host !== undefined && !isHost(String(host)))
    return problemAnswer(new Failure('bad-address', 'The host of the site is not valid.'))
  return undefined
}
