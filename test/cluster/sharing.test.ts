// Work that several members want at once, with leases in memory: done once, and handed on.
import { expect, test } from 'vitest'
import { createHeldAnswers } from '../../cluster/held-answers.ts'
import type { LeaseTimes } from '../../cluster/leases/lease.ts'
import { createMemoryLeases } from '../../cluster/leases/memory.ts'
import type { Errand, Share } from '../../cluster/share.ts'
import { createSharing, holdMs } from '../../cluster/sharing.ts'
import type { Answer, Tier } from '../../tier.ts'
import { never } from '../signals.ts'

interface Member {
  readonly share: Share
  readonly outcomes: string[]
}

const away: Tier = async () => ({ status: 502, headers: {}, body: Buffer.alloc(0) })

function members(count: number, { times = {}, maxBytes = 1e6 }: Options = {}): readonly Member[] {
  const leases = createMemoryLeases({ hedgeMs: 600_000, leaseMs: 600_000, ...times })
  const tiers = new Map<string, Tier>()
  return Array.from({ length: count }, (_, i) => {
    const self = `http://member-${i}`
    const held = createHeldAnswers({ maxBytes, holdMs, now: Date.now })
    tiers.set(self, held.tier)
    const outcomes: string[] = []
    const observe = (outcome: string) => void outcomes.push(outcome)
    const memberAt = (url: string) => tiers.get(url) ?? away
    return { share: createSharing({ leases: leases.member(), held, self, memberAt, observe }), outcomes }
  })
}

interface Options {
  readonly times?: Partial<LeaseTimes>
  readonly maxBytes?: number
}

const picture = (text: string): Answer => ({ status: 200, headers: { etag: '"1"' }, body: Buffer.from(text) })

const errand = (fly: Errand['fly'], keepMs: Errand['keepMs'] = () => 60_000, signal = never): Errand => ({
  key: 'cat',
  signal,
  fly,
  keepMs,
})

test('of all who want it one does it, and the others get the same bytes', async () => {
  let flights = 0
  const all = members(4)
  const shared = await Promise.all(
    all.map(({ share }) =>
      share(
        errand(async () => {
          flights++
          return picture('cat')
        }),
      ),
    ),
  )
  expect(flights).toBe(1)
  expect(shared.map(({ answer }) => answer)).toEqual(Array(4).fill(picture('cat')))
  expect(all.flatMap(({ outcomes }) => outcomes).sort()).toEqual(['made', 'received', 'received', 'received'])
})

test('what is nobody else’s is done by each', async () => {
  let flights = 0
  const fly = async () => picture(`for reader ${++flights}`)
  const shared = await Promise.all(members(3).map(({ share }) => share(errand(fly, () => undefined))))
  expect(new Set(shared.map(({ answer }) => String(answer?.body))).size).toBe(3)
})

test('what others may not have later goes to those who waited, and to nobody who comes', async () => {
  let flights = 0
  const [one, other] = members(2) as [Member, Member]
  const fly = async () => picture(`cat ${++flights}`)
  const both = await Promise.all([one.share(errand(fly, () => 0)), other.share(errand(fly, () => 0))])
  expect(both.map(({ answer }) => String(answer?.body))).toEqual(['cat 1', 'cat 1'])
  expect(String((await other.share(errand(fly, () => 0))).answer?.body)).toBe('cat 2')
})

test('who is told of what is held no more does it alone', async () => {
  const [holder, second] = members(2, { maxBytes: 10 }) as [Member, Member]
  await holder.share(errand(async () => picture('too much to hold')))
  const { answer } = await second.share(errand(async () => picture('made again')))
  expect(String(answer?.body)).toBe('made again')
  expect(second.outcomes).toEqual(['lost'])
})

test('a flight that fails fails where it was; who waited does it', async () => {
  const [holder, second] = members(2) as [Member, Member]
  const failing = holder.share(errand(() => Promise.reject(new Error('nobody waits'))))
  const other = second.share(errand(async () => picture('cat')))
  await expect(failing).rejects.toThrow('nobody waits')
  expect(String((await other).answer?.body)).toBe('cat')
})

test('a frozen holder gets what the one made that passed it over', async () => {
  const [frozen, second] = members(2, { times: { hedgeMs: 100 } }) as [Member, Member]
  const first = frozen.share(errand(() => new Promise(() => {})))
  const { answer } = await second.share(errand(async () => picture('cat')))
  expect(String(answer?.body)).toBe('cat')
  expect(String((await first).answer?.body)).toBe('cat')
  expect([frozen.outcomes, second.outcomes]).toEqual([['received'], ['made']])
})

test('where nothing came of it there is nothing to hand on', async () => {
  const [one, other] = members(2) as [Member, Member]
  const shared = await Promise.all([one, other].map(({ share }) => share(errand(async () => undefined))))
  expect(shared.map(({ answer }) => answer)).toEqual([undefined, undefined])
})
