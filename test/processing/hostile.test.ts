// The corpus of odd and hostile pictures: each is made or refused by name, and the workers outlive them all.
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { asFailure } from '../../errors.ts'
import type { Order } from '../../processing/processing.ts'
import { entries, isHere } from '../corpus/pictures.ts'
import * as pictures from '../pictures.ts'
import { never } from '../signals.ts'
import { aPlace } from './nodes.ts'

const place = aPlace()
afterAll(place.end)

const hostile = entries.filter(
  ({ class: kind, name }) => /bad|bomb|polyglot|hostile|wrong|odd/.test(kind) || name.startsWith('tiny'),
)
const refusals = ['source-unsupported', 'source-broken', 'source-too-large', 'too-costly', 'bad-option']
const orders: readonly Pick<Order, 'edit' | 'optimise'>[] = [
  { edit: '', optimise: { mode: 'lossy' } },
  { edit: 'w=100&h=100&fit=crop', optimise: { mode: 'quality', quality: 60, format: 'webp' } },
]

test.runIf(isHere)('hostile pictures harm nobody', { timeout: 120_000 }, async () => {
  const local = place.local({
    workers: 2,
    maxWaiting: 1_000,
    maxWaitingPerOwner: 1_000,
    budgetMs: 500,
    deadlineMs: 100_000,
  })
  const outcome = async (name: string, order: (typeof orders)[number]) => {
    const file = fileURLToPath(new URL(`../../../shared/corpus/${name}`, import.meta.url))
    const asked = { file, ...order, owner: 'a stranger', priority: 'foreground' } as const
    return local.process(asked, never).then(
      () => ({ name, kind: 'made' }),
      (thrown) => ({ name, kind: asFailure(thrown).kind }),
    )
  }
  const outcomes = await Promise.all(
    hostile.map(({ name }, i) =>
      outcome(name, orders[i % orders.length] ?? { edit: '', optimise: { mode: 'lossy' } }),
    ),
  )
  expect(outcomes.length).toBeGreaterThan(40)
  expect(outcomes.filter(({ kind }) => kind !== 'made' && !refusals.includes(kind))).toEqual([])
  const mustGo = new Set(
    hostile.filter((each) => each.expect === 'reject' && !each.lenient).map(({ name }) => name),
  )
  expect(outcomes.filter(({ name, kind }) => kind === 'made' && mustGo.has(name))).toEqual([])
  const after = await local.process(place.order(await pictures.jpeg()), never)
  expect(after.figures.format).toBe('jpeg')
})
