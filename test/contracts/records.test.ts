import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { noPostgres, type Server, startPostgres } from '../records/postgres.ts'
import { recordsContract } from './records.ts'

const dir = mkdtempSync(join(tmpdir(), 'halftone-records-'))
let server: Server | undefined
let made = 0

beforeAll(async () => {
  if (!noPostgres) server = await startPostgres()
})

afterAll(async () => {
  await server?.stop()
  rmSync(dir, { recursive: true, force: true })
})

recordsContract('SQLite', async () => ({ file: join(dir, `${++made}.db`) }))
recordsContract('PostgreSQL', async () => ({ url: (await server?.fresh()) ?? '' }), noPostgres)
