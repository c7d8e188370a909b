// What a new picture costs in a cluster of three nodes, against one node: CPU of all processes together, Redis among them.
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { Pool } from 'undici'
import { type Cluster, startCluster, startSite } from '../cluster.ts'
import { interleave, median } from '../load.ts'
import type { Report } from '../report.ts'

const sources = 6
const rounds = 6
/** Of their processes most is compiled after so many; three nodes have three times as many to warm. */
const warmRounds = { 'one node': 2, 'three nodes': 6 } as const
/** Of every source in every round. */
const sizes = 5
const atOnce = 3

/** A node: an edge, a shield and an origin, each in a process of its own. */
const nodes = (count: number) => ({ edges: count, shields: count, origins: count })

export async function run(): Promise<Report> {
  const site = await startSite()
  const photo = await landscape()
  const clusters = {
    'one node': await startCluster(site.config, nodes(1)),
    'three nodes': await startCluster(site.config, nodes(3)),
  }
  try {
    for (let i = 0; i < sources * (rounds + warmRounds['three nodes']); i++)
      site.pictures.set(`/${i}.jpg`, Buffer.concat([photo, Buffer.from(`picture ${i}`)]))
    const done = { 'one node': 0, 'three nodes': 0 }
    const next = (name: keyof typeof clusters) => () => coldPictures(clusters[name], done[name]++)
    const contenders = { 'one node': next('one node'), 'three nodes': next('three nodes') }
    for (const name of ['one node', 'three nodes'] as const)
      for (let round = 0; round < warmRounds[name]; round++) await contenders[name]()
    const raw = await interleave(rounds, contenders)
    const backgroundOf = {
      'one node': await backgroundMs(clusters['one node']),
      'three nodes': await backgroundMs(clusters['three nodes']),
    }
    const row = (name: keyof typeof raw) => {
      const background = backgroundOf[name]
      const own = raw[name].map(({ cpuMs, seconds }) => (cpuMs - background * seconds) / (sources * sizes))
      return { cpuMs: median(own), backgroundMsPerSecond: background }
    }
    const rows = { 'one node': row('one node'), 'three nodes': row('three nodes') }
    return {
      about: `${sources * sizes * rounds} new pictures of ${sources * rounds} JPEGs of 12 MP; milliseconds of CPU for one, beside what the idle processes take`,
      rows,
      ratios: { 'CPU three nodes / one node': rows['three nodes'].cpuMs / rows['one node'].cpuMs },
      raw,
    }
  } finally {
    await Promise.all(Object.values(clusters).map((cluster) => cluster.stop()))
    site.stop()
  }
}

interface Round {
  readonly cpuMs: number
  readonly seconds: number
}

/** Edges are asked in turn, as by a balancer that knows nothing of pictures. */
async function coldPictures(cluster: Cluster, round: number): Promise<Round> {
  const paths = Array.from(
    { length: sources * sizes },
    (_, i) => `/shop/${round * sources + (i % sources)}.jpg?fm=webp&w=${400 + Math.floor(i / sources) * 90}`,
  )
  const pools = cluster.edges.map(({ url }) => new Pool(url, { connections: atOnce }))
  const before = cluster.cpuSeconds()
  const began = performance.now()
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
  return { cpuMs: (cluster.cpuSeconds() - before) * 1000, seconds: (performance.now() - began) / 1000 }
}

/** What the processes take for looking after each other while nobody asks: milliseconds of CPU a second. */
async function backgroundMs(cluster: Cluster): Promise<number> {
  const before = cluster.cpuSeconds()
  const began = performance.now()
  await pause(10_000)
  return ((cluster.cpuSeconds() - before) * 1e6) / (performance.now() - began)
}

/** As that of the scenario `cold-render`: 12 megapixels of a landscape. */
const landscape = (): Promise<Buffer> =>
  sharp(fileURLToPath(new URL('../../samples/pictures/landscape.jpg', import.meta.url)))
    .resize(4243, 2828, { fit: 'fill' })
    .jpeg({ quality: 90 })
    .toBuffer()
