// Clients that others wrote or generate, each once against a running server:
//
//   node test/clients/run.ts [typescript] [python] [go] [pyuploadcare]
//
// The packages come from their registries into a temporary folder; what a machine has no tool for is skipped and said.
// Exit code 1 when one of them fails.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../servers/ports.ts'
import { go } from './go.ts'
import { python, pyuploadcare } from './python.ts'
import type { Client, Place } from './tools.ts'
import { typescript } from './typescript.ts'

const clients: Readonly<Record<string, Client>> = { typescript, python, go, pyuploadcare }
const root = fileURLToPath(new URL('../..', import.meta.url))
const binary = join(root, 'bin/halftone')

async function served<T>(work: (place: Omit<Place, 'dir'>) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'halftone-clients-data-'))
  const port = await freePort()
  const env = { ...process.env, HALFTONE_DATA: dataDir, HALFTONE_LOG_LEVEL: 'error', PORT: String(port) }
  const server = spawn(binary, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    const url = `http://127.0.0.1:${port}`
    while (!(await fetch(`${url}/healthz`).catch(() => undefined))?.ok) await pause(100)
    const asked = ['keys', 'add', '--project', 'shop', '--user', 'ann', '--json']
    const { id, secret } = JSON.parse(execFileSync(binary, asked, { env, encoding: 'utf8' }))
    return await work({ url, id, secret })
  } finally {
    server.kill()
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 })
  }
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(clients)
await served(async (place) => {
  for (const name of wanted) {
    const client = clients[name]
    if (!client) throw new Error(`There is no client '${name}': ${Object.keys(clients).join(', ')}.`)
    const dir = mkdtempSync(join(tmpdir(), 'halftone-clients-'))
    try {
      console.info(`${name}: ${(await client({ ...place, dir })) ?? 'works'}`)
    } catch (error) {
      console.error(`${name}: failed\n${(error as { stderr?: string }).stderr || error}`)
      process.exitCode = 1
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  }
})
