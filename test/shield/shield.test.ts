import { expect, test } from 'vitest'
import { createMemoryStore } from '../../cache/memory.ts'
import { createEpochs, createMemoryLog } from '../../purging/index.ts'
import { createShield } from '../../shield/index.ts'
import { anAnswer, anAsk } from '../cache/entries.ts'

test('the shield is a cache that says its name, in front of whatever upstream said', async () => {
  const log = createMemoryLog()
  const shield = createShield({
    epochs: await createEpochs(log),
    store: createMemoryStore({ maxBytes: 1e6 }),
    upstream: async () =>
      anAnswer({ 'cache-control': 'max-age=60', 'cache-status': 'halftone-origin; hit; ttl=60' }),
    flightMs: 1000,
    now: () => 0,
  })
  const told = async () => (await shield.answer(anAsk())).headers['cache-status']
  expect(await told()).toBe('halftone-origin; hit; ttl=60, halftone-shield; fwd=uri-miss; stored')
  expect(await told()).toBe('halftone-shield; hit; ttl=60')
  await log.append([{ target: { kind: 'address', value: anAsk().path }, isSoft: false }])
  expect(await told()).toContain('fwd=uri-miss')
})
