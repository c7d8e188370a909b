// What a client is told of its limits: RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers), and the
// failure of a request that was refused. Pure.
import { Failure } from '../errors.ts'
import { hasRoom, refillOf, type Standing, standingOf } from './bucket.ts'
import type { Decision } from './limiter.ts'
import type { Claim, Limit } from './rules.ts'

export interface LimitFields {
  readonly 'ratelimit-policy': string
  readonly ratelimit: string
}

/** `burst` requests in the time that an empty bucket needs to be full: in the long run just the rate. */
const windowOf = (limit: Limit): number => Math.ceil((limit.burst * 1000) / refillOf(limit))

const policyOf = (claim: Claim): string => `"${claim.rule.name}";q=${claim.burst};w=${windowOf(claim)}`

const rateOf = (name: string, { remaining, fullInSeconds }: Standing): string =>
  `"${name}";r=${remaining};t=${fullInSeconds}`

/** Undefined where no rule holds. */
export function fieldsOf(claims: readonly Claim[], { used }: Decision): LimitFields | undefined {
  if (claims.length === 0) return undefined
  return {
    'ratelimit-policy': claims.map(policyOf).join(', '),
    ratelimit: claims.map((claim, i) => rateOf(claim.rule.name, standingOf(used[i] ?? 0, claim))).join(', '),
  }
}

/** Of a request that was not admitted. */
export function refusalOf(claims: readonly Claim[], { used }: Decision): Failure {
  const full = claims.filter((claim, i) => !hasRoom(used[i] ?? 0, claim))
  const waits = claims.map((claim, i) => standingOf(used[i] ?? 0, claim).retryInSeconds)
  const policies = full.map(({ rule }) => rule.name)
  const named = policies.map((name) => `'${name}'`).join(' and ')
  const message = `Too many requests: the limit ${named} lets no more through just now.`
  return new Failure('rate-limited', message, { retryAfterSeconds: Math.max(1, ...waits), policies })
}
