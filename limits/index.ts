// Limits: the rule table applied to requests by whichever limiter there is.
import type { Failure } from '../errors.ts'
import { fieldsOf, type LimitFields, refusalOf } from './headers.ts'
import type { Decision, Limiter } from './limiter.ts'
import {
  type Claim,
  type Counted,
  claimsOf,
  type LimitScope,
  type RequestFacts,
  type Rule,
  type RuleTable,
} from './rules.ts'

export { type ClientAddresses, createClientAddresses, type ForwardedHeader } from './address.ts'
export { createFallbackLimiter, type FallbackLimiter } from './fallback.ts'
export type { LimitFields } from './headers.ts'
export type { Limiter } from './limiter.ts'
export { createMemoryLimiter } from './memory.ts'
export { createRedisLimiter, type ScriptRedis } from './redis.ts'
export { isPlanWithin, noPlan, type RequestFacts, type RuleTable } from './rules.ts'

export interface Verdict {
  /** For the answer, whatever it is; undefined where no rule holds. */
  readonly fields: LimitFields | undefined
  /** Why the request is refused, if it is: of the kind 'rate-limited'. */
  readonly failure: Failure | undefined
}

export interface Limits {
  readonly table: RuleTable
  /** Whether a rule is about these; rules about keys stand apart, because a key is known late. */
  counts(counted: Counted): boolean
  /** Takes by address and source. `passed` names the rules that a proxy of ours has counted already. */
  admit(
    counted: Counted,
    facts: Omit<RequestFacts, 'key' | 'plan'>,
    passed?: ReadonlySet<string>,
  ): Verdict | Promise<Verdict>
  /** Takes of a key, whose secret was found right. */
  admitKey(key: string, plan: string): Promise<Verdict>
}

export interface LimitsOptions {
  readonly table: RuleTable
  readonly limiter: Limiter
  /** Told of each refusal, by what kind of rule. */
  readonly refused?: (per: LimitScope) => void
}

const nobody: Verdict = { fields: undefined, failure: undefined }
const none: ReadonlySet<string> = new Set()

export function createLimits({ table, limiter, refused = () => {} }: LimitsOptions): Limits {
  const ofKeys = table.rules.filter(({ per }) => per === 'key')
  const others = table.rules.filter(({ per }) => per !== 'key')
  const byCounted: Readonly<Record<Counted, readonly Rule[]>> = {
    pictures: others.filter(({ of }) => of.includes('pictures')),
    misses: others.filter(({ of }) => of.includes('misses')),
    api: others.filter(({ of }) => of.includes('api')),
  }

  function verdictOf(claims: readonly Claim[], decision: Decision): Verdict {
    const fields = fieldsOf(claims, decision)
    if (decision.isAdmitted) return { fields, failure: undefined }
    const failure = refusalOf(claims, decision)
    for (const { rule } of claims) if (failure.details.policies?.includes(rule.name)) refused(rule.per)
    return { fields, failure }
  }

  function decide(claims: readonly Claim[]): Verdict | Promise<Verdict> {
    if (claims.length === 0) return nobody
    const decision = limiter.take(claims)
    // A limiter in memory answers at once, and a hit need not wait for a promise.
    return decision instanceof Promise
      ? decision.then((decided) => verdictOf(claims, decided))
      : verdictOf(claims, decision)
  }

  return {
    table,
    counts: (counted) => byCounted[counted].length > 0,
    admit(counted, facts, passed = none) {
      const rules = byCounted[counted]
      const open = passed.size === 0 ? rules : rules.filter(({ name }) => !passed.has(name))
      return decide(claimsOf(open, facts))
    },
    admitKey: async (key, plan) => decide(claimsOf(ofKeys, { key, plan }, table.plans)),
  }
}
