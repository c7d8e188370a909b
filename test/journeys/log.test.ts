// What an operator finds in the log about an answer that failed: its reason, its address, and one name in all tiers.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { freePort } from '../servers/ports.ts'
import { aNode, aSource, type Line, type Node, type NodeOptions, type SourceServer, siteOf } from './cdn.ts'

const folder = mkdtempSync(join(tmpdir(), 'halftone-log-'))
let source: SourceServer
const nodes: Node[] = []

beforeAll(async () => {
  source = await aSource({})
  writeFileSync(join(folder, 'broken.jpg'), Buffer.from('ffd8ffe000104a46494600010100', 'hex'))
  writeFileSync(join(folder, 'words.txt'), 'no picture')
})
afterEach(async () => {
  source.respond = undefined
  await Promise.all(nodes.splice(0).map((node) => node.stop()))
})
afterAll(async () => {
  await source.stop()
  rmSync(folder, { recursive: true, force: true })
})

const sources = async () => ({
  shop: siteOf(source),
  local: { folder },
  gone: { site: `http://127.0.0.1:${await freePort()}/`, allowAddresses: ['127.0.0.1/32'] },
})

async function node(options: NodeOptions): Promise<Node> {
  const made = await aNode({ sources: await sources(), ...options })
  nodes.push(made)
  return made
}

const failed = (lines: readonly Line[]) => lines.filter(({ msg }) => msg === 'request failed')

test.each<[string, string, number, object]>([
  [
    'a server that is not there',
    '/gone/a.jpg?w=9',
    50,
    { status: 502, failure: 'source-failed', reason: expect.stringMatching(/ECONNREFUSED/) },
  ],
  [
    'a server that fails',
    '/shop/fails.jpg?w=9',
    50,
    { status: 502, failure: 'source-failed', detail: expect.stringContaining('503') },
  ],
  ['a picture that is not there', '/shop/missing.jpg?w=9', 40, { status: 404, failure: 'source-missing' }],
  ['a file that is damaged', '/local/broken.jpg?w=9', 40, { failure: expect.stringMatching(/^source-/) }],
  ['a file that is no picture', '/local/words.txt?w=9', 40, { status: 415, failure: 'source-unsupported' }],
  ['a wrong option', '/local/broken.jpg?w=wide', 30, { status: 400, failure: 'bad-option' }],
])('%s: one line with its reason', async (_, path, level, expected) => {
  source.respond = (request, response) =>
    void response.writeHead(request.url === '/fails.jpg' ? 503 : 404).end()
  const lines: Line[] = []
  const cdn = await node({ lines })
  const { headers } = await cdn.get(`${path}&s=a-signature`)
  expect(failed(lines)).toEqual([
    expect.objectContaining({ level, requestId: headers['request-id'], url: `${path}&s=…`, ...expected }),
  ])
  expect(headers['halftone-reason']).toBeUndefined()
  expect(JSON.stringify(lines)).not.toContain('a-signature')
})

test('also where a fallback picture takes its place', async () => {
  const lines: Line[] = []
  const cdn = await node({ lines, samples: true, fallback: '/samples/missing.png' })
  const { status, headers } = await cdn.get('/gone/a.jpg?w=9')
  expect([status, headers['content-type']]).toEqual([502, 'image/png'])
  expect(failed(lines)).toEqual([
    expect.objectContaining({ failure: 'source-failed', reason: expect.stringMatching(/ECONNREFUSED/) }),
  ])
})

test('through three tiers one name, the one that a client gave', async () => {
  const lines = { edge: [] as Line[], shield: [] as Line[], origin: [] as Line[] }
  const origin = await node({ roles: ['origin'], lines: lines.origin })
  const shield = await node({ roles: ['shield'], lines: lines.shield, origins: [origin.url] })
  const edge = await node({ roles: ['edge'], lines: lines.edge, shields: [shield.url] })
  const { headers } = await edge.get('/gone/a.jpg?w=9', { 'request-id': 'the-name' })
  expect(headers['request-id']).toBe('the-name')
  for (const tier of Object.values(lines))
    expect(failed(tier)).toEqual([
      expect.objectContaining({
        requestId: 'the-name',
        status: 502,
        failure: 'source-failed',
        reason: expect.stringMatching(/ECONNREFUSED/),
        url: expect.stringContaining('/gone/a.jpg'),
      }),
    ])
})

test('a tier that is not there is named with the reason', async () => {
  const lines: Line[] = []
  const edge = await node({ roles: ['edge'], lines, shields: [`http://127.0.0.1:${await freePort()}`] })
  expect((await edge.get('/gone/a.jpg?w=9')).status).toBe(502)
  expect(failed(lines)).toEqual([
    expect.objectContaining({ level: 50, failure: 'upstream-failed', reason: expect.any(String) }),
  ])
})
