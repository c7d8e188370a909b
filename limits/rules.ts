// The rule table: which requests are counted, by what they are told apart, and how many there may be. Pure; nginx gets the
// same table written as Lua.

/** By what requests are told apart: each key, address or source has a bucket of its own. */
export type LimitScope = 'key' | 'address' | 'source'

/** Which requests a rule is about. `misses` are the pictures that are not answered from the edge's memory. */
export type Counted = 'pictures' | 'misses' | 'api'

export interface Limit {
  /** Requests a second in the long run: 0.001 to 1,000,000, in steps of 0.001. */
  readonly rate: number
  /** Requests at once, after a rest: 1 to 1,000,000. */
  readonly burst: number
}

export interface Rule extends Limit {
  readonly name: string
  readonly per: LimitScope
  readonly of: readonly Counted[]
}

/** What a plan says of a rule; null: its keys are not limited by it. Of what it does not name the rule itself holds. */
export type Plan = Readonly<Record<string, Limit | null>>

export interface RuleTable {
  readonly rules: readonly Rule[]
  readonly plans: Readonly<Record<string, Plan>>
}

export const noLimits: RuleTable = { rules: [], plans: {} }

/** The plan of a key that was given none. */
export const noPlan = ''

/** What is known of a request when it is counted; a rule about what is not known does not hold for it. */
export interface RequestFacts {
  readonly address?: string | undefined
  readonly source?: string | undefined
  readonly key?: string | undefined
  readonly plan?: string | undefined
}

/** One bucket that a request takes from. */
export interface Claim extends Limit {
  readonly rule: Rule
  /** The bucket's name in clear: a store that others can read hashes it. */
  readonly bucket: string
}

/** The limit of a key's plan; undefined where it has none. A plan that the table does not know is as no plan. */
export function limitFor(rule: Rule, plan: string | undefined, plans: RuleTable['plans']): Limit | undefined {
  const own = plan !== undefined && Object.hasOwn(plans, plan) ? plans[plan] : undefined
  if (own === undefined || rule.per !== 'key' || !Object.hasOwn(own, rule.name)) return rule
  return own[rule.name] ?? undefined
}

/** In the order of the rules. */
export function claimsOf(
  rules: readonly Rule[],
  facts: RequestFacts,
  plans: RuleTable['plans'] = {},
): readonly Claim[] {
  return rules.flatMap((rule) => {
    const value = facts[rule.per]
    const limit = value === undefined ? undefined : limitFor(rule, facts.plan, plans)
    if (limit === undefined) return []
    return [{ rule, rate: limit.rate, burst: limit.burst, bucket: `${rule.name}|${value}` }]
  })
}

/** Whether a plan lets through no more than another, under each rule about keys. */
export function isPlanWithin({ rules, plans }: RuleTable, plan: string, other: string): boolean {
  return rules
    .filter(({ per }) => per === 'key')
    .every((rule) => {
      const most = limitFor(rule, other, plans)
      const wanted = limitFor(rule, plan, plans)
      if (most === undefined) return true
      return wanted !== undefined && wanted.rate <= most.rate && wanted.burst <= most.burst
    })
}
