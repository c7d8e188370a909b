// What a new picture costs in a cluster of three nodes, against one node: CPU of all processes together, Redis among them.
import sharp from 'sharp'
import { Pool } from 'undici'
import { type Cluster, startCluster, startSite } from '../cluster.ts'
import { interleave, median } from '../load.ts'
import type { Report } from '../report.ts'

const sources = 6
const rounds = 6
/** Of every source in every round. */
const sizes = 5
const atOnce = 3

/** A node: an edge, a shield and an origin, each in a process of its own. */
const nodes = (count: number) => ({ edges: count, shields: count, origins: count })

export async function run(): Promise<Report> {
  const site = await startSite()
  const photo = await noisy()
  const clusters = {
    'one node': await startCluster(site.config, nodes(1)),
    'three nodes': await startCluster(site.config, nodes(3)),
  }
  try {
    for (let i = 0; i < sources * (rounds + 1); i++)
      site.pictures.set(`/${i}.jpg`, Buffer.concat([photo, Buffer.from(`picture ${i}`)]))
    const done = { 'one node': 0, 'three nodes': 0 }
    const next = (name: keyof typeof clusters) => () => coldPictures(clusters[name], done[name]++)
    const contenders = { 'one node': next('one node'), 'three nodes': next('three nodes') }
    // Each renderer is started by its first picture.
    for (const warm of Object.values(contenders)) await warm()
    const raw = await interleave(rounds, contenders)
    const of = (name: keyof typeof raw) => median(raw[name])
    const pairs = raw['three nodes'].map((ms, round) => ms / (raw['one node'][round] ?? Number.NaN))
    return {
      about: `${sources * sizes * rounds} new pictures of ${sources * rounds} sources; milliseconds of CPU for one`,
      rows: { 'one node': { cpuMs: of('one node') }, 'three nodes': { cpuMs: of('three nodes') } },
      ratios: { 'CPU three nodes / one node': median(pairs) },
      raw,
    }
  } finally {
    await Promise.all(Object.values(clusters).map((cluster) => cluster.stop()))
    site.stop()
  }
}

/** Milliseconds of CPU for one; edges in turn, as behind a balancer that knows nothing of pictures. */
async function coldPictures(cluster: Cluster, round: number): Promise<number> {
  const paths = Array.from(
    { length: sources * sizes },
    (_, i) => `/shop/${round * sources + (i % sources)}.jpg?fm=webp&w=${400 + Math.floor(i / sources) * 90}`,
  )
  const pools = cluster.edges.map(({ url }) => new Pool(url, { connections: atOnce }))
  const before = cluster.cpuSeconds()
  let turn = 0
  const client = async () => {
    for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
      const answer = await pools[turn++ % pools.length]?.request({ path, method: 'GET' })
      await answer?.body.arrayBuffer()
      if (answer?.statusCode !== 200) throw new Error(`${answer?.statusCode} for ${path}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, client))
  await Promise.all(pools.map((pool) => pool.close()))
  return ((cluster.cpuSeconds() - before) * 1000) / (sources * sizes)
}

/** 6 megapixels that no decoder finds easy. */
const noisy = (): Promise<Buffer> =>
  sharp({
    create: {
      width: 3000,
      height: 2000,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 12 },
    },
  })
    .jpeg({ quality: 85 })
    .toBuffer()
