// Halftone as its users run it: processes of their own, told apart by role, ended by pid.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { freePort } from '../servers/ports.ts'
import { aClient, type Client, metricOf } from './cdn.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A test that failed half way must not leave its processes behind. */
const running = new Set<ChildProcess>()
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
})

export interface Process extends Client {
  readonly url: string
  readonly pid: number
  readonly dataDir: string
  metric(name: string, labels?: string): Promise<number>
  /** Sends the signal and waits for the end; the exit code, or the signal that ended it. */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
  /** Starts it again with the same port and data. */
  again(): Promise<void>
}

export interface ProcessOptions {
  readonly args?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** A free one, where others have to know it before. */
  readonly port?: number
}

export async function aProcess({
  args = [],
  environment = {},
  port: given,
}: ProcessOptions): Promise<Process> {
  const dataDir = mkdtempSync(join(tmpdir(), 'halftone-process-'))
  const port = given ?? (await freePort())
  const url = `http://127.0.0.1:${port}`
  const start = () =>
    launch(args, {
      HALFTONE_SAMPLES: 'false',
      HALFTONE_LOG_LEVEL: 'error',
      ...environment,
      HALFTONE_DATA: dataDir,
      PORT: String(port),
    })
  let client = aClient(url)
  let child = start()
  await answering(url, child)
  return {
    url,
    dataDir,
    get pid() {
      return child.pid ?? 0
    },
    get: (...request) => client.get(...request),
    metric: (name, labels = '') => metricOf(client.get, name, labels),
    close: () => client.close(),
    async end(signal = 'SIGTERM') {
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
      child.kill(signal)
      await ended
      if (signal !== 'SIGKILL') rmSync(dataDir, { recursive: true, force: true })
      await client.close()
      return child.exitCode ?? child.signalCode
    },
    async again() {
      client = aClient(url)
      child = start()
      await answering(url, child)
    },
  }
}

function launch(args: readonly string[], environment: Record<string, string>): ChildProcess {
  const child = spawn(join(root, 'bin/halftone'), [...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/**
 * How many entries a process's cache has on its disk. It writes them behind its answers, so a test that kills it polls
 * this first.
 */
export const entriesOnDisk = ({ dataDir }: Process, cache: string): number =>
  readdirSync(join(dataDir, cache), { recursive: true, encoding: 'utf8' }).filter(isEntry).length

/** `abc/<name>`: a file in its place. What is being written lies elsewhere. */
const isEntry = (path: string): boolean => /^[0-9a-f]{3}\/[0-9a-f]/.test(path)

/** However long it takes: on a busy machine a start has taken half a minute, and the test has a limit of its own. */
async function answering(url: string, child: ChildProcess): Promise<void> {
  const probe = aClient(url)
  try {
    for (;;) {
      const end = child.exitCode ?? child.signalCode
      if (end !== null) throw new Error(`the process ended with ${end}`)
      const status = await probe.get('/healthz').then(
        (answer) => answer.status,
        () => 0,
      )
      if (status === 200) return
      await new Promise((done) => setTimeout(done, 20))
    }
  } finally {
    await probe.close()
  }
}
