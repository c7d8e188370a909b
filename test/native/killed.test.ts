// What was acknowledged survives the process that did it: uploads, and the webhooks of promises.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aProcess, type Process } from '../journeys/processes.ts'
import { jpeg } from '../pictures.ts'
import { anElsewhere, authorizationFor, type Elsewhere } from './server.ts'

let node: Process
let elsewhere: Elsewhere
let authorization: string
let picture: Buffer

beforeAll(async () => {
  picture = await jpeg()
  elsewhere = await anElsewhere(picture)
  node = await aProcess({
    environment: { HALFTONE_ALLOW_ADDRESSES: '127.0.0.1/32', HALFTONE_OPTIMISE_BUDGET: '1s' },
  })
  authorization = await authorizationFor(node)
})
afterAll(async () => {
  await node?.end()
  elsewhere?.stop()
})

/** The id, where it was acknowledged before the process died. */
async function send(path: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${node.url}${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'image/jpeg' },
      body: new Uint8Array(picture),
    })
    return ((await response.json()) as { id: string }).id
  } catch {
    return undefined
  }
}

/** What the dead process worked upon comes back when its lease ends, which nobody here waits for. */
function endLeases(): void {
  const database = new DatabaseSync(join(node.dataDir, 'records.db'), { timeout: 5000 })
  database.prepare("update jobs set due = 0 where state = 'running'").run()
  database.close()
}

const rounds = Number(process.env.KILL_ROUNDS ?? 2)

const told = (): Set<string> => new Set(elsewhere.webhooks.map(({ body }) => JSON.parse(body).id))

test(
  'kill -9 at any moment loses no promise and no upload that was answered',
  async () => {
    const promises: string[] = []
    const uploads: string[] = []
    for (let round = 0; round < rounds; round++) {
      let hasEnded = false
      const senders = Array.from({ length: 4 }, async (_, i) => {
        const path = i % 2 === 0 ? '/v1/files' : `/v1/optimize?callback_url=${elsewhere.url}/done`
        while (!hasEnded) {
          const id = await send(path)
          if (id !== undefined) (i % 2 === 0 ? uploads : promises).push(id)
        }
      })
      const wanted = promises.length + 3
      await expect.poll(() => promises.length).toBeGreaterThanOrEqual(wanted)
      await setTimeout(Math.random() * 200) // at any moment
      await node.end('SIGKILL')
      hasEnded = true
      await Promise.all(senders)
      endLeases()
      await node.again()
    }
    await expect
      .poll(() => promises.filter((id) => !told().has(id)), { timeout: 120_000 + rounds * 5000 })
      .toEqual([])
    for (const id of uploads) {
      const response = await fetch(`${node.url}/v1/files/${id}/content`, { headers: { authorization } })
      expect(Buffer.from(await response.arrayBuffer())).toEqual(picture)
    }
    console.info(
      `${promises.length} promises kept, ${uploads.length} uploads there, ${rounds} processes killed`,
    )
  },
  300_000 + rounds * 20_000,
)
