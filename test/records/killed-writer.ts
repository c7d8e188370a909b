// A process that does nothing but write, eight at a time, until it is killed. Says each id once it was acknowledged.
import { newId, openRecords } from '../../records/index.ts'
import { aResult } from './rows.ts'

const [file = ''] = process.argv.slice(2)
const records = await openRecords({ file })

async function write(): Promise<never> {
  for (;;) {
    const id = newId(Date.now())
    await records.transaction(async (t) => {
      await t.results.add(aResult({ id }))
      await t.jobs.promise({ id, queue: 'webhook', payload: { id } }, Date.now())
    })
    process.stdout.write(`${id}\n`)
  }
}

await Promise.all(Array.from({ length: 8 }, write))
