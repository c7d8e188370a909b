// The Lua of nginx says what its TypeScript twins say, over a thousand drawn cases and the vectors of addresses and targets.
import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { describe, expect, test } from 'vitest'
import { hasRoom, standingOf, usedAt } from '../../limits/bucket.ts'
import { limitsTable } from '../../limits/lua-table.ts'
import { noLimits } from '../../limits/rules.ts'
import type { LuaValue } from '../../nginx/lua-text.ts'
import vectors from '../vectors/client-addresses.json' with { type: 'json' }
import targetVectors from '../vectors/limit-targets.json' with { type: 'json' }
import { nginxMissing, startFront } from './front.ts'
import { targetTable } from './target-table.ts'

const cases = fc.record({
  rate: fc.integer({ min: 1, max: 1_000_000_000 }).map((thousandths) => thousandths / 1000),
  burst: fc.integer({ min: 1, max: 1_000_000 }),
  used: fc.oneof(fc.integer({ min: 0, max: 1e15 }), fc.integer({ min: 0, max: 5e9 })),
  since: fc.integer({ min: 1.7e15, max: 1.9e15 }),
  wait: fc.oneof(fc.integer({ min: -1e7, max: 1e7 }), fc.integer({ min: 0, max: 1e12 })),
})

const buckets = fc
  .sample(cases, { numRuns: 1000, seed: 7 })
  .map(({ wait, ...one }) => ({ ...one, at: one.since + wait }))

const keys = [
  ['Bearer 0123abcd.secret', '0123abcd'],
  ['bearer 0123abcd.secret', '0123abcd'],
  [`Basic ${Buffer.from('0123abcd:secret').toString('base64')}`, '0123abcd'],
  [`Basic ${Buffer.from('0123abcd.secret:').toString('base64')}`, '0123abcd'],
  ['Basic %%%', '-'],
  ['Bearer secret', '-'],
  ['Bearer a|b.secret', '-'],
  ['Digest 0123abcd.secret', '-'],
  ['', '-'],
] as const

describe.skipIf(nginxMissing)(`nginx's twins${nginxMissing ? ` (${nginxMissing})` : ''}`, () => {
  test('say the same of buckets, addresses, targets and keys', async () => {
    const addresses = vectors.buckets.map(({ peer }) =>
      Buffer.from(ipaddr.parse(peer).toByteArray()).toString('base64'),
    )
    const targets = targetVectors.targets.map(({ target }) => target)
    const limits = {
      ...{ table: noLimits, targets: targetTable, secret: 's', name: (part: string) => part },
      redis: undefined,
    }
    const { targets: luaTargets } = limitsTable(limits) as { targets: LuaValue }
    const front = await startFront({
      limits,
      cases: { buckets, addresses, keys: keys.map(([written]) => written), targets, table: luaTargets },
    })
    try {
      const lines = (await (await fetch(`${front.url}/twin`)).text()).trimEnd().split('\n')
      const expected = buckets.map(({ used: before, since, at, ...limit }) => {
        const used = usedAt({ used: before, at: since }, limit, at)
        const { remaining, fullInSeconds, retryInSeconds } = standingOf(used, limit)
        return [used, hasRoom(used, limit), remaining, fullInSeconds, retryInSeconds].join(' ')
      })
      expect(lines.slice(0, 1000)).toEqual(expected)
      expect(lines.slice(1000)).toEqual([
        ...vectors.buckets.map(({ bucket }) => bucket),
        ...targetVectors.targets.map(({ counted, source }) => `${counted ?? '-'} ${source ?? '-'}`),
        ...keys.map(([, id]) => id),
      ])
    } finally {
      await front.stop()
    }
  })
})
