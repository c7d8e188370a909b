// One hop between tiers: a tier asked over HTTP in another process, beyond asking it as a function.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Tier } from '../../tier.ts'
import { createRemoteTier } from '../../wire/remote-tier.ts'
import { answerFromMemory } from '../hop-server.ts'
import { median } from '../load.ts'
import type { Report } from '../report.ts'

const asks = 5000

export async function run(): Promise<Report> {
  const { child, url } = await startServer()
  const far = createRemoteTier(url, { connectMs: 2000, answerMs: 5000, connections: 64 })
  try {
    for (const atOnce of [1, 16]) await perAsk(far, atOnce)
    const raw: Record<string, number[]> = {
      'function, 16 at once': [],
      'HTTP, 1 at once': [],
      'HTTP, 16 at once': [],
    }
    for (let round = 0; round < 7; round++) {
      raw['function, 16 at once']?.push(await perAsk(answerFromMemory, 16))
      raw['HTTP, 1 at once']?.push(await perAsk(far, 1))
      raw['HTTP, 16 at once']?.push(await perAsk(far, 16))
    }
    const rows = Object.fromEntries(
      Object.entries(raw).map(([name, values]) => [name, { microseconds: median(values) }]),
    )
    const hop =
      (rows['HTTP, 16 at once']?.microseconds ?? 0) - (rows['function, 16 at once']?.microseconds ?? 0)
    return {
      about: 'a 20 kB answer from a tier; microseconds an ask, wall clock',
      rows,
      ratios: { 'microseconds of one hop, 16 at once': hop },
      raw,
    }
  } finally {
    await far.close()
    child.kill()
  }
}

async function startServer(): Promise<{ child: ChildProcess; url: string }> {
  const file = fileURLToPath(new URL('../hop-server.ts', import.meta.url))
  const child = spawn(process.execPath, [file, 'listen'], { stdio: ['ignore', 'pipe', 'inherit'] })
  if (!child.stdout) throw new Error('no output')
  const [url] = await once(createInterface({ input: child.stdout }), 'line')
  return { child, url }
}

/** Wall microseconds an ask, with `atOnce` running at any moment. */
async function perAsk(tier: Tier, atOnce: number): Promise<number> {
  const { signal } = new AbortController()
  let left = asks
  const startedAt = performance.now()
  const client = async () => {
    while (left-- > 0) {
      const { status } = await tier({ path: '/samples/a.jpg?w=1', headers: {}, signal })
      if (status !== 200) throw new Error(`status ${status}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, client))
  return ((performance.now() - startedAt) / asks) * 1000
}
