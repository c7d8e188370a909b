// A receiver that takes connections and never answers, with hundreds of webhooks waiting for it: those of another
// arrive at once, and the stalled one is asked by no more than its share.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSeal } from '../../api/services/accounts/secret-sealing.ts'
import { createHooks, type Hooks } from '../../api/services/hooks/index.ts'
import { createGuard } from '../../fetch/guard.ts'
import { type DatabaseLocation, openRecords, type Records } from '../../records/index.ts'
import { noPostgres, type Server as Postgres, startPostgres } from '../records/postgres.ts'
import { times } from './cdn.ts'

const allowAddresses = ['127.0.0.1/32']
/** No test waits for it: whatever arrives, arrives while the stalled ones are still being waited for. */
const deadlineMs = 600_000
const waiting = 500
const share = 8

const dir = mkdtempSync(join(tmpdir(), 'halftone-stalled-'))
let postgres: Postgres | undefined
afterAll(async () => {
  await postgres?.stop()
  rmSync(dir, { recursive: true, force: true })
})

const databases: readonly [string, () => Promise<DatabaseLocation>][] = [
  ['SQLite', async () => ({ file: join(dir, 'records.db') })],
  [
    'PostgreSQL',
    async () => {
      postgres = await startPostgres()
      return { url: await postgres.fresh() }
    },
  ],
]

describe.each(databases)('a receiver that stalls, on %s', (name, place) => {
  const isSkipped = name === 'PostgreSQL' && noPostgres !== undefined
  let records: Records
  let hooks: Hooks
  let open = 0
  const arrived: string[] = []
  const stalled = createServer(() => void open++)
  const other = createServer((request, response) => {
    arrived.push(request.url ?? '')
    request.resume()
    response.end()
  })
  const dispatcher = createGuard({ allowAddresses })

  beforeAll(async () => {
    if (isSkipped) return
    await Promise.all([stalled, other].map(listening))
    records = await openRecords(await place())
    hooks = createHooks({
      ...{ records, dispatcher, allowAddresses, deadlineMs },
      seal: createSeal('the secret of this instance'),
      log: pino({ level: 'silent' }),
    })
    await promise('shop', stalled, waiting)
    hooks.poke()
  })
  afterAll(async () => {
    for (const server of [stalled, other]) server.closeAllConnections()
    for (const server of [stalled, other]) server.close()
    // What is being sent ends with its connection.
    await dispatcher.destroy()
    await hooks?.stop()
    await records?.close()
  })

  const promise = (project: string, to: Server, count: number) =>
    records.transaction(async (t) => {
      for (const number of times(count, (i) => i))
        await hooks.promise(t, {
          ...{ project, event: 'optimise.done', body: { number } },
          url: `${addressOf(to)}/${project}/${number}`,
        })
    })
  const running = async (): Promise<number> => {
    const page = { limit: 1000 }
    return (await records.jobs.find({ queue: 'webhook', states: ['running'], page })).rows.length
  }
  const arrivedFor = (project: string) => arrived.filter((path) => path.startsWith(`/${project}/`)).length

  test.skipIf(isSkipped)(
    'nobody waits behind it: not another project, and not another of its own',
    async () => {
      await expect.poll(() => open, { timeout: 60_000 }).toBe(share)
      for (const project of ['rival', 'shop']) {
        await promise(project, other, 100)
        hooks.poke()
        await expect.poll(() => arrivedFor(project), { interval: 10, timeout: 60_000 }).toBe(100)
      }
      expect(open).toBe(share)
      // What has arrived is written down a moment later.
      await expect.poll(running).toBe(share)
    },
  )

  test.skipIf(isSkipped)('its place is free for its next one as soon as one has ended', async () => {
    stalled.closeAllConnections()
    await expect.poll(() => open, { timeout: 60_000 }).toBe(2 * share)
  })
})

const listening = (server: Server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
