import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAzureBucket } from '../../storage/azure/index.ts'
import { storageContract } from '../contracts/storage.ts'
import { type Azurite, azuriteMissing, startAzurite } from '../servers/azurite.ts'
import { aWorkingLink } from './files.ts'

const jpeg = { type: 'image/jpeg' }
let server: Azurite
const open = (more = {}) =>
  createAzureBucket({
    account: server.account,
    key: server.key,
    container: 'halftone',
    endpoint: server.endpoint,
    pageSize: 2,
    ...more,
  })

describe.skipIf(azuriteMissing)(azuriteMissing ?? 'against Azurite', () => {
  beforeAll(async () => {
    server = await startAzurite()
    await server.container('halftone')
  })
  afterAll(() => server?.stop())

  storageContract('Azure', open)

  test('a link works by itself, and not when it was changed or is past its time', async () => {
    const bucket = open()
    const { key, link } = await aWorkingLink(bucket)
    expect((await fetch(link.replace('sp=r', 'sp=rw'))).status).toBe(403)
    expect((await fetch((await bucket.link?.(key, Date.now() - 60_000)) ?? '')).status).toBe(403)
    await bucket.close()
  })

  test('a wrong key and a missing container are clear failures without the key', async () => {
    const wrongKey = Buffer.from('not the key').toString('base64')
    const wrong = open({ key: wrongKey })
    const thrown = await wrong.put('a', Buffer.from('x'), jpeg).catch((error: unknown) => error)
    expect(thrown).toMatchObject({ kind: 'upstream-failed', message: 'The storage refused our credentials.' })
    expect(JSON.stringify([thrown, (thrown as Error).cause])).not.toContain(wrongKey)
    const none = open({ container: 'nowhere' })
    await expect(none.list('')).rejects.toMatchObject({ message: 'There is no such bucket.' })
    await expect(none.get('a')).rejects.toMatchObject({ message: 'There is no such bucket.' })
    await Promise.all([wrong.close(), none.close()])
  })

  test('a shared access signature is enough, and is in no failure', async () => {
    const bucket = open()
    await bucket.put('shared', Buffer.from('x'), jpeg)
    const link = new URL((await bucket.link?.('shared', Date.now() + 60_000)) ?? '')
    const shared = open({ key: undefined, sas: link.search })
    expect(await shared.stat('shared')).toMatchObject({ bytes: 1 })
    const thrown = await shared.put('shared', Buffer.from('y'), jpeg).catch((error: unknown) => error)
    expect(thrown).toMatchObject({ kind: 'upstream-failed' })
    expect(JSON.stringify([thrown, (thrown as Error).cause])).not.toContain(link.searchParams.get('sig'))
    await Promise.all([bucket.close(), shared.close()])
  })
})
