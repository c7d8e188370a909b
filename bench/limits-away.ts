// `node bench/limits-away.ts`: how long a request waits for its limit while Redis is killed, frozen, and back again. Two
// nginx with two workers each, the timeout of Redis by default (100 ms).
import { limitsSecret } from '../assembly/limits.ts'
import { nginxMissing, startFront } from '../test/limits/front.ts'
import { targetTable } from '../test/limits/target-table.ts'
import { startRedis } from '../test/servers/redis.ts'
import { keep, print } from './report.ts'

if (nginxMissing) throw new Error(nginxMissing)
const redis = await startRedis()
const rule = { name: 'visitor', per: 'address', of: ['pictures'], rate: 1, burst: 1e6 } as const
const limits = {
  table: { rules: [rule], plans: {} },
  targets: targetTable,
  secret: limitsSecret({ tierSecret: ['the secret of a benchmark'] }),
  name: (part: string) => `{halftone}:${part}`,
  redis: { kind: 'single', nodes: [{ host: '127.0.0.1', port: redis.port }], database: 0, waitMs: 100 },
} as const
const fronts = [await startFront({ limits }), await startFront({ limits })]

/** Milliseconds of every request of so many seconds; what is done to Redis happens after a fifth of them. */
async function waits(seconds: number, act: () => unknown): Promise<number[]> {
  const took: number[] = []
  const until = performance.now() + seconds * 1000
  const timer = setTimeout(act, seconds * 200)
  const client = async (at: number) => {
    while (performance.now() < until) {
      const began = performance.now()
      const answer = await fetch(`${fronts[at % 2]?.url}/cat.jpg`)
      if (answer.status !== 204) throw new Error(`answered ${answer.status}`)
      took.push(performance.now() - began)
      // A busy client would measure itself.
      await new Promise((done) => setTimeout(done, 2))
    }
  }
  await Promise.all([0, 1, 2, 3].map(client))
  clearTimeout(timer)
  return took.sort((a, b) => a - b)
}

const figures = (took: readonly number[]) => ({
  requests: took.length,
  p50: took[Math.floor(took.length * 0.5)] ?? 0,
  p99: took[Math.floor(took.length * 0.99)] ?? 0,
  most: took.at(-1) ?? 0,
})

try {
  await waits(1, () => {})
  const raw = {
    here: await waits(4, () => {}),
    killed: await waits(4, redis.kill),
    back: await waits(4, redis.again),
    frozen: await waits(4, redis.freeze),
    resumed: await waits(4, redis.resume),
  }
  const rows = Object.fromEntries(Object.entries(raw).map(([name, took]) => [name, figures(took)]))
  const report = {
    about: 'a limit in nginx while Redis goes and comes; milliseconds of a request',
    rows,
    ratios: {},
    raw: rows,
  }
  print('limits-away', report)
  keep('limits-away', report)
} finally {
  redis.resume()
  for (const front of fronts) await front.stop()
  await redis.stop()
}
