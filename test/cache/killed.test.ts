import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { createDiskStore } from '../../cache/disk.ts'
import { aFolder } from './folder.ts'
import { isWholeGeneration, writtenKeys } from './generations.ts'

const rounds = Number(process.env.KILL_ROUNDS ?? 12)
const writer = join(import.meta.dirname, 'killed-writer.ts')

/** Kills the writer in the middle of its work: some time after it has written so many. */
async function killAfter(written: number, dir: string, round: number): Promise<void> {
  const child = spawn(process.execPath, [writer, dir, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  for await (const line of createInterface({ input: child.stdout })) if (Number(line) >= written) break
  child.kill('SIGKILL')
  await ended
}

test(`kill -9 at ${rounds} random moments: what is read back is whole or a miss`, {
  timeout: 300_000,
}, async () => {
  const dir = aFolder()
  const torn: string[] = []
  let whole = 0
  for (let round = 0; round < rounds; round++) {
    await killAfter(4 + Math.random() * 100, dir, round)
    const disk = createDiskStore({
      dir,
      maxBytes: 2 * 1024 * 1024,
      observe: (event) => event === 'corrupt' && torn.push(`corrupt in round ${round}`),
    })
    for (const key of writtenKeys) {
      const entry = await disk.get(key)
      if (entry && !isWholeGeneration(entry)) torn.push(`${key} in round ${round}`)
      if (entry) whole++
    }
    await disk.close()
  }
  expect(torn).toEqual([])
  expect(whole).toBeGreaterThan(rounds * 5)
  expect(readdirSync(join(dir, 'tmp'))).toEqual([])
})
