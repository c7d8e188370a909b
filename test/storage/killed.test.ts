import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import type { Bucket } from '../../storage/bucket.ts'
import { createFolderBucket } from '../../storage/folder/index.ts'
import { aFolder, allKeys, readWhole, sha256Of } from './files.ts'

const rounds = Number(process.env.KILL_ROUNDS ?? 12)
const writer = join(import.meta.dirname, 'killed-writer.ts')

/** Kills the writer in the middle of its work. Gives the keys it was told are kept. */
async function killAfter(written: number, dir: string, round: number): Promise<string[]> {
  const child = spawn(process.execPath, [writer, dir, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const acknowledged: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    // What was said before the end counts, also what is read after it; a line cut off by the end does not.
    if (line.length === `${round}/`.length + 64) acknowledged.push(line)
    if (acknowledged.length === written) child.kill('SIGKILL')
  }
  await ended
  return acknowledged
}

async function isWhole(bucket: Bucket, key: string): Promise<boolean> {
  const bytes = await readWhole(bucket, key)
  return bytes !== undefined && key.endsWith(sha256Of(bytes))
}

test(`kill -9 at ${rounds} random moments: nothing acknowledged is lost, nothing is half there`, {
  timeout: 300_000,
}, async () => {
  const dir = aFolder()
  const wrong: string[] = []
  let acknowledged = 0
  for (let round = 0; round < rounds; round++) {
    const promised = await killAfter(1 + Math.floor(Math.random() * 60), dir, round)
    acknowledged += promised.length
    const bucket = createFolderBucket({ dir })
    const listed = await allKeys(bucket, `${round}/`)
    for (const key of promised) if (!listed.includes(key)) wrong.push(`lost: ${key}`)
    for (const key of listed) if (!(await isWhole(bucket, key))) wrong.push(`torn: ${key}`)
    await bucket.close()
    expect(readdirSync(join(dir, 'tmp'))).toEqual([])
  }
  expect(wrong).toEqual([])
  expect(acknowledged).toBeGreaterThan(rounds)
})
