import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openRecords } from '../../records/index.ts'
import { effortSince } from '../effort.ts'
import { aFile } from './folder.ts'

const rounds = Number(process.env.KILL_ROUNDS ?? 12)
const writer = join(import.meta.dirname, 'killed-writer.ts')

/** Every third dies while it opens, the others in the middle of their work. The ids it had acknowledged. */
async function writeUntilKilled(file: string, round: number): Promise<string[]> {
  const child = spawn(process.execPath, [writer, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const most = 1 + Math.random() * 600
  const opening = round % 3 === 0 && setTimeout(() => child.kill('SIGKILL'), 50 + Math.random() * 250)
  const acknowledged: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line)
    if (acknowledged.length >= most) child.kill('SIGKILL')
  }
  await ended
  if (opening) clearTimeout(opening)
  return acknowledged
}

/** Rows as the file has them, whatever our own code would say. */
function idsIn(file: string): { results: Set<string>; jobs: Set<string>; integrity: unknown } {
  const database = new DatabaseSync(file)
  const idsOf = (table: string) =>
    new Set(
      database
        .prepare(`select id from ${table}`)
        .all()
        .map(({ id }) => String(id)),
    )
  const found = {
    results: idsOf('results'),
    jobs: idsOf('jobs'),
    integrity: database.prepare('pragma integrity_check').get()?.integrity_check,
  }
  database.close()
  return found
}

test(`kill -9 at ${rounds} random moments loses nothing acknowledged, and tears no transaction`, {
  timeout: 300_000,
}, async () => {
  const file = aFile()
  const acknowledged = new Set<string>()
  const reopened: number[] = []
  for (let round = 0; round < rounds; round++) {
    for (const id of await writeUntilKilled(file, round)) acknowledged.add(id)
    const before = process.cpuUsage()
    const records = await openRecords({ file })
    await records.results.find({ page: { limit: 1 } })
    reopened.push(effortSince(before))
    // Not closed in good order before the check: what a crash left is looked at, then closed.
    const { results, jobs, integrity } = idsIn(file)
    await records.close()
    expect(integrity).toBe('ok')
    expect([...acknowledged].filter((id) => !results.has(id) || !jobs.has(id))).toEqual([])
    expect([...results].filter((id) => !jobs.has(id))).toEqual([])
    expect(jobs.size).toBe(results.size)
  }
  expect(acknowledged.size).toBeGreaterThan(rounds * 20)
  expect(Math.max(...reopened)).toBeLessThan(2000)
  console.log(
    `${acknowledged.size} acknowledged over ${rounds} kills, 0 lost; reopening took ${Math.round(Math.max(...reopened))} ms of CPU time at most`,
  )
})
