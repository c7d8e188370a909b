// The secret between our own tiers: what a wrong one looks like to visitors and operators, and how it is changed while all run.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { aNode, type Line, type Node, type NodeOptions } from './cdn.ts'

const [older, newer] = ['the older secret', 'the newer secret']
const folder = mkdtempSync(join(tmpdir(), 'halftone-secret-'))
const sources = { shop: { folder } }
const nodes: Node[] = []

beforeAll(async () => {
  const photo = sharp({ create: { width: 64, height: 48, channels: 3, background: '#852' } })
  writeFileSync(join(folder, 'a.png'), await photo.png().toBuffer())
})
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function node(options: NodeOptions): Promise<Node> {
  const made = await aNode({ sources, ...options })
  nodes.push(made)
  return made
}

interface Secrets {
  readonly edge?: string
  readonly shield?: string
  readonly origin?: string
}

async function tiers(secrets: Secrets) {
  const lines = { edge: [] as Line[], shield: [] as Line[], origin: [] as Line[] }
  const tier = (role: keyof Secrets, options: NodeOptions = {}) =>
    node({ roles: [role], lines: lines[role], tierSecret: secrets[role], ...options })
  const origin = await tier('origin')
  const shield = await tier('shield', { origins: [origin.url] })
  const edge = await tier('edge', { shields: [shield.url] })
  return { edge, shield, origin, lines }
}

const errors = (lines: readonly Line[]): unknown[] =>
  lines.filter(({ level }) => level === 50).map(({ msg }) => msg)

test.each<[string, Secrets]>([
  ['is missing at the edge', { shield: newer, origin: newer }],
  ['is wrong at the edge', { edge: older, shield: newer, origin: newer }],
])('a secret that %s is a fault of ours', async (_, secrets) => {
  const { edge, lines } = await tiers(secrets)
  const { status, body, headers } = await edge.get('/shop/a.png?w=9')
  expect([status, headers['content-type']]).toEqual([502, 'application/problem+json'])
  expect(JSON.parse(body.toString())).toMatchObject({ type: 'urn:halftone:problem:tier-refused' })
  const ready = await edge.get('/readyz')
  expect([ready.status, ready.body.toString()]).toEqual([
    503,
    expect.stringContaining('HALFTONE_TIER_SECRET'),
  ])
  expect(errors(lines.edge)).toContain('upstream refuses our tier secret')
  expect(lines.shield).toContainEqual(
    expect.objectContaining({ level: 50, setting: 'HALFTONE_TIER_SECRET', address: '127.0.0.1' }),
  )
  expect(JSON.stringify(lines)).not.toMatch(/older secret|newer secret/)
})

test('between shield and origin it is told in the same words', async () => {
  const { edge, shield, lines } = await tiers({ edge: newer, shield: newer, origin: older })
  const { status, body } = await edge.get('/shop/a.png?w=9')
  expect([status, JSON.parse(body.toString()).type]).toEqual([502, 'urn:halftone:problem:tier-refused'])
  expect((await shield.get('/readyz')).status).toBe(503)
  expect(errors(lines.shield)).toContain('upstream refuses our tier secret')
})

test('many requests without the secret are one line of the log a minute', async () => {
  const { edge, lines } = await tiers({ shield: newer, origin: newer })
  for (let width = 1; width < 20; width++) await edge.get(`/shop/a.png?w=${width}`)
  expect(errors(lines.shield)).toHaveLength(1)
})

const both = [`${older},${newer}`, `${newer},${older}`] as const
test('it is changed in three steps, and any two neighbours may be a step apart', async () => {
  const steps = [older, both[0], both[1], newer]
  for (let step = 1; step < steps.length; step++) {
    for (const [edge, shield] of [
      [steps[step], steps[step - 1]],
      [steps[step - 1], steps[step]],
    ] as [string, string][]) {
      const { edge: asked } = await tiers({ edge, shield, origin: shield })
      expect((await asked.get('/shop/a.png?w=9')).status).toBe(200)
    }
  }
})

test('a stranger at the port of a shield is refused, and may ask whether it lives', async () => {
  const { shield } = await tiers({ edge: newer, shield: newer, origin: newer })
  expect((await shield.get('/shop/a.png?w=9')).status).toBe(403)
  expect((await shield.get('/healthz')).status).toBe(200)
  expect((await shield.get('/healthz', { 'halftone-secret': older })).status).toBe(403)
})
