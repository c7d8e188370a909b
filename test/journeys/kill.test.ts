// Processes that end, by will or by force: a drain fails nobody, a kill leaves no torn picture.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answered, aClient, aSource, type SourceServer, times } from './cdn.ts'
import { aProcess } from './processes.ts'

let folder: string
let source: SourceServer
let environment: Record<string, string>

beforeAll(async () => {
  const photo = await sharp({
    create: {
      width: 900,
      height: 600,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 30 },
    },
  })
    .jpeg()
    .toBuffer()
  source = await aSource({ '/photo.jpg': photo })
  source.cacheControl = 'public, max-age=3600'
  folder = await mkdtemp(join(tmpdir(), 'halftone-config-'))
  const file = join(folder, 'halftone.config.ts')
  writeFileSync(
    file,
    `export default ${JSON.stringify({ sources: { shop: { site: `${source.url}/`, allowAddresses: ['127.0.0.1/32'] } } })}\n`,
  )
  environment = { HALFTONE_CONFIG: file }
})

afterAll(async () => {
  await source.stop()
  await rm(folder, { recursive: true, force: true })
})

/** The ETag is the digest of the body: a torn picture cannot have its own. */
const isWhole = ({ body, headers }: Answered): boolean =>
  headers.etag === `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` &&
  Number(headers['content-length']) === body.length

test('SIGTERM under load: every request that was sent is answered', async () => {
  const cdn = await aProcess({ environment })
  await cdn.get('/shop/photo.jpg?w=300')
  const outcomes: string[] = []
  const clients = times(8, async (client) => {
    // One connection, and its own: a new one that comes while the server closes its door would be cut off.
    const { get, close } = aClient(cdn.url, { connections: 1 })
    for (let i = 0; ; i++) {
      const outcome = await get(`/shop/photo.jpg?w=${client % 2 ? 300 : 310 + client * 40 + (i % 40)}`).then(
        // Whoever is told that this was the last answer on its connection goes elsewhere.
        ({ status, headers }) => (headers.connection === 'close' ? `${status}, the last` : String(status)),
        (error: NodeJS.ErrnoException) => String(error.code ?? error),
      )
      outcomes.push(outcome)
      if (outcome !== '200') return close()
    }
  })
  await expect.poll(() => outcomes.length).toBeGreaterThan(50)
  expect(await cdn.end('SIGTERM')).toBe(0)
  await Promise.all(clients)
  expect(new Set(outcomes)).toEqual(new Set(['200', '200, the last']))
})

const rounds = Number(process.env.KILL_ROUNDS ?? 12)

test(`kill -9 of the shield while it writes, ${rounds} times: no torn picture is ever served`, async () => {
  const origin = await aProcess({ args: ['--role', 'origin'], environment })
  const shield = await aProcess({ args: ['--role', 'shield'], environment: { HALFTONE_ORIGINS: origin.url } })
  const paths = times(30, (i) => `/shop/photo.jpg?fm=webp&w=${200 + i}&rev=3`)
  let served = 0
  let hits = 0
  for (let round = 0; round < rounds; round++) {
    const asked = paths.map((path) => shield.get(path).catch(() => undefined))
    // At a different moment each time: from before the first answer to after the last write.
    await Promise.race([Promise.all(asked), new Promise((done) => setTimeout(done, 2 + (round % 12) * 6))])
    await shield.end('SIGKILL')
    await shield.again()
    const answers = (
      await Promise.all([...asked, ...paths.slice(0, 10).map((path) => shield.get(path))])
    ).filter((answer) => answer !== undefined)
    expect(answers.filter((answer) => answer.status === 200 && !isWhole(answer))).toEqual([])
    served += answers.length
    hits += answers.filter(({ tiers }) =>
      tiers.some((tier) => tier.startsWith('halftone-shield; hit')),
    ).length
  }
  // The proof is empty unless the shield did read back what it wrote before it was killed.
  expect([served > rounds * 10, hits > rounds]).toEqual([true, true])
  await shield.end()
  await origin.end()
}, 600_000)
