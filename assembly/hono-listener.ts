// Hono as a listener of node:http. A request without a readable address gets a problem document of ours.
import { getRequestListener, RequestError } from '@hono/node-server'
import { Failure } from '../errors.ts'
import { publicProblem } from '../problem.ts'
import type { Listener } from '../wire/tier-listener.ts'

type HonoFetch = Parameters<typeof getRequestListener>[0]

/** Bodies that are refused are read on by the server (wire/discard-body.ts); the framework would cut them off after half a second. */
export function honoListener(fetch: HonoFetch): Listener {
  const listener = getRequestListener(fetch, {
    autoCleanupIncoming: false,
    errorHandler: answerUnreadable,
    // HTTP/1.0 needs no Host, and an address must be made of something (RFC 9112 3.3).
    hostname: 'unknown.invalid',
  })
  return (request, response) => void listener(request, response)
}

function answerUnreadable(thrown: unknown): Response {
  const failure =
    thrown instanceof RequestError
      ? new Failure('bad-request', `The request cannot be read: ${thrown.message.toLowerCase()}.`)
      : thrown
  const { status, headers, body } = publicProblem(failure)
  return new Response(new Uint8Array(body), { status, headers: { ...headers } })
}
