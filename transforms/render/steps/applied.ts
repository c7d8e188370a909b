import type { Sharp } from 'sharp'
import type { Plan } from '../../plan/plan.ts'
import type { StepName } from '../../steps/index.ts'

/** Does one step, whose value is that of the plan, after all before it. */
export type Apply<Name extends StepName> = (
  image: Sharp,
  value: NonNullable<Plan[Name]>,
  plan: Plan,
) => Sharp | Promise<Sharp>

/** How some of the steps are done, under their names. */
export type Applied<Names extends StepName> = { readonly [Name in Names]: Apply<Name> }
