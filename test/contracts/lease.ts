// What leases promise to the members that share them, whatever they are made of.
import { describe, expect, test } from 'vitest'
import type { Lease, Leases, LeaseTimes, Taken } from '../../cluster/leases/lease.ts'
import { never } from '../signals.ts'

/** Longer than any test: who waits so long was not told. */
const long = 600_000

/** `open` makes members that share the leases of a fresh place. */
export function leaseContract(
  name: string,
  open: (members: number, times: LeaseTimes) => Promise<readonly Leases[]>,
): void {
  describe(`lease contract: ${name}`, () => {
    const members = (count: number, times: Partial<LeaseTimes> = {}) =>
      open(count, { hedgeMs: long, leaseMs: long, ...times }) as Promise<[Leases, Leases, Leases]>

    test('of all members one is granted, and the others wait', async () => {
      const all = await members(3)
      const kinds = (await Promise.all(all.map((each) => each.take('a')))).map(({ kind }) => kind)
      expect(kinds.sort()).toEqual(['granted', 'held', 'held'])
    })

    test('each key has its own', async () => {
      const [one, other] = await members(2)
      expect((await one.take('a')).kind).toBe('granted')
      expect((await other.take('b')).kind).toBe('granted')
    })

    test('who waits is told where the work lies when it is done', async () => {
      const [holder, second, third] = await members(3)
      const lease = granted(await holder.take('a'))
      const waits = [waiting(await second.take('a')), waiting(await third.take('a'))]
      lease.release({ at: 'http://holder' }, 0)
      expect(await Promise.all(waits)).toEqual([{ at: 'http://holder' }, { at: 'http://holder' }])
    })

    test('who comes afterwards is told too, while it is said to be there; then it is granted', async () => {
      const [holder, second] = await members(2)
      granted(await holder.take('a')).release({ at: 'http://holder' }, long)
      await expect.poll(() => second.take('a')).toEqual({ kind: 'done', at: 'http://holder' })
      const lease = granted(await holder.take('b'))
      const wait = waiting(await second.take('b'))
      lease.release({ at: 'http://holder' }, 0)
      await wait
      expect((await second.take('b')).kind).toBe('granted')
    })

    test('what is nobody else’s says so, and one of those who waited is granted', async () => {
      const [holder, second, third] = await members(3)
      const lease = granted(await holder.take('a'))
      const waits = [waiting(await second.take('a')), waiting(await third.take('a'))]
      lease.release({}, 0)
      expect(await Promise.all(waits)).toEqual([{}, {}])
      const kinds = [(await second.take('a')).kind, (await third.take('a')).kind]
      expect(kinds).toEqual(['granted', 'held'])
    })

    test('a holder that is slow is passed over by one who waited', async () => {
      const [holder, second] = await members(2, { hedgeMs: 300 })
      granted(await holder.take('a'))
      const taken = await second.take('a')
      if (taken.kind === 'held') expect(await waiting(taken)).toBe('look-again')
      expect((await second.take('a')).kind).toBe('granted')
    })

    test('a holder that was passed over tells of its work; of its failure it says nothing', async () => {
      const [slow, second, third] = await members(3, { hedgeMs: 400 })
      const [made, failed] = [granted(await slow.take('a')), granted(await slow.take('b'))]
      const leases: Lease[] = []
      for (const key of ['a', 'b'])
        await expect
          .poll(async () => {
            const taken = await second.take(key)
            if (taken.kind === 'granted') leases.push(taken.lease)
            else if (taken.kind === 'held') await waiting(taken)
            return taken.kind
          })
          .toBe('granted')
      failed.release({}, 0)
      made.release({ at: 'http://slow' }, long)
      await expect.poll(() => third.take('a')).toEqual({ kind: 'done', at: 'http://slow' })
      leases[1]?.release({ at: 'http://second' }, long)
      await expect.poll(() => third.take('b')).toEqual({ kind: 'done', at: 'http://second' })
    })

    test('a holder that was passed over is told when the other one is done first', async () => {
      const [slow, second] = await members(2, { hedgeMs: 300 })
      const { overtaken } = granted(await slow.take('a'))
      const leases: Lease[] = []
      await expect
        .poll(async () => {
          const taken = await second.take('a')
          if (taken.kind === 'granted') leases.push(taken.lease)
          else if (taken.kind === 'held') await waiting(taken)
          return taken.kind
        })
        .toBe('granted')
      leases[0]?.release({ at: 'http://second' }, 0)
      expect(await overtaken).toBe('http://second')
    })

    test('a holder that works for long keeps its lease', async () => {
      const [holder, second] = await members(2, { leaseMs: 200 })
      const lease = granted(await holder.take('a'))
      // As often as the lease would have ended in between.
      for (let looks = 0; looks < 3; looks++) {
        const taken = await second.take('a')
        expect(taken.kind).toBe('held')
        if (taken.kind === 'held') await Promise.race([taken.wait(never), after(250)])
      }
      lease.release({}, 0)
      await expect.poll(async () => (await second.take('a')).kind).toBe('granted')
    })

    test('a holder that died is followed by one who waited', async () => {
      const [holder, second] = await members(2, { leaseMs: 200 })
      granted(await holder.take('a'))
      const wait = waiting(await second.take('a'))
      await holder.close()
      expect(await wait).toBe('look-again')
      await expect.poll(async () => (await second.take('a')).kind).toBe('granted')
    })

    test('who leaves waits no longer', async () => {
      const [holder, second] = await members(2)
      granted(await holder.take('a'))
      const leaving = new AbortController()
      const taken = await second.take('a')
      const wait = taken.kind === 'held' ? taken.wait(leaving.signal) : Promise.resolve()
      leaving.abort()
      await expect(wait).rejects.toMatchObject({ kind: 'abandoned' })
    })
  })
}

function granted(taken: Taken): Lease {
  if (taken.kind !== 'granted') throw new Error(`the lease is ${taken.kind}`)
  return taken.lease
}

function waiting(taken: Taken) {
  if (taken.kind !== 'held') throw new Error(`the lease is ${taken.kind}`)
  return taken.wait(never)
}

const after = (ms: number) => new Promise((done) => setTimeout(done, ms))
