// A tier behaves the same in this process and over HTTP.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requireHeld, type Tier } from '../../tier.ts'
import { createRemoteTier } from '../../wire/index.ts'
import { aHeldTier, anAsk, aTier, bytes, limits, opened, serving } from './tiers.ts'

const open = opened()
const secret = 'between tiers'
let overHttp: Tier
beforeAll(async () => {
  const server = open.keep(await serving(aTier, { secrets: [secret] }))
  overHttp = open.keep(createRemoteTier(server.url, { ...limits, secret }))
})
afterAll(open.closeAll)

const asks = {
  'a picture': anAsk('/20000?w=640'),
  'a picture of many packets': anAsk('/3000000'),
  'an empty body': anAsk('/0'),
  'a revalidation that says 304': anAsk('/20000', { 'if-none-match': '"one"' }),
  'a revalidation that says 200': anAsk('/20000', { 'if-none-match': '"other"' }),
  'a request id': anAsk('/10', { 'request-id': 'abc-1' }),
  'a problem about the source': anAsk('/missing'),
  'a problem with retry-after': anAsk('/busy'),
  'a bad gateway of the source': anAsk('/sourceless'),
}

describe.each(Object.entries(asks))('%s', (_, ask) => {
  test('has the same status, headers and bytes', async () => {
    const near = requireHeld(await aTier(ask))
    const far = requireHeld(await overHttp(ask))
    expect(far.status).toBe(near.status)
    expect(far.headers).toEqual(near.headers)
    expect(far.body.equals(near.body)).toBe(true)
  })
})

test('headers that do not cross tiers end at the wire', async () => {
  const { headers } = await overHttp(anAsk('/10', { accept: 'image/avif' }))
  expect(headers['saw-accept']).toBe('none')
})

test('the headers are a copy that the next tier may write to', async () => {
  const { headers } = await overHttp(anAsk('/10'))
  expect(Object.getPrototypeOf(headers)).toBe(Object.prototype)
  expect(Object.isFrozen(headers)).toBe(false)
})

test('a body takes memory of exactly its size, so that a cache keeps no more than it weighs', async () => {
  const { body } = requireHeld(await overHttp(anAsk('/20000')))
  expect(body.buffer.byteLength).toBe(20000)
  expect(body.equals(bytes(20000))).toBe(true)
})

test('a tier that throws is a problem, not a hanging client', async () => {
  const { status, headers } = await overHttp(anAsk('/throws'))
  expect([status, headers['halftone-failure']]).toEqual([500, 'internal'])
})

test('a header that cannot be written is a problem, not a hanging client', async () => {
  const { status, headers } = await overHttp(anAsk('/torn'))
  expect([status, headers['halftone-failure']]).toEqual([500, 'internal'])
})

test('an ask that is given up aborts the ask of the tier behind the wire', async () => {
  const held = aHeldTier()
  const server = open.keep(await serving(held.tier))
  const tier = open.keep(createRemoteTier(server.url, limits))
  const leaving = new AbortController()
  const answer = tier(anAsk('/1', {}, leaving.signal))
  await held.asked
  leaving.abort()
  expect((await answer).headers['halftone-failure']).toBe('abandoned')
  const far = held.asks[0]?.signal
  if (far?.aborted === false) await new Promise((resolve) => far.addEventListener('abort', resolve))
  expect(far?.aborted).toBe(true)
  held.release()
})

test('an ask that is given up before it starts is never sent', async () => {
  const answer = await overHttp(anAsk('/1', {}, AbortSignal.abort()))
  expect(answer.headers['halftone-failure']).toBe('abandoned')
})
