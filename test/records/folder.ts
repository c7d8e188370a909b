// A folder for one test, with a database in it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export function aFile(): string {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-records-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }))
  return join(dir, 'records.db')
}
