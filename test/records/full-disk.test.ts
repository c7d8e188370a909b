import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { newId, openRecords, type Records } from '../../records/index.ts'
import { aResult, noon, times } from './rows.ts'

/** A disk of eight megabytes. */
function aTinyDisk(): string {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-records-full-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', dir], { stdio: 'ignore' })
  onTestFinished(() => {
    execFileSync('umount', ['-l', dir])
    rmSync(dir, { recursive: true, force: true })
  })
  return dir
}

function canMount(): boolean {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir], { stdio: 'ignore' })
    execFileSync('umount', ['-l', dir])
    return true
  } catch {
    return false
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Eight writers at once, until the disk is full. What was acknowledged, and what the others were told. */
async function writeUntilFull(records: Records) {
  const acknowledged: string[] = []
  const told = new Set<unknown>()
  const write = async (): Promise<void> => {
    for (let isFull = false; !isFull; ) {
      const id = newId(noon)
      const detail = { padding: 'x'.repeat(5000) }
      await records
        .transaction(async (t) => {
          await t.results.add(aResult({ id, detail }))
          await t.jobs.promise({ id, queue: 'webhook', payload: { id } }, noon)
        })
        .then(() => acknowledged.push(id))
        .catch((error) => {
          told.add(error.kind ?? String(error))
          isFull = true
        })
    }
  }
  await Promise.all(times(8, write))
  return { acknowledged, told: [...told] }
}

test.skipIf(!canMount())(
  'a full disk refuses what is new, loses nothing, and takes more when there is room (needs the right to mount)',
  async () => {
    const dir = aTinyDisk()
    writeFileSync(join(dir, 'ballast'), Buffer.alloc(3_000_000))
    const file = join(dir, 'records.db')
    const records = await openRecords({ file })
    const { acknowledged, told } = await writeUntilFull(records)
    expect(told).toEqual(['disk-full'])
    expect(acknowledged.length).toBeGreaterThan(20)

    rmSync(join(dir, 'ballast'))
    const late = newId(noon)
    await records.results.add(aResult({ id: late }))
    await records.close()
    const again = await openRecords({ file })
    for (const id of [...acknowledged, late]) expect(await again.results.get(id)).toBeDefined()
    const { rows } = await again.jobs.find({ queue: 'webhook', page: { limit: 1000 } })
    expect(rows.map(({ id }) => id).sort()).toEqual(acknowledged.sort())
    await again.close()
  },
)
