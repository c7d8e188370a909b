// The databases that searches are measured on, filled past the records: only the rows are wanted, not their safety.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import type { DatabaseLocation } from '../records/index.ts'
import { startPostgres } from '../test/records/postgres.ts'
import { aRow, columns, valuesOf } from './records-rows.ts'

export interface Filled {
  readonly where: DatabaseLocation
  load(rows: number): Promise<void>
  bytes(): Promise<number>
  remove(): Promise<void>
}

const batch = 100_000
const tell = (at: number): void => {
  if (at > 0 && at % 1_000_000 === 0) console.error(`  ${at} rows`)
}

export function sqlite(folder: string): Filled {
  const dir = mkdtempSync(join(folder, 'halftone-records-bench-'))
  const file = join(dir, 'records.db')
  return {
    where: { file },
    bytes: async () => statSync(file).size,
    remove: async () => rmSync(dir, { recursive: true, force: true }),
    async load(rows) {
      const database = new DatabaseSync(file)
      database.exec('pragma synchronous = off; pragma journal_mode = off; pragma cache_size = -4000000')
      const add = database.prepare(
        `insert into results (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
      )
      for (let at = 0; at < rows; at++) {
        if (at % batch === 0) database.exec(at === 0 ? 'begin' : 'commit; begin')
        add.run(...valuesOf(aRow(at, rows)))
        tell(at)
      }
      database.exec('commit')
      database.exec('pragma journal_mode = wal')
      database.close()
    },
  }
}

/** A server of its own with the settings it comes with, ended afterwards. */
export async function postgres(): Promise<Filled> {
  const server = await startPostgres()
  const url = await server.fresh()
  const ask = async (text: string) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query(text)
    await client.end()
    return rows
  }
  return {
    where: { url },
    bytes: async () => Number((await ask("select pg_total_relation_size('results') as bytes"))[0].bytes),
    remove: server.stop,
    async load(rows) {
      // Built once all rows are there, as a restored backup builds them.
      const indices = await ask(
        "select indexname as name, indexdef as text from pg_indexes where tablename = 'results' and indexname not like '%pkey'",
      )
      for (const { name } of indices) await ask(`drop index ${name}`)
      await copy(url, rows)
      for (const { text } of indices) await ask(text)
      await ask('vacuum analyze results')
    },
  }
}

/** Through psql, which speaks the protocol for many rows. */
async function copy(url: string, rows: number): Promise<void> {
  const text = `copy results (${columns.join(', ')}) from stdin`
  const child = spawn('psql', [url, '-q', '-c', text], { stdio: ['pipe', 'inherit', 'inherit'] })
  const ended = once(child, 'exit')
  for (let at = 0; at < rows; at += 1000) {
    const lines = Array.from({ length: Math.min(1000, rows - at) }, (_, i) => lineOf(at + i, rows))
    if (!child.stdin.write(lines.join(''))) await Promise.race([once(child.stdin, 'drain'), ended])
    tell(at)
  }
  child.stdin.end()
  const [code] = await ended
  if (code !== 0) throw new Error(`psql ended with ${code}`)
}

const lineOf = (at: number, rows: number): string =>
  `${valuesOf(aRow(at, rows))
    .map((value) => (value === null ? '\\N' : String(value)))
    .join('\t')}\n`
