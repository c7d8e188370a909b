// A shield is added: it asks the one that had its pictures until now, and nothing is made again.
import { afterAll, expect, test } from 'vitest'
import { jpeg } from '../pictures.ts'
import { freePorts } from '../servers/ports.ts'
import { aNode, aSource, type Node, siteOf, times } from './cdn.ts'

const nodes: Node[] = []
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
})

test('after a shield was added no picture is rendered twice', async () => {
  const source = await aSource({ '/cat.jpg': await jpeg() })
  source.cacheControl = 'max-age=3600'
  const shared = { tierSecret: 'a-secret-between-tiers', sources: { shop: siteOf(source) } }
  const start = async (more: Parameters<typeof aNode>[0]): Promise<Node> => {
    const node = await aNode({ ...shared, ...more })
    nodes.push(node)
    return node
  }
  const ports = await freePorts(2)
  const urls = ports.map((port) => `http://127.0.0.1:${port}`)
  const origin = await start({ roles: ['origin'] })
  const shield = (port: number | undefined) =>
    start({ roles: ['shield'], port: port ?? 0, origins: [origin.url], shields: urls })
  const paths = times(12, (i) => `/shop/cat.jpg?w=${20 + i}&fm=jpg`)
  const askAll = async (edge: Node) =>
    (await Promise.all(paths.map((path) => edge.get(path)))).map(({ status }) => status)

  await shield(ports[0])
  const before = await start({ roles: ['edge'], shields: urls.slice(0, 1) })
  expect(await askAll(before)).toEqual(times(12, () => 200))
  expect(await origin.metric('halftone_render_seconds_count')).toBe(12)

  const added = await shield(ports[1])
  const after = await start({ roles: ['edge'], shields: urls })
  expect(await askAll(after)).toEqual(times(12, () => 200))
  expect(await origin.metric('halftone_requests_total', '{tier="origin",outcome="hit"}').catch(() => 0)).toBe(
    0,
  )
  expect(await origin.metric('halftone_render_seconds_count')).toBe(12)
  expect(
    await added.metric('halftone_requests_total', '{tier="shield",outcome="neighbour-hit"}'),
  ).toBeGreaterThan(0)
})
