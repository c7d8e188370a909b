// What one hop between tiers costs beyond calling the tier: node test/wire/hop.ts
// Prints, per concurrency, the medians of nine interleaved rounds in microseconds per request. Client and server are
// in one process on purpose: the number is the cost of both sides together, not hidden by a second core.
import type { Tier } from '../../tier.ts'
import { createRemoteTier, createUpstreams, listen, serveTier, wholeKey } from '../../wire/index.ts'
import { aSignal } from '../signals.ts'

const body = Buffer.alloc(20_000, 7)
const headers = {
  'content-type': 'image/webp',
  'cache-control': 'public, max-age=31536000',
  etag: '"0123456789abcdef"',
  'cache-status': 'shield; hit; ttl=100',
  vary: 'accept',
}
const direct: Tier = async () => ({ status: 200, headers, body })
const server = await listen({ host: '127.0.0.1', port: 0, listener: serveTier(direct, { secrets: ['one'] }) })
const limits = { connectMs: 1000, answerMs: 5000, connections: 16, secret: 'one' }
const far = createRemoteTier(server.url, limits)
const upstreams = createUpstreams({ ...limits, urls: [server.url], keyOf: wholeKey })

async function microsPerAsk(tier: Tier, concurrency: number, asks: number): Promise<number> {
  let left = asks
  const client = async () => {
    while (left-- > 0) {
      const answer = await tier({
        path: '/photos/a.jpg?w=640',
        headers: {},
        signal: aSignal(),
      })
      if (answer.body.length !== body.length) throw new Error(`answered ${answer.status}`)
    }
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: concurrency }, client))
  return ((performance.now() - start) * 1000) / asks
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

for (const concurrency of [1, 16]) {
  const rounds: Record<string, number[]> = { direct: [], remote: [], upstreams: [] }
  for (let round = 0; round < 10; round++) {
    for (const [name, tier] of Object.entries({ direct, remote: far, upstreams: upstreams.answer })) {
      const micros = await microsPerAsk(tier, concurrency, 3000)
      // The first round warms the compiler and the connections.
      if (round > 0) rounds[name]?.push(micros)
    }
  }
  const columns = Object.entries(rounds).map(([name, values]) => `${name} ${median(values).toFixed(1)} us`)
  console.log(`concurrency ${concurrency}: ${columns.join(', ')}`)
}
await upstreams.close()
await far.close()
await server.close(100)
