// What the log that all members share promises, whatever it is made of.
import { describe, expect, test } from 'vitest'
import type { SharedLog } from '../../purging/index.ts'
import { ofKey } from './purge-log.ts'

/** `open` makes as many members' views of one fresh log, of at most `most` orders. */
export function sharedLogContract(
  name: string,
  open: (members: number, most: number) => Promise<readonly SharedLog[]>,
): void {
  describe(`shared log contract: ${name}`, () => {
    const members = (most = 100) => open(2, most) as Promise<[SharedLog, SharedLog]>

    test('what one member logs the other reads from its place, in order, and once', async () => {
      const [one, other] = await members()
      const { end } = await other.behind(undefined)
      const first = await one.append([ofKey('a'), ofKey('b')], undefined)
      const second = await one.append([ofKey('c')], first.place)
      const read = await other.behind(end)
      expect(read).toEqual({
        orders: [
          { place: first.place, purges: [ofKey('a'), ofKey('b')] },
          { place: second.place, purges: [ofKey('c')] },
        ],
        end: second.place,
        isWhole: true,
      })
      expect(await other.behind(read.end)).toEqual({ orders: [], end: read.end, isWhole: true })
    })

    test('each order says which one was before it', async () => {
      const [one, other] = await members()
      const { end } = await one.behind(undefined)
      const first = await one.append([ofKey('a')], end)
      const second = await other.append([ofKey('b')], end)
      expect([first.after, second.after]).toEqual([end, first.place])
    })

    test('who knows no place learns of the end alone', async () => {
      const [one, other] = await members()
      const { place } = await one.append([ofKey('a')], undefined)
      expect(await other.behind(undefined)).toEqual({ orders: [], end: place, isWhole: false })
    })

    test('is bounded: who was away for longer than it reaches back is told so', async () => {
      const [one, other] = await members(10)
      const { end } = await other.behind(undefined)
      let newest = end
      for (let i = 0; i < 30; i++) newest = (await one.append([ofKey(`key-${i}`)], newest)).place
      expect(await other.behind(end)).toEqual({ orders: [], end: newest, isWhole: false })
    })

    test('a place of another log is no place of this one', async () => {
      const [one] = await members()
      await one.append([ofKey('a')], undefined)
      expect((await one.behind('1-0')).isWhole).toBe(false)
    })

    test('orders at once are all logged', async () => {
      const [one, other] = await members()
      const { end } = await one.behind(undefined)
      await Promise.all(
        Array.from({ length: 40 }, (_, i) => (i % 2 ? one : other).append([ofKey(`key-${i}`)], end)),
      )
      expect((await one.behind(end)).orders).toHaveLength(40)
    })
  })
}
