// The Lua files say what the TypeScript files say: the vectors of both, and ten thousand requests drawn from pieces.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FrontRequest, readFrontRequest } from '../../edge/front-key.ts'
import type { Signing } from '../../edge/signature.ts'
import { createRing, hash } from '../../wire/hash-ring.ts'
import { type Asked, frontRequests, frontSources } from '../edge/front-requests.ts'
import frontKeys from '../vectors/front-keys.json' with { type: 'json' }
import negotiation from '../vectors/negotiation.json' with { type: 'json' }
import signatures from '../vectors/signatures.json' with { type: 'json' }
import { nginxMissing } from './front.ts'
import { type Lua, startLua } from './lua.ts'

const signing: Signing = { scheme: 'hmac-sha256', keys: [] }
const sources = new Map(Object.entries(frontSources).map(([name, source]) => [name, { ...source, signing }]))

/** As another language's; no vector begins so. */
const prefixes = ['/_ipx', '/img']

const readAll = `return function(calls)
  local front_key, site = require 'halftone.front_key', require 'halftone.site'
  local said = {}
  for i, call in ipairs(calls) do
    local read = front_key.read(call.target, site)
    local headers = {}
    for name, value in pairs(call.headers) do headers[name:gsub('-', '_')] = value end
    said[i] = { is = read.is, why = read.why, source = read.source, place = read.place, isExact = read.exact,
      isKept = read.kept, expires = read.expires, namesPictures = read.pictures }
    if read.is == 'picture' then said[i].key = front_key.key(read, headers) end
  end
  return said
end`

describe.skipIf(nginxMissing)(`the Lua twins${nginxMissing ? `: ${nginxMissing}` : ''}`, () => {
  let lua: Lua
  beforeAll(async () => {
    lua = await startLua({ sources, prefixes })
  })
  afterAll(() => lua?.close())

  const read = async (asked: readonly Asked[]) => (await lua.run(readAll, asked)) as FrontRequest[]

  test('keys: the vectors', async () => {
    const cases = frontKeys.cases.map(({ target, headers }) => ({
      target,
      headers: headers as Asked['headers'],
    }))
    expect(await read(cases)).toEqual(frontKeys.cases.map(({ is }) => is))
  })

  test('keys: 10,000 requests', async () => {
    const elsewhere = ['/_ipx/w_9/photos/a.jpg', '/img/..%2f', '/images/a.jpg', '/im'].map((target) => ({
      target,
      headers: {},
    }))
    const asked = [...frontRequests(10_000, 11), ...elsewhere]
    const said = await read(asked)
    expect(said.map((is, i) => ({ ...asked[i], is }))).toEqual(
      asked.map(({ target, headers }) => ({
        target,
        headers,
        is: readFrontRequest(target, headers, sources, prefixes),
      })),
    )
  })

  test('negotiation: the vectors', async () => {
    const accepts = negotiation.accept.map(({ accept }) => accept ?? '')
    const said = await lua.run(
      `return function(calls) local c, said = require 'halftone.client', {} for i, a in ipairs(calls) do said[i] = c.formats(a) end return said end`,
      accepts,
    )
    expect(said).toEqual(negotiation.accept.map(({ formats }) => formats))
  })

  test('hints: the vectors', async () => {
    const asked = negotiation.hints.map(({ headers }) => headers as Record<string, string>)
    const said = await lua.run(
      `return function(calls) local c, said = require 'halftone.client', {} for i, h in ipairs(calls) do
        said[i] = { c.width(h['sec-ch-width'] or h.width), c.dpr(h['sec-ch-dpr'] or h.dpr), c.saves_data(h['save-data']) } end return said end`,
      asked.map((headers) => ({ ...headers, none: '' })),
    )
    expect(said).toEqual(
      negotiation.hints.map(({ client }) => {
        const {
          width = '',
          dpr = '',
          saveData,
        } = client as { width?: number; dpr?: number; saveData: boolean }
        return [String(width), String(dpr), saveData]
      }),
    )
  })

  test('signatures: the vectors of both schemes', async () => {
    const said = (await lua.run(
      `return function(calls) local s, said = require 'halftone.signature', {} for i, c in ipairs(calls) do
        said[i] = s.fault(c.target, c.scheme, c.keys) or 'signed' end return said end`,
      signatures.cases,
    )) as string[]
    const outcomes = said.map((fault) => (fault === 'signed' ? 'signed' : 'bad-signature'))
    // What comes after the signature is not its matter.
    const expected = signatures.cases.map(({ outcome }) => (outcome === 'bad-signature' ? outcome : 'signed'))
    expect(outcomes).toEqual(expected)
  })

  test('the ring: the same node for every key', async () => {
    const nodes = ['http://10.0.0.1:8080', 'http://10.0.0.2:8080', 'http://edge-3.internal:8080']
    const keys = Array.from({ length: 300 }, (_, i) => `/photos/${i * 7919}/picture-${i}.jpg`)
    const said = await lua.run(
      `return function(calls) local r, said = require 'halftone.ring', {} local ring = r.new(calls.nodes)
        for i, key in ipairs(calls.keys) do said[i] = { r.hash(key), r.order(ring, key) } end return said end`,
      { nodes, keys },
    )
    const ring = createRing(nodes)
    const order = (key: string) => ring.order(key).map((node) => nodes.indexOf(node) + 1)
    expect(said).toEqual(keys.map((key) => [hash(key), order(key)]))
  })
})
