// The plan of any request for any picture, where there is one.
import { expect } from 'vitest'
import type { Failure } from '../../errors.ts'
import { type Facts, furtherSources, type Plan, plan, type Spec } from '../../transforms/index.ts'
import { photo } from './language-arbitraries.ts'

/** Of whatever a step needs beside the source. */
const logo: Facts = { ...photo(), format: 'png', width: 300, height: 200, alpha: true }

/** Undefined for a region wholly outside the picture, padding that passes every limit, or a video of a still picture: refused by name. */
export function planned(spec: Spec, source: Facts): Plan | undefined {
  try {
    return plan(
      spec,
      source,
      furtherSources(spec).map(() => logo),
    )
  } catch (thrown) {
    const { kind, details } = thrown as Failure
    expect([kind, ['rect', 'cut', 'hide', 'pad', 'txt-size', 'fm'].includes(details.option ?? '')]).toEqual([
      'bad-option',
      true,
    ])
    return undefined
  }
}
