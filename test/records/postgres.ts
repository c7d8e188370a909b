// A PostgreSQL server for one test file: its own cluster in a temporary folder, on a unix socket, ended by its pid.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

const debian = '/usr/lib/postgresql'
const binaries = existsSync(debian)
  ? readdirSync(debian)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(debian, version, 'bin'))
      .find((folder) => existsSync(join(folder, 'initdb')))
  : undefined

/** Why the tests on PostgreSQL are skipped here; undefined when they run. */
export const noPostgres = binaries ? undefined : 'the Debian package postgresql is not installed'

export interface Server {
  /** Of a database made for the caller. */
  fresh(): Promise<string>
  /** Ends it as a crash would, and starts it again. `between` runs while it is gone. */
  crash(between: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

export async function startPostgres(): Promise<Server> {
  if (!binaries) throw new Error(noPostgres)
  const dir = mkdtempSync(join(tmpdir(), 'halftone-postgres-'))
  const who = owner()
  if (who) chownSync(dir, who.uid, who.gid)
  const cluster = join(dir, 'cluster')
  const options = ['-U', 'postgres', '-A', 'trust', '-N', '--locale=C.UTF-8', '-E', 'UTF8']
  execFileSync(join(binaries, 'initdb'), ['-D', cluster, ...options], { ...who, cwd: dir, stdio: 'ignore' })
  const start = (): ChildProcess =>
    spawn(join(binaries ?? '', 'postgres'), ['-D', cluster, '-k', dir, '-c', 'listen_addresses='], {
      ...who,
      cwd: dir,
      stdio: 'ignore',
    })
  let server = start()
  const urlOf = (name: string): string => `postgres://postgres@localhost/${name}?host=${dir}`
  await answering(urlOf('postgres'))
  let made = 0
  return {
    fresh: async () => {
      const name = `records_${++made}`
      await ask(urlOf('postgres'), `create database ${name}`)
      return urlOf(name)
    },
    crash: async (between) => {
      await ended(server)
      await between()
      server = start()
      await answering(urlOf('postgres'))
    },
    stop: async () => {
      await ended(server)
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** PostgreSQL refuses to run as root. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

async function ask(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  // A server that goes away says so on its connections.
  client.on('error', () => {})
  await client.connect()
  await client.query(text)
  await client.end()
}

async function answering(url: string): Promise<void> {
  for (let left = 1000; ; left--)
    try {
      return await ask(url, 'select 1')
    } catch (error) {
      if (left === 0) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
}

/** SIGQUIT: at once, without a checkpoint. */
function ended(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    server.once('exit', () => resolve())
    server.kill('SIGQUIT')
  })
}
