// What the queue and the delivery log promise, whatever database they are in. The clock is turned by hand.
import { expect, test } from 'vitest'
import { backoff, laneOf, type Records } from '../../records/index.ts'
import { noon, times } from '../records/rows.ts'
import { missing } from '../refusals.ts'

const lease = 30_000

export function jobsContract(records: () => Records): void {
  const promised = (queue: string, more: object = {}) =>
    records().jobs.promise({ queue, project: 'demo', payload: { to: 'you' }, ...more }, noon)
  const claimed = (queue: string, now = noon, limit = 10) =>
    records().jobs.claim({ queue, limit, leaseMs: lease, now })

  /** Of one lane 3, of one project 5. */
  const fairly = (queue: string, held: readonly string[], random = 0.7) =>
    records().jobs.claim({
      ...{ queue, limit: 10, leaseMs: lease, now: noon },
      lanes: { most: 3, mostOfProject: 5, held, random },
    })
  const lanesOf = (jobs: readonly { lane: string }[]) => jobs.map(({ lane }) => lane)

  test('a job is claimed by one, and not again until it is done', async () => {
    const id = await promised('once')
    const [job] = await claimed('once')
    expect(job).toMatchObject({ id, payload: { to: 'you' }, state: 'running', attempt: 1, created: noon })
    expect(await claimed('once', noon + lease - 1)).toEqual([])
    expect(await records().jobs.finish(job ?? missing(), noon + 1)).toBe(true)
    expect(await claimed('once', noon + 10 * lease)).toEqual([])
    expect(await records().jobs.get(id)).toMatchObject({ state: 'done', due: null, finished: noon + 1 })
  })

  test('a delayed job is due when it was said to be, and not before', async () => {
    await promised('later', { delayMs: 5000 })
    expect(await claimed('later', noon + 4999)).toEqual([])
    expect(await records().jobs.nextDue('later')).toBe(noon + 5000)
    expect(await claimed('later', noon + 5000)).toHaveLength(1)
    expect(await records().jobs.nextDue('nothing')).toBeUndefined()
  })

  test('when a lease ends the next gets the job, and the one before can no longer settle it', async () => {
    await promised('lease')
    const [first] = await claimed('lease')
    const [second] = await claimed('lease', noon + lease)
    expect(second).toMatchObject({ id: first?.id, attempt: 2 })
    expect(await records().jobs.finish(first ?? missing(), noon + lease)).toBe(false)
    expect(await records().jobs.extend(first ?? missing(), lease, noon + lease)).toBe(false)
    expect(await records().jobs.finish(second ?? missing(), noon + lease)).toBe(true)
  })

  test('a job that its promiser has done is withdrawn, unless somebody is at it', async () => {
    const [running, waiting] = [await promised('own'), await promised('own', { delayMs: 5000 })]
    expect(await claimed('own')).toHaveLength(1)
    expect(await records().jobs.withdraw([running, waiting], noon + 1)).toBe(1)
    expect(await records().jobs.get(waiting)).toMatchObject({ state: 'done', due: null, finished: noon + 1 })
    expect(await records().jobs.get(running)).toMatchObject({ state: 'running' })
    expect(await records().jobs.withdraw([], noon)).toBe(0)
  })

  test('a heartbeat keeps the lease', async () => {
    await promised('heart')
    const [job] = await claimed('heart')
    expect(await records().jobs.extend(job ?? missing(), lease, noon + 20_000)).toBe(true)
    expect(await claimed('heart', noon + lease)).toEqual([])
    expect(await claimed('heart', noon + 20_000 + lease)).toHaveLength(1)
  })

  test('a failing job comes back after twice the wait each time, then is dead, and can be sent again', async () => {
    const id = await promised('fails', { maxAttempts: 4 })
    const waits: number[] = []
    let now = noon
    for (let attempt = 1; attempt <= 4; attempt++) {
      const [job] = await claimed('fails', now)
      expect(job).toMatchObject({ attempt })
      await records().jobs.retry(job ?? missing(), `no ${attempt}`, { now, random: 1 })
      const due = await records().jobs.nextDue('fails')
      if (due === undefined) break
      expect(await claimed('fails', due - 1)).toEqual([])
      waits.push(due - now)
      now = due
    }
    expect(waits).toEqual([5000, 10_000, 20_000])
    expect(waits).toEqual([1, 2, 3].map((attempt) => backoff(attempt, 1)))
    expect(await records().jobs.get(id)).toMatchObject({ state: 'dead', error: 'no 4', attempt: 4 })

    expect(await records().jobs.resend(id, now)).toBe(true)
    const [again] = await claimed('fails', now)
    expect(again).toMatchObject({ id, attempt: 1, maxAttempts: 4, earlier: 4 })
    expect(await records().jobs.resend(id, now)).toBe(false)
  })

  test('a job that waits for another try is sent at once on request, and the tries count on', async () => {
    const id = await promised('impatient', { maxAttempts: 2 })
    const [first] = await claimed('impatient')
    await records().jobs.retry(first ?? missing(), 'no', { now: noon, random: 1 })
    expect(await claimed('impatient', noon + 1)).toEqual([])
    expect(await records().jobs.resend(id, noon + 1)).toBe(true)
    expect(await records().jobs.get(id)).toMatchObject({ state: 'waiting', due: noon + 1, error: null })
    const [second] = await claimed('impatient', noon + 1)
    expect(second).toMatchObject({ id, attempt: 1, earlier: 1 })
  })

  test('a job that was sent again cannot be settled by whoever held it in its first life', async () => {
    const id = await promised('lives')
    const [stale] = await claimed('lives')
    const [first] = await claimed('lives', noon + lease)
    await records().jobs.finish(first ?? missing(), noon + lease)
    await records().jobs.resend(id, noon + lease)
    await claimed('lives', noon + lease)
    expect(await records().jobs.finish(stale ?? missing(), noon + lease)).toBe(false)
  })

  test('a job whose worker dies each time is dead after its attempts', async () => {
    const id = await promised('deadly', { maxAttempts: 2 })
    expect(await claimed('deadly', noon)).toHaveLength(1)
    expect(await claimed('deadly', noon + lease)).toHaveLength(1)
    expect(await claimed('deadly', noon + 2 * lease)).toEqual([])
    expect(await records().jobs.get(id)).toMatchObject({ state: 'dead', attempt: 2 })
  })

  test('many claimants at once share the queue, each job to one of them', async () => {
    const ids = await Promise.all(times(200, () => promised('shared')))
    const got = await Promise.all(times(20, () => claimed('shared', noon, 10)))
    const all = got.flat().map(({ id }) => id)
    expect(new Set(all).size).toBe(all.length)
    // Under PostgreSQL a claimant may be shown fewer than there are, never the same ones.
    for (;;) {
      const rest = await claimed('shared', noon, 50)
      if (rest.length === 0) break
      all.push(...rest.map(({ id }) => id))
    }
    expect(all.sort()).toEqual(ids.sort())
  })

  test('of one lane no more than its share is claimed, and nobody waits behind the rest', async () => {
    const [stalled, other] = [laneOf('p', 'https://stalled.example/'), laneOf('q', 'https://other.example/')]
    await records().transaction(async (t) => {
      for (let nth = 0; nth < 300; nth++)
        await t.jobs.promise({ queue: 'lanes', payload: { nth }, lane: stalled }, noon - 1000 + nth)
    })
    const behind = await Promise.all(times(5, () => promised('lanes', { lane: other })))
    const first = await fairly('lanes', [])
    expect(lanesOf(first)).toEqual([...times(3, () => stalled), ...times(3, () => other)])
    const second = await fairly('lanes', lanesOf(first.filter(({ lane }) => lane === stalled)))
    expect([...first, ...second].filter(({ lane }) => lane === other).map(({ id }) => id)).toEqual(
      behind.toSorted(),
    )
    expect(lanesOf(second)).not.toContain(stalled)
    // In a place that became free goes the next of them, in their order.
    const [next, ...more] = await fairly('lanes', [stalled, stalled])
    expect([next?.payload, more]).toEqual([{ nth: 3 }, []])
  })

  test('many claimants at once that share by lane never get the same job', async () => {
    const lanes = times(10, (i) => laneOf('crowd', `https://${i}.example/`))
    const ids = await Promise.all(times(200, (i) => promised('crowded', { lane: lanes[i % 10] })))
    const all: string[] = []
    while (all.length < ids.length)
      for (const jobs of await Promise.all(times(10, () => fairly('crowded', []))))
        all.push(...jobs.map(({ id }) => id))
    expect(all.sort()).toEqual(ids.sort())
  })

  test('a project does not get everything by telling many', async () => {
    const many = times(20, (i) => laneOf('many', `https://${i}.example/`))
    const other = laneOf('other', 'https://other.example/')
    await records().transaction(async (t) => {
      for (const lane of many)
        for (let i = 0; i < 10; i++)
          await t.jobs.promise({ queue: 'projects', payload: {}, lane }, noon - 1000)
    })
    await promised('projects', { lane: other })
    for (const random of [0, 0.5, 0.999]) {
      const held = many.slice(0, 5)
      expect(lanesOf(await fairly('projects', held, random))).toEqual(random === 0 ? [other] : [])
    }
    const claimed = await fairly('projects', [])
    expect(claimed).toHaveLength(5)
    expect(new Set(lanesOf(claimed)).size).toBeGreaterThan(1)
  })

  test("what is in nobody's lane has a share as well", async () => {
    await Promise.all(times(5, () => promised('laneless')))
    expect(await fairly('laneless', [])).toHaveLength(3)
  })

  test('jobs are found by project, state and time, and finished ones forgotten', async () => {
    for (const project of ['p', 'p', 'q']) await promised('found', { project })
    const [job] = await claimed('found', noon, 1)
    await records().jobs.finish(job ?? missing(), noon + 5)
    expect((await records().jobs.find({ queue: 'found', project: 'p' })).rows).toHaveLength(2)
    expect((await records().jobs.find({ queue: 'found', states: ['waiting'] })).rows).toHaveLength(2)
    expect((await records().jobs.find({ queue: 'found', created: { below: noon } })).rows).toEqual([])
    expect((await records().jobs.find({ queue: 'found', page: { limit: 1 } })).next).not.toBeNull()
    await records().jobs.forget({ before: noon + 6, limit: 1000 })
    expect(await records().jobs.get(job?.id ?? '')).toBeUndefined()
    expect((await records().jobs.find({ queue: 'found' })).rows).toHaveLength(2)
  })

  test('each attempt of a delivery is in the log, newest first, by page, job and outcome', async () => {
    const log = records().deliveries
    const attempt = {
      project: 'logged',
      jobId: 'j',
      event: 'file.stored',
      url: 'https://a.example/',
      ms: 12.5,
    }
    for (const [i, status] of [null, 500, 302, 204].entries())
      await log.add({ ...attempt, attempt: i + 1, status, error: status ? null : 'timeout', at: noon + i })
    const statuses = async (filter: object) =>
      (await log.find({ project: 'logged', ...filter })).rows.map(({ status }) => status)
    expect(await statuses({})).toEqual([204, 302, 500, null])
    expect(await statuses({ isDelivered: true })).toEqual([204])
    expect(await statuses({ isDelivered: false, jobId: 'j' })).toEqual([302, 500, null])
    expect(await statuses({ at: { from: noon + 1, below: noon + 3 } })).toEqual([302, 500])
    const { next } = await log.find({ project: 'logged', page: { limit: 3 } })
    expect(await statuses({ page: { after: next } })).toEqual([null])
    expect(await log.forget({ before: noon + 2, limit: 100 })).toBe(2)
  })
}
