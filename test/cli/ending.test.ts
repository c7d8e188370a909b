// How a server ends: by a signal through npm, and when nobody reads its log any more.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../servers/ports.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Started, and its first line of the log read. */
async function aServer(command: string, args: readonly string[]) {
  const data = mkdtempSync(join(tmpdir(), 'halftone-ending-'))
  const port = await freePort()
  const env = { ...process.env, PORT: String(port), HALFTONE_DATA: data, HALFTONE_SAMPLES: 'false' }
  const child = spawn(command, [...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(data, { recursive: true, force: true })
  })
  await listening(child)
  return { child, ended, url: `http://127.0.0.1:${port}` }
}

async function listening({ stdout }: ChildProcess): Promise<void> {
  let text = ''
  for await (const chunk of stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    text += chunk
    if (text.includes('"listening"')) return
  }
}

const isAnswering = (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`).then(
    () => true,
    () => false,
  )

test.each(['SIGTERM', 'SIGINT'] as const)('%s to `npm start` ends the server too', async (signal) => {
  const { child, ended, url } = await aServer('npm', ['start'])
  expect(await isAnswering(url)).toBe(true)
  child.stdout?.resume()
  child.kill(signal)
  await ended
  await expect.poll(() => isAnswering(url)).toBe(false)
})

test('a server whose log nobody reads any more finishes its requests and ends', async () => {
  const { child, ended, url } = await aServer('bin/halftone', ['--role', 'edge,shield,origin'])
  child.stdout?.destroy()
  expect((await fetch(`${url}/nowhere/a.jpg`)).status).toBe(404)
  expect(await ended).toEqual([0, null])
})
