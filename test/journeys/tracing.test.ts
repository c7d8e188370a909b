// One trace through processes of their own, as a collector receives it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sign } from '../../edge/signature.ts'
import { jpeg } from '../pictures.ts'
import { aProcess, type Process } from './processes.ts'

interface Received {
  readonly role: unknown
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly status: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly ms: number
}

type Pairs = readonly { key: string; value: Record<string, unknown> }[]
const recordOf = (pairs: Pairs) =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]))

/** OTLP over HTTP, with JSON, as the specification writes it. */
async function aCollector() {
  const spans: Received[] = []
  const bodies: string[] = []
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    bodies.push(body)
    for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans)
      for (const span of scopeSpans.flatMap((scope: { spans: unknown[] }) => scope.spans))
        spans.push({
          ...span,
          parentSpanId: span.parentSpanId || undefined,
          role: recordOf(resource.attributes)['halftone.role'],
          attributes: recordOf(span.attributes),
          status: span.status.code,
          ms: Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6,
        })
    response.setHeader('content-type', 'application/json').end('{}')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    bodies,
    asked,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const folder = mkdtempSync(join(tmpdir(), 'halftone-tracing-'))
const key = 'a-key-of-sixteen+'
const secret = 'known to all processes of this test'
let collector: Awaited<ReturnType<typeof aCollector>>
let edge: Process
let shield: Process
let origin: Process

beforeAll(async () => {
  collector = await aCollector()
  mkdirSync(join(folder, 'photos'))
  writeFileSync(join(folder, 'photos/cat.jpg'), await jpeg())
  const config = join(folder, 'halftone.config.ts')
  writeFileSync(config, "export default { sources: { photos: { folder: './photos' } } }\n")
  const start = (role: string, more: Record<string, string>) =>
    aProcess({
      args: ['--role', role, '--config', config],
      environment: {
        HALFTONE_TIER_SECRET: secret,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20collect',
        ...more,
      },
    })
  origin = await start('origin', {})
  shield = await start('shield', { HALFTONE_ORIGINS: origin.url })
  edge = await start('edge', { HALFTONE_SHIELDS: shield.url, HALFTONE_KEYS_PHOTOS: key })
})
afterAll(async () => {
  for (const each of [edge, shield, origin]) await each?.end('SIGKILL')
  collector?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const clientSpan = '00f067aa0ba902b7'
const address = (query: string) => sign(`/photos/cat.jpg?${query}`, { scheme: 'hmac-sha256', keys: [key] })
const received = (name: string) =>
  collector.spans.find((span) => span.name === name && span.traceId === traceId)

describe('a trace', () => {
  test('goes on from the client through edge, shield and origin to the worker', async () => {
    const url = address('w=40&fm=webp')
    const answer = await edge.get(url, { traceparent: `00-${traceId}-${clientSpan}-01` })
    expect(answer.status).toBe(200)
    const names = ['edge', 'ask', 'shield', 'origin', 'process', 'render']
    await expect.poll(() => names.filter((name) => received(name) === undefined)).toEqual([])
    await expect.poll(() => collector.spans.filter(({ name }) => name === 'ask').length).toBe(2)

    const parentOf = (span: Received | undefined) =>
      collector.spans.find(({ spanId }) => spanId === span?.parentSpanId)
    const path: string[] = []
    let at = received('render')
    for (; at; at = parentOf(at)) path.unshift(`${at.role} ${at.name}`)
    expect(path).toEqual([
      'edge edge',
      'edge ask',
      'shield shield',
      'shield ask',
      'origin origin',
      'origin process',
      'origin render',
    ])
    expect(received('edge')?.parentSpanId).toBe(clientSpan)
  })

  test('tells of each tier what matters there', () => {
    expect(received('edge')?.attributes).toMatchObject({
      'halftone.source': 'photos',
      'url.path': '/photos/cat.jpg',
      'halftone.format': 'image/webp',
      'halftone.cache': expect.stringMatching(/^halftone-edge; fwd=uri-miss/),
    })
    expect(received('shield')?.attributes['halftone.cache']).toMatch(/^halftone-shield; fwd=uri-miss/)
    expect(received('process')?.attributes).toMatchObject({ 'halftone.price_ms': expect.anything() })
    const [render, process] = [received('render'), received('process')]
    expect(render?.attributes['halftone.format']).toBe('image/webp')
    expect(render?.ms).toBeGreaterThan(0)
    expect(render?.ms).toBeLessThanOrEqual((process?.ms ?? 0) + 1)
  })

  test('is sent to the collector with its own authorization, and without signatures and secrets', () => {
    expect(new Set(collector.asked)).toEqual(new Set(['POST /v1/traces Bearer collect']))
    const text = collector.bodies.join()
    const signature = new URLSearchParams(address('w=40&fm=webp').split('?')[1]).get('s') ?? ''
    expect(signature.length).toBeGreaterThan(20)
    for (const word of [signature, key, secret]) expect(text).not.toContain(word)
  })

  test('that its client does not record is not recorded, and a hit costs no span', async () => {
    const quiet = '5bf92f3577b34da6a3ce929d0e0e4736'
    const url = address('w=41&fm=webp')
    for (const flags of ['00', '01', '01'])
      await edge.get(url, { traceparent: `00-${quiet}-${clientSpan}-${flags}` })
    // What comes after it shows that everything before has come.
    await edge.get(address('w=42&fm=webp'))
    const isMarked = ({ name, attributes }: Received) =>
      name === 'edge' && String(attributes['halftone.cache']).includes('fwd=uri-miss')
    await expect.poll(() => collector.spans.filter(isMarked).length).toBe(2)
    expect(collector.spans.filter((span) => span.traceId === quiet)).toEqual([])
  })

  test('costs no picture when its collector is gone', async () => {
    collector.stop()
    expect((await edge.get(address('w=43&fm=webp'))).status).toBe(200)
    expect(await edge.end()).toBe(0)
  })
})
