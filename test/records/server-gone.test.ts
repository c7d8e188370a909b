import { expect, onTestFinished, test } from 'vitest'
import { newId, openRecords } from '../../records/index.ts'
import { noPostgres, startPostgres } from './postgres.ts'
import { aResult, noon, times } from './rows.ts'

const reason = noPostgres ? ` (skipped: ${noPostgres})` : ''

test.skipIf(noPostgres)(
  `while PostgreSQL is gone the records say so at once; when it is back they go on, and nothing acknowledged is lost${reason}`,
  async () => {
    const server = await startPostgres()
    onTestFinished(() => server.stop())
    const records = await openRecords({ url: await server.fresh() })
    const ids = times(200, () => newId(noon))
    await Promise.all(ids.map((id) => records.results.add(aResult({ id }))))

    // One that is in the middle when the server goes.
    const { promise: gone, resolve: goes } = Promise.withResolvers<void>()
    const { promise: begun, resolve: begins } = Promise.withResolvers<void>()
    const interrupted = records.transaction(async (t) => {
      await t.results.add(aResult({ user: 'interrupted' }))
      begins()
      await gone
      await t.results.add(aResult({ user: 'interrupted' }))
    })
    await begun
    await server.crash(async () => {
      goes()
      await expect(interrupted).rejects.toMatchObject({ kind: 'records-unavailable' })
      await expect(records.results.find()).rejects.toMatchObject({ kind: 'records-unavailable' })
    })

    expect((await records.results.find({ page: { limit: 1000 } })).rows).toHaveLength(200)
    await records.results.add(aResult({ user: 'later' }))
    await records.close()
  },
)
