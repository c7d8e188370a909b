// The plan of any request for any picture, where there is one.
import { expect } from 'vitest'
import type { Failure } from '../../errors.ts'
import { type Facts, type Plan, plan, type Spec } from '../../transforms/index.ts'

/** Undefined for a region wholly outside the picture, which is refused by its name. */
export function planned(spec: Spec, source: Facts): Plan | undefined {
  try {
    return plan(spec, source)
  } catch (thrown) {
    const { kind, details } = thrown as Failure
    expect([kind, ['rect', 'cut'].includes(details.option ?? '')]).toEqual(['bad-option', true])
    return undefined
  }
}
