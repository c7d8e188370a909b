// The first request for a source freezes: how long those wait who ask for eight sizes of it, over all edges of a cluster.
import sharp from 'sharp'
import { Pool } from 'undici'
import { type Cluster, startCluster, startSite } from '../cluster.ts'
import { median } from '../load.ts'
import type { Report } from '../report.ts'

const hedgeMs = 2000
const frozenMs = 10_000
const rounds = 3
const requests = 300

export async function run(): Promise<Report> {
  const site = await startSite()
  const picture = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#a63' } })
    .png()
    .toBuffer()
  const settings = { HALFTONE_HEDGE: `${hedgeMs}ms` }
  const cluster = await startCluster(site.config, { edges: 3, shields: 2, origins: 3, settings })
  try {
    for (let i = 0; i < 20 + rounds; i++)
      site.pictures.set(`/${i}.png`, Buffer.concat([picture, Buffer.from(String(i))]))
    // Renderers are started, and all is compiled that this takes.
    for (let i = 0; i < 20; i++) await all(cluster, i)
    site.freezeFirst(frozenMs)
    const raw: number[] = []
    for (let i = 0; i < rounds; i++) raw.push(await all(cluster, 20 + i))
    return {
      about: `${requests} requests for 8 sizes of a source whose first request freezes for ${frozenMs / 1000} s; milliseconds to the last answer`,
      rows: { frozen: { last: median(raw), hedgeMs } },
      ratios: { 'last / hedge': median(raw) / hedgeMs },
      raw,
    }
  } finally {
    await cluster.stop()
    site.stop()
  }
}

async function all({ edges }: Cluster, picture: number): Promise<number> {
  const pools = edges.map(({ url }) => new Pool(url, { connections: requests / edges.length }))
  const began = performance.now()
  const statuses = await Promise.all(
    Array.from({ length: requests }, async (_, i) => {
      const path = `/shop/${picture}.png?w=${100 + (i % 8) * 20}`
      const answer = await pools[i % pools.length]?.request({ path, method: 'GET' })
      await answer?.body.arrayBuffer()
      return answer?.statusCode
    }),
  )
  const took = performance.now() - began
  await Promise.all(pools.map((pool) => pool.close()))
  if (statuses.some((status) => status !== 200)) throw new Error(`not all were answered: ${statuses}`)
  return took
}
