// The list of webhooks over more rows than are read at once.
import { expect, test } from 'vitest'
import { listWebhooks, readQuery } from '../../api/faces/optidash/webhooks.ts'
import { newId } from '../../records/index.ts'
import { aRecords } from '../kraken/desk.ts'

test('finds its own among those of other faces, page by page, newest first', async () => {
  const records = await aRecords()
  const promised = async (face: string, project: string, now: number) =>
    records.jobs.promise({ queue: 'optimise', project, payload: { face, hook: newId(now) } }, now)
  const ids: string[] = []
  for (let now = 1000; now < 1260; now++) {
    const face = now % 2 === 0 ? 'optidash' : 'kraken'
    const id = await promised(face, 'shop', now)
    if (face === 'optidash') ids.unshift(id)
  }
  await promised('optidash', 'other', 2000)
  const found = async (query: Record<string, string>) =>
    (await listWebhooks(records, 'shop', readQuery(query))).map(({ id }) => id)
  expect(await found({})).toEqual(ids.slice(0, 50))
  expect(await found({ limit: '100' })).toEqual(ids.slice(0, 100))
  expect(await found({ limit: '100', offset: '100', status: 'created' })).toEqual(ids.slice(100))
  expect(await found({ status: 'delivered,failed' })).toEqual([])
})
