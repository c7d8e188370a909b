// From a subscription by the official client to the receiver: what happened to a file arrives, signed as its receivers check.
import { createHmac } from 'node:crypto'
import {
  createWebhook,
  deleteFile,
  storeFile,
  UploadcareSimpleAuthSchema,
  updateMetadata,
  type WebhookEvent,
} from '@uploadcare/rest-client'
import { UploadClient } from '@uploadcare/upload-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aServer, type Site } from '../origin/servers.ts'
import { jpeg } from '../pictures.ts'
import { aHalftone, type Halftone } from './halftone.ts'

const secret = 'whisper'
const events = ['file.uploaded', 'file.stored', 'file.info_updated', 'file.deleted']
let halftone: Halftone
let receiver: Site
const received: { readonly signature: unknown; readonly text: string }[] = []
let isDown = false

beforeAll(async () => {
  halftone = await aHalftone({ publicUrl: 'https://cdn.example' })
  receiver = await aServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString()
    if (isDown) return void response.writeHead(503).end()
    received.push({ signature: request.headers['x-uc-signature'], text })
    response.end()
  })
})
afterAll(async () => {
  await receiver?.close()
  await halftone?.stop()
})

const bodies = () => received.map(({ text }) => JSON.parse(text))

test('each event arrives with the file as it then was, also at a receiver that was down', async () => {
  const keys = await halftone.keys('shop')
  const settings = { authSchema: new UploadcareSimpleAuthSchema(keys), apiBaseURL: `${halftone.url}/` }
  for (const event of events)
    await createWebhook(
      { targetUrl: `${receiver.url}/in`, event: event as WebhookEvent, signingSecret: secret },
      settings,
    )
  isDown = true
  const client = new UploadClient({ publicKey: keys.publicKey, baseURL: halftone.url })
  const { uuid } = await client.uploadFile(await jpeg(), { fileName: 'cat.jpg', store: false })
  await storeFile({ uuid }, settings)
  await updateMetadata({ uuid, key: 'kind', value: 'cat' }, settings)
  await deleteFile({ uuid }, settings)
  await expect
    .poll(async () => (await halftone.records.deliveries.find({})).rows.length)
    .toBeGreaterThanOrEqual(4)
  isDown = false
  // The wait before the next attempt is drawn; the clock need not be lived through.
  halftone.clock.forward(60)
  await expect
    .poll(() =>
      bodies()
        .map(({ hook }) => hook.event)
        .sort(),
    )
    .toEqual([...events].sort())

  for (const { signature, text } of received)
    expect(signature).toBe(`v1=${createHmac('sha256', secret).update(text).digest('hex')}`)
  const of = (event: string) => bodies().find(({ hook }) => hook.event === event)
  expect(of('file.uploaded')).toMatchObject({
    initiator: { type: 'api' },
    hook: { project_pub_key: keys.publicKey, target: `${receiver.url}/in`, is_active: true, version: '0.7' },
    data: { uuid, original_filename: 'cat.jpg', is_ready: true, datetime_stored: null, metadata: {} },
    file: `https://cdn.example/${uuid}/cat.jpg`,
  })
  expect(of('file.stored').data.datetime_stored).toMatch(/^20/)
  expect(of('file.info_updated')).toMatchObject({
    data: { metadata: { kind: 'cat' } },
    previous_values: { metadata: {} },
  })
  expect(of('file.deleted').data.datetime_removed).toMatch(/^20/)
})
