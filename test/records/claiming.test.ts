import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { type DatabaseLocation, openRecords } from '../../records/index.ts'
import { aFile } from './folder.ts'
import { noPostgres, startPostgres } from './postgres.ts'
import { noon, times } from './rows.ts'

const claimer = join(import.meta.dirname, 'claimer.ts')
const processes = 3
const promised = 600

/** The ids that each process claimed, all of them let loose at once. */
async function claimTogether(place: string): Promise<string[][]> {
  const claimed: string[][] = []
  const children = times(processes, () =>
    spawn(process.execPath, [claimer, place], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  let ready = 0
  await Promise.all(
    children.map(async (child, i) => {
      const mine: string[] = []
      claimed[i] = mine
      for await (const line of createInterface({ input: child.stdout })) {
        if (line !== 'ready') mine.push(line)
        else if (++ready === processes) for (const each of children) each.stdin.write('go\n')
      }
    }),
  )
  return claimed
}

async function noJobTwice(where: DatabaseLocation, place: string): Promise<void> {
  const records = await openRecords(where)
  const ids = await Promise.all(
    times(promised, (i) => records.jobs.promise({ queue: 'work', payload: { i } }, noon)),
  )
  const claimed = await claimTogether(place)
  expect(claimed.flat().sort()).toEqual(ids.sort())
  expect(claimed.filter((mine) => mine.length > 0).length).toBeGreaterThan(1)
  await records.close()
}

test(`${processes} processes on one SQLite file never get the same job within its lease`, async () => {
  const file = aFile()
  await noJobTwice({ file }, file)
})

test.skipIf(noPostgres)(
  `${processes} processes on one PostgreSQL never get the same job within its lease${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
  async () => {
    const server = await startPostgres()
    onTestFinished(() => server.stop())
    const url = await server.fresh()
    await noJobTwice({ url }, url)
  },
)
