// What every log of purges promises, whatever it is made of.
import { describe, expect, test } from 'vitest'
import { createEpochs, type LoggedPurge, type Purge, type PurgeLog } from '../../purging/index.ts'
import type { Bounds } from '../../purging/kept.ts'

export const ofKey = (value: string): Purge => ({ target: { kind: 'key', value }, isSoft: false })
const ofPicture = (value: string): Purge => ({
  target: { kind: 'picture', value, source: 'photos' },
  isSoft: false,
})

/** `open` makes a fresh log each time it is called. */
export function purgeLogContract(name: string, open: (bounds?: Bounds) => Promise<PurgeLog>): void {
  describe(`purge log contract: ${name}`, () => {
    test('positions rise, also within a millisecond and within one batch', async () => {
      const log = await open()
      const logged = [...(await log.append([ofKey('a'), ofKey('b')])), ...(await log.append([ofKey('c')]))]
      const positions = logged.map(({ position }) => position)
      expect(positions).toEqual([...new Set(positions)].sort((one, other) => one - other))
      await log.close()
    })

    test('is read again from any position, in order', async () => {
      const log = await open()
      const logged = await log.append(['a', 'b', 'c'].map(ofKey))
      expect(await log.since(0)).toEqual(logged)
      expect(await log.since(logged[0]?.position ?? 0)).toEqual(logged.slice(1))
      expect(await log.since(logged[2]?.position ?? 0)).toEqual([])
      await log.close()
    })

    test('of several purges about the same the newest is kept', async () => {
      const log = await open()
      await log.append([ofKey('a'), ofKey('b')])
      const [newest] = await log.append([ofKey('a')])
      expect((await log.since(0)).map(({ target }) => target)).toEqual([ofKey('b').target, ofKey('a').target])
      expect((await log.since(0)).at(-1)).toEqual(newest)
      await log.close()
    })

    test('a follower knows of a purge before it is acknowledged', async () => {
      const log = await open()
      const seen: LoggedPurge[] = []
      log.follow((purge) => seen.push(purge))
      expect(await log.append([ofKey('a'), ofKey('b')])).toEqual(seen)
      await log.close()
    })

    test('purges at once are all logged', async () => {
      const log = await open()
      await Promise.all(Array.from({ length: 50 }, (_, i) => log.append([ofKey(`key-${i}`)])))
      expect(await log.since(0)).toHaveLength(50)
      await log.close()
    })

    test('is bounded: whoever reads it again purges too much rather than too little', async () => {
      const log = await open({ most: 10, mostPrefixes: 3 })
      const logged: LoggedPurge[] = []
      for (let i = 0; i < 100; i++) logged.push(...(await log.append([ofPicture(`picture-${i}`)])))
      for (let i = 0; i < 10; i++)
        await log.append([{ target: { kind: 'prefix', value: `/photos/${i}` }, isSoft: true }])
      expect((await log.since(0)).length).toBeLessThanOrEqual(13)
      const epochs = await createEpochs(log, { most: 10, mostPrefixes: 3 })
      for (const { target, position } of logged) {
        const keys = 'value' in target ? `photos ${target.value}` : ''
        expect(epochs.of({ path: '/photos/x?w=1', keys }).hard).toBeGreaterThanOrEqual(position)
      }
      expect(epochs.of({ path: '/elsewhere/x?w=1', keys: 'elsewhere' })).toEqual({ hard: 0, soft: 0 })
      await log.close()
    })

    test('a log of too many keys is widened to everything', async () => {
      const log = await open({ most: 3 })
      const [first] = await log.append(['a', 'b', 'c', 'd'].map(ofKey))
      const epochs = await createEpochs(log)
      expect(epochs.of({ path: '/x/y?w=1', keys: 'x' }).hard).toBe(first?.position)
      await log.close()
    })
  })
}
