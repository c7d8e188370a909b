// Every process in turn is ended and started again, as docs/deploying.md says, under a load of kept and of new pictures,
// behind a balancer that never sends a request twice.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aBalancer, type Balancer } from './balancer.ts'
import { aProcess, type Process } from './processes.ts'

const environment = {
  HALFTONE_SAMPLES: 'true',
  HALFTONE_LAME_DUCK: '2s',
  HALFTONE_TIER_SECRET: 'known to all processes of this test',
}
let origins: readonly Process[]
let shields: readonly Process[]
let edges: readonly Process[]
let balancer: Balancer<Process>

const two = (role: string, more: Record<string, string> = {}) =>
  Promise.all(
    [1, 2].map(() => aProcess({ args: ['--role', role], environment: { ...environment, ...more } })),
  )
const urls = (processes: readonly Process[]) => processes.map(({ url }) => url).join()

beforeAll(async () => {
  origins = await two('origin')
  shields = await two('shield', { HALFTONE_ORIGINS: urls(origins) })
  edges = await two('edge', { HALFTONE_SHIELDS: urls(shields) })
  balancer = aBalancer(edges)
})
afterAll(async () => {
  await balancer?.stop()
  for (const each of [...edges, ...shields, ...origins]) await each.end('SIGKILL')
})

test('a rolling restart of every process fails no request', async () => {
  const answers: (number | string)[] = []
  let width = 40
  let isOver = false
  const load = async (next: () => number) => {
    while (!isOver) answers.push(await balancer.get(`/samples/landscape.jpg?fm=jpg&w=${next()}`))
  }
  const running = [load(() => 40), load(() => 41), load(() => width++)]
  const again = async (each: Process) => {
    expect(await each.end('SIGTERM')).toBe(0)
    await each.again()
    await expect.poll(async () => (await each.get('/readyz')).status).toBe(200)
    // It takes part again before the next one goes.
    if (edges.includes(each)) await expect.poll(() => balancer.ready.has(each)).toBe(true)
  }
  // One of each role at a time.
  for (const turn of [0, 1]) {
    await Promise.all([origins, shields, edges].flatMap((role) => role[turn] ?? []).map(again))
    const before = answers.length
    await expect.poll(() => answers.length).toBeGreaterThan(before + 20)
  }
  isOver = true
  await Promise.all(running)
  expect(answers.filter((answer) => answer !== 200)).toEqual([])
  expect(width).toBeGreaterThan(60)
})
