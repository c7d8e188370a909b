// A tier that hangs: its process is stopped, so that connections are accepted and nothing is answered.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { times } from './cdn.ts'
import { aProcess, type Process } from './processes.ts'

const folder = mkdtempSync(join(tmpdir(), 'halftone-hung-'))
/** Many, so that both origins have some. */
const names = times(24, (i) => `${i}.png`)
let origins: Process[]
let shields: Process[]
let edge: Process

beforeAll(async () => {
  const photo = sharp({ create: { width: 64, height: 48, channels: 3, background: '#852' } }).png()
  for (const name of names) writeFileSync(join(folder, name), await photo.toBuffer())
  const config = join(folder, 'halftone.config.ts')
  writeFileSync(config, `export default ${JSON.stringify({ sources: { shop: { folder } } })}\n`)
  const tier = (role: string, environment: Record<string, string> = {}) =>
    aProcess({ args: ['--role', role], environment: { HALFTONE_CONFIG: config, ...environment } })
  const urls = (processes: Process[]) => processes.map(({ url }) => url).join(',')
  origins = await Promise.all(times(2, () => tier('origin')))
  const behind = { HALFTONE_ORIGINS: urls(origins) }
  shields = await Promise.all(times(2, () => tier('shield', behind)))
  edge = await tier('edge', { HALFTONE_SHIELDS: urls(shields) })
})

afterAll(async () => {
  const all = [edge, ...(shields ?? []), ...(origins ?? [])].filter(Boolean)
  for (const process of all) signal(process, 'SIGCONT')
  await Promise.all(all.map((process) => process.end()))
  rmSync(folder, { recursive: true, force: true })
})

const signal = ({ pid }: Process, name: NodeJS.Signals): boolean => process.kill(pid, name)

let width = 0
/** Pictures that nobody has asked for before, so that nothing is answered from the edge's own memory. */
async function statuses(): Promise<number[]> {
  width++
  const answers = await Promise.all(names.map((name) => edge.get(`/shop/${name}?w=${width}&fit=crop&h=9`)))
  return answers.map(({ status }) => status)
}
const allWell = names.map(() => 200)

const asks = (process: Process, tier: string): Promise<number> =>
  process.metric('halftone_requests_total', `tier="${tier}"`)

test.each([
  ['shield', () => shields],
  ['origin', () => origins],
] as const)(
  'of two %ss one hangs: no request fails, and it is asked again once a check succeeds',
  async (tier, nodes) => {
    const [hung] = nodes() as [Process]
    expect(await statuses()).toEqual(allWell)
    signal(hung, 'SIGSTOP')
    for (let round = 0; round < 10; round++) expect(await statuses()).toEqual(allWell)
    signal(hung, 'SIGCONT')
    const before = await asks(hung, tier)
    await expect
      .poll(
        async () => {
          expect(await statuses()).toEqual(allWell)
          return asks(hung, tier)
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(before + names.length)
  },
)
