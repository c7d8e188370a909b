// A process that claims jobs until there are none, saying each. Waits for a word, so that several begin together.
import { once } from 'node:events'
import { openRecords } from '../../records/index.ts'
import { noon } from './rows.ts'

const [place = ''] = process.argv.slice(2)
const records = await openRecords(place.startsWith('postgres:') ? { url: place } : { file: place })
process.stdout.write('ready\n')
await once(process.stdin, 'data')

for (;;) {
  const jobs = await records.jobs.claim({ queue: 'work', limit: 3, leaseMs: 60_000, now: noon })
  if (jobs.length === 0) break
  for (const { id } of jobs) process.stdout.write(`${id}\n`)
}
await records.close()
process.stdin.destroy()
