import { expect, test } from 'vitest'
import { readTarget } from '../../limits/targets.ts'
import vectors from '../vectors/limit-targets.json' with { type: 'json' }
import { targetTable } from './target-table.ts'

test.each(vectors.targets)('$target is $counted of $source', ({ target, counted, source }) => {
  expect(readTarget(target, targetTable)).toEqual({
    counted: counted ?? undefined,
    source: source ?? undefined,
  })
})
