// Several processes on one database and one storage, whichever database it is.
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { DatabaseLocation } from '../../records/index.ts'
import { aServer } from '../origin/servers.ts'
import { jpeg } from '../pictures.ts'
import { noPostgres, type Server, startPostgres } from '../records/postgres.ts'
import { times } from '../records/rows.ts'
import { missing } from '../refusals.ts'
import { aDesk, aFolder, wanted } from './desk.ts'

const photo = await jpeg()
let server: Server | undefined
beforeAll(async () => {
  if (!noPostgres) server = await startPostgres()
})
afterAll(() => server?.stop())

/** Three desks that share all but their memory. */
async function threeDesks(where: DatabaseLocation | undefined) {
  const dir = aFolder()
  const open = () => aDesk({ dir, ...(where && { where }) })
  return [await open(), await open(), await open()] as const
}

const databases = [
  { name: 'SQLite', open: async () => undefined, skip: undefined },
  { name: 'PostgreSQL', open: async () => ({ url: (await server?.fresh()) ?? '' }), skip: noPostgres },
]

for (const { name, open, skip } of databases)
  describe.skipIf(skip)(`${name}${skip ? ` (skipped: ${skip})` : ''}`, () => {
    test('whole, stored, changed and removed from three sides at once: each change once, none lost', async () => {
      const desks = await threeDesks(await open())
      const [one] = desks
      const events = ['file.stored', 'file.deleted', 'file.info_updated']
      for (const event of events)
        await one.records.hooks.add(
          {
            project: 'demo',
            event,
            targetUrl: 'http://127.0.0.1:2/',
            isActive: true,
            signingSecret: null,
            version: '0.7',
          },
          one.clock.now,
        )
      const files = await Promise.all(
        times(9, (i) => desks[i % 3]?.add(photo, { store: false }) ?? missing()),
      )
      const ids = files.map(({ id }) => id)
      // Crosswise: who holds files in another order than the others would wait for them for ever.
      await Promise.all(
        desks.map(({ uploads }, i) => uploads.store('demo', i % 2 ? ids : [...ids].reverse())),
      )
      await Promise.all(
        times(12, (i) =>
          desks[i % 3]?.uploads.change('demo', ids[0] ?? '', ({ metadata }) => ({
            metadata: { ...metadata, [`k${i}`]: 'v' },
          })),
        ),
      )
      expect(Object.keys((await one.uploads.get('demo', ids[0] ?? ''))?.metadata ?? {})).toHaveLength(12)
      const removed = await Promise.all(desks.map(({ uploads }) => uploads.remove('demo', ids)))
      expect(removed.flatMap((batch) => batch.files.map(({ id }) => id)).sort()).toEqual([...ids].sort())
      const told = (await one.promised()).map(({ event }) => event)
      expect(events.map((event) => told.filter((each) => each === event).length)).toEqual([9, 9, 12])
    })

    test('parts sent to three sides and completed on all of them become one file', async () => {
      const desks = await threeDesks(await open())
      const bytes = randomBytes(900_000)
      const plan = { ...wanted, name: 'a', type: '', bytes: bytes.length, partBytes: 100_000 }
      const { file } = await desks[0].uploads.start(plan)
      await Promise.all(
        times(9, (i) => {
          const body = Readable.from([bytes.subarray(i * 100_000, (i + 1) * 100_000)])
          return desks[i % 3]?.uploads.part(file.id, i + 1, body, {})
        }),
      )
      const done = await Promise.all(desks.map(({ uploads }) => uploads.complete('demo', file.id)))
      expect(done.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready'])
      expect(await desks[1].contentOf(file)).toEqual(bytes)
      const { now } = desks[0].clock
      const { total } = desks[0].records.usage
      expect(await total({ keyIds: ['key'], from: now, to: now })).toMatchObject({
        calls: 1,
        bytesIn: 900_000,
      })
    })

    test('addresses promised on one side are fetched by all, each once', async () => {
      const desks = await threeDesks(await open())
      const asked: string[] = []
      const site = await aServer((request, response) => {
        asked.push(request.url ?? '')
        response.end(photo)
      })
      onTestFinished(() => site.close())
      const { uploads } = desks[0]
      const tokens = await Promise.all(
        times(30, async (i) => {
          const started = await uploads.fromUrl({ ...wanted, url: `${site.url}/${i}` })
          return 'token' in started ? started.token : missing()
        }),
      )
      for (const token of tokens)
        await expect
          .poll(async () => (await uploads.progress(token))?.state, { interval: 20 })
          .toBe('success')
      expect(new Set(asked).size).toBe(30)
      expect(asked).toHaveLength(30)
      expect(await uploads.totals('demo')).toMatchObject({ stored: 30 })
    })

    test('three that sweep at once remove each file once', async () => {
      const desks = await threeDesks(await open())
      await Promise.all(times(20, () => desks[0].add(photo, { store: false })))
      for (const { clock } of desks) clock.now += 2 * 86_400_000
      const swept = await Promise.all(desks.map(({ uploads }) => uploads.sweep()))
      expect(swept.reduce((sum, count) => sum + count, 0)).toBe(20)
      expect(await desks[0].uploads.totals('demo')).toEqual({ stored: 0, unstored: 0, removed: 20 })
    })
  })
