// The plans that a key may have: those of the rule table, or none.
import { Failure } from '../../../errors.ts'
import { noPlan, type RuleTable } from '../../../limits/rules.ts'

/** Fails with 'bad-option' for a plan that the table does not know. */
export function checkPlan({ plans }: Pick<RuleTable, 'plans'>, plan: string): void {
  if (plan === noPlan || Object.hasOwn(plans, plan)) return
  const names = Object.keys(plans)
  const expected = names.length === 0 ? 'none: the limits have no plans' : `one of ${names.join(', ')}`
  throw new Failure('bad-option', `There is no plan '${plan}'; expected ${expected}.`, {
    option: 'plan',
    expected,
    received: plan,
  })
}
