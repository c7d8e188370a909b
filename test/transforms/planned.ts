// The plan of any request for any picture, where there is one.
import { expect } from 'vitest'
import type { Failure } from '../../errors.ts'
import { type Facts, type Plan, plan, type Spec } from '../../transforms/index.ts'

/** Undefined for a region wholly outside the picture, or for padding that passes every limit: refused by name. */
export function planned(spec: Spec, source: Facts): Plan | undefined {
  try {
    return plan(spec, source)
  } catch (thrown) {
    const { kind, details } = thrown as Failure
    expect([kind, ['rect', 'cut', 'pad'].includes(details.option ?? '')]).toEqual(['bad-option', true])
    return undefined
  }
}
