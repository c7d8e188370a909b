// How a member follows the shared log: nothing is missed, and nothing is applied twice but where it has to be.
import { expect, test } from 'vitest'
import { createFollower, type Purge, type SharedLog } from '../../purging/index.ts'
import { ofKey } from '../contracts/purge-log.ts'

/** A log in memory whose places are numbers. */
function aLog(): SharedLog & { reachesBack: boolean; isAway: boolean } {
  const orders: (readonly Purge[])[] = []
  const log = {
    reachesBack: true,
    isAway: false,
    async append(purges: readonly Purge[]) {
      if (log.isAway) throw new Error('away')
      orders.push(purges)
      return { place: String(orders.length), after: String(orders.length - 1) }
    },
    async behind(place: string | undefined) {
      if (log.isAway) throw new Error('away')
      const end = String(orders.length)
      if (place === undefined || !log.reachesBack) return { orders: [], end, isWhole: false }
      const from = Number(place)
      const behind = orders.slice(from).map((purges, i) => ({ place: String(from + i + 1), purges }))
      return { orders: behind, end, isWhole: true }
    },
  }
  return log
}

function aMember(shared: SharedLog, known: string | undefined, mayHaveEntries = true) {
  const applied: string[] = []
  const remembered: string[] = []
  const local = {
    async append(purges: readonly Purge[]) {
      applied.push(...purges.map(({ target }) => ('value' in target ? target.value : target.kind)))
      return []
    },
  }
  const remember = async (place: string) => void remembered.push(place)
  return { ...createFollower({ shared, local, known, mayHaveEntries, remember }), applied, remembered }
}

test('a member that was away applies what was logged meanwhile, in order, and goes on from there', async () => {
  const log = aLog()
  const member = aMember(log, '0')
  for (const key of ['a', 'b']) await log.append([ofKey(key)], undefined)
  await member.catchUp()
  await member.catchUp()
  expect(member.applied).toEqual(['a', 'b'])
  expect(member.remembered.at(-1)).toBe('2')
})

test('what was delivered is not applied again when the log is read, in turn or out of turn', async () => {
  const log = aLog()
  const member = aMember(log, '0')
  const [a, b, c] = [await log.append([ofKey('a')], '0'), await log.append([ofKey('b')], '0'), undefined]
  await member.deliver([ofKey('b')], b)
  await member.deliver([ofKey('a')], a)
  expect(c).toBeUndefined()
  await log.append([ofKey('c')], '0')
  await member.catchUp()
  expect(member.applied).toEqual(['b', 'a', 'c'])
  expect(member.place()).toBe('3')
})

test('what the log told first is applied again when it is delivered: an upper tier may not have known it yet', async () => {
  const log = aLog()
  const member = aMember(log, '0')
  const logged = await log.append([ofKey('a')], '0')
  await member.catchUp()
  await member.deliver([ofKey('a')], logged)
  expect(member.applied).toEqual(['a', 'a'])
  expect(member.place()).toBe('1')
})

test('who is told twice, under two addresses, purges once', async () => {
  const log = aLog()
  const member = aMember(log, '0')
  const logged = await log.append([ofKey('a')], '0')
  await Promise.all([member.deliver([ofKey('a')], logged), member.deliver([ofKey('a')], logged)])
  expect(member.applied).toEqual(['a'])
})

test('away for longer than the log reaches back, it forgets everything', async () => {
  const log = aLog()
  const member = aMember(log, '0')
  for (let i = 0; i < 5; i++) await log.append([ofKey('a')], '0')
  log.reachesBack = false
  await member.catchUp()
  expect(member.applied).toEqual(['everything'])
  expect(member.place()).toBe('5')
})

test('one that knows no place forgets everything, unless it has nothing yet', async () => {
  const log = aLog()
  await log.append([ofKey('a')], undefined)
  const [old, fresh, late] = [
    aMember(log, undefined),
    aMember(log, undefined, false),
    aMember(log, undefined, false),
  ]
  late.begin()
  await Promise.all([old.catchUp(), fresh.catchUp(), late.catchUp()])
  expect([old.applied, fresh.applied, late.applied]).toEqual([['everything'], [], ['everything']])
  expect([old.place(), fresh.place(), late.place()]).toEqual(['1', '1', '1'])
})

test('a log that cannot be reached keeps nobody from purging, and what was missed comes later', async () => {
  const log = aLog()
  const member = aMember(log, '0')
  await log.append([ofKey('a')], '0')
  log.isAway = true
  expect(await member.append([ofKey('b')])).toBeUndefined()
  await member.deliver([ofKey('b')], undefined)
  await expect(member.catchUp()).rejects.toThrow('away')
  log.isAway = false
  await member.catchUp()
  expect(member.applied).toEqual(['b', 'a'])
})

test('what was ordered while the log was away is logged later, for those who were away too', async () => {
  const log = aLog()
  const [orderer, other] = [aMember(log, '0'), aMember(log, '0')]
  log.isAway = true
  for (const key of ['a', 'b']) {
    expect(await orderer.append([ofKey(key)])).toBeUndefined()
    await orderer.deliver([ofKey(key)], undefined)
  }
  await expect(orderer.catchUp()).rejects.toThrow('away')
  log.isAway = false
  await orderer.catchUp()
  await other.catchUp()
  expect([orderer.applied, other.applied]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ])
})
