import type { Sharp } from 'sharp'
import type { Pass, Plan } from '../../plan/plan.ts'
import type { StepName } from '../../steps/index.ts'

/** One pass, and what is known of the pictures beside the source. */
export type Doing = Pass & Pick<Plan, 'further'>

/** What a step may look at beside its own value. */
export interface Around {
  readonly plan: Doing
  /** Whole pictures beside the source; `plan.further` describes them. */
  readonly further: readonly Uint8Array[]
  /** The operator's folder of fonts. */
  readonly fonts?: string | undefined
}

/** Does one step, whose value is that of the plan, after all before it. */
export type Apply<Name extends StepName> = (
  image: Sharp,
  value: NonNullable<Pass[Name]>,
  around: Around,
) => Sharp | Promise<Sharp>

/** How some of the steps are done, under their names. */
export type Applied<Names extends StepName> = { readonly [Name in Names]: Apply<Name> }
