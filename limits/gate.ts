// The gate before a listener: counts a request by its address and its source, and answers 429 where a limit is reached.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Failure } from '../errors.ts'
import { forAnyOrigin } from '../http/cors.ts'
import { publicProblem } from '../problem.ts'
import type { ClientAddresses } from './address.ts'
import type { Limits, Verdict } from './index.ts'
import type { Counted } from './rules.ts'

/** Names the rules that nginx has counted a request under; believed only from a trusted proxy. */
export const limitedHeader = 'halftone-limited'

export interface Gate {
  /** Calls `pass` at once or a little later, or answers itself. */
  admit(asked: GateRequest, pass: () => void): void
}

export interface GateRequest {
  readonly counted: Counted
  /** Of a picture, where it has one that we know. */
  readonly source: string | undefined
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

export interface GateOptions {
  readonly limits: Limits
  readonly addresses: ClientAddresses
}

export function createGate({ limits, addresses }: GateOptions): Gate {
  const passedBy = (request: IncomingMessage): ReadonlySet<string> | undefined => {
    const named = request.headers[limitedHeader]
    if (typeof named !== 'string' || !addresses.isTrusted(request)) return undefined
    return new Set(named.split(',').map((name) => name.trim()))
  }

  return {
    admit({ counted, source, request, response }, pass) {
      if (!limits.counts(counted)) {
        pass()
        return
      }
      const facts = { address: addresses.of(request), source }
      const verdict = limits.admit(counted, facts, passedBy(request))
      const follow = (decided: Verdict) => obey(decided, response, pass)
      if (verdict instanceof Promise) verdict.then(follow)
      else follow(verdict)
    },
  }
}

function obey({ fields, failure }: Verdict, response: ServerResponse, pass: () => void): void {
  if (fields) addFields(response, fields)
  if (failure) refuse(failure, response)
  else pass()
}

function refuse(failure: Failure, response: ServerResponse): void {
  const { status, headers, body } = publicProblem(failure)
  response.writeHead(status, { ...headers, ...forAnyOrigin, 'x-content-type-options': 'nosniff' })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

/** Beside those of the rules that were asked before. */
export function addFields(response: ServerResponse, fields: NonNullable<Verdict['fields']>): void {
  for (const [name, value] of Object.entries(fields)) {
    const before = response.getHeader(name)
    response.setHeader(name, before === undefined ? value : `${before}, ${value}`)
  }
}
