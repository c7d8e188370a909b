// From the order of a purge to its receipt, in a cluster of two nginx, three edges, two shields and three origins.
import sharp from 'sharp'
import { type Cluster, startCluster, startSite } from '../cluster.ts'
import type { Report } from '../report.ts'

const purges = 100
const kept = 20

export async function run(): Promise<Report> {
  const site = await startSite()
  const picture = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#a63' } })
    .png()
    .toBuffer()
  for (let i = 0; i < kept; i++) site.pictures.set(`/${i}.png`, picture)
  const cluster = await startCluster(site.config, {
    edges: 3,
    shields: 2,
    origins: 3,
    fronts: 2,
    hasApi: true,
  })
  try {
    const alone = await receipts(cluster)
    const load = startLoad(cluster)
    const loaded = await receipts(cluster)
    const asked = await load.stop()
    return {
      about: `${purges} purges of a picture, one after the other; milliseconds until all had acknowledged`,
      rows: {
        alone: { p50: quantile(alone, 0.5), p95: quantile(alone, 0.95) },
        'under a load': { p50: quantile(loaded, 0.5), p95: quantile(loaded, 0.95), requests: asked },
      },
      ratios: {},
      raw: { alone, loaded },
    }
  } finally {
    await cluster.stop()
    site.stop()
  }
}

async function receipts({ api, token }: Cluster): Promise<number[]> {
  const took: number[] = []
  for (let i = 0; i < purges; i++) {
    const began = performance.now()
    const answer = await fetch(`${api?.url}/v1/purge`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ pictures: [`/shop/${i % kept}.png`] }),
    })
    const { complete } = (await answer.json()) as { complete?: boolean }
    took.push(performance.now() - began)
    if (answer.status !== 200 || !complete) throw new Error(`a purge was answered ${answer.status}`)
  }
  return took
}

/** Four clients that ask both nginx for what is purged meanwhile. */
function startLoad({ fronts }: Cluster) {
  let isOver = false
  let asked = 0
  const client = async (first: number) => {
    for (let i = first; !isOver; i++) {
      const { status } = (await fronts[i % fronts.length]?.get(`/shop/${i % kept}.png?w=40`)) ?? {}
      if (status !== 200) throw new Error(`the load was answered ${status}`)
      asked++
    }
  }
  const clients = Promise.all([0, 1, 2, 3].map(client))
  return {
    async stop() {
      isOver = true
      await clients
      return asked
    },
  }
}

const quantile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ??
  Number.NaN
