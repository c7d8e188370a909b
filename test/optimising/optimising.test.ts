// What the optimise service promises: results that can be fetched, a row and a count for each call, and promises kept.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Call } from '../../api/services/optimising/index.ts'
import { Failure } from '../../errors.ts'
import type { KeyRecord } from '../../records/index.ts'
import { never } from '../signals.ts'
import { aReceiver, aService, type Receiver, type Service } from './service.ts'

const key: KeyRecord = {
  ...{ id: 'k1', project: 'shop', user: 'ann', name: '', scopes: ['*'], quotas: {}, plan: '', settings: {} },
  ...{ created: 0, revoked: null },
}
const base = 'http://cdn.example'
const call: Call = { key, base, retention: 'api', wishes: [{ edit: '', optimise: { mode: 'lossy' } }] }

let service: Service
let receiver: Receiver
let photo: Buffer

beforeAll(async () => {
  const noise = await sharp({
    create: {
      width: 300,
      height: 200,
      channels: 3,
      background: '#963',
      noise: { type: 'gaussian', mean: 128, sigma: 20 },
    },
  })
    .png()
    .toBuffer()
  photo = await sharp(noise).blur(1).jpeg({ quality: 95 }).toBuffer()
  receiver = await aReceiver({ '/photo.jpg': photo, '/text.jpg': Buffer.from('no picture') })
  service = await aService()
  await service.records.keys.add({ ...key, secret: 'known to nobody here' }, 0)
})
afterAll(async () => {
  await service.stop()
  receiver.stop()
})

const keyOf = (url: string) => decodeURIComponent(url.slice(`${base}/`.length))

async function stored(url: string): Promise<Buffer | undefined> {
  const found = await service.bucket.get(keyOf(url))
  return found && Buffer.concat(await found.body.toArray())
}

describe('a client that waits', () => {
  test('gets the picture, and it can be fetched under three levels of two hex characters', async () => {
    const [outcome] = await service.optimising.optimise(
      call,
      await service.received(photo, 'cat.jpeg'),
      never,
    )
    expect(outcome).toMatchObject({ name: 'cat.jpeg', sourceName: 'cat.jpeg' })
    expect(outcome?.body.length).toBeLessThan(photo.length)
    expect(outcome?.figures.report.saved).toBe(photo.length - (outcome?.body.length ?? 0))
    expect(keyOf(outcome?.url ?? '')).toMatch(/^results(\/[0-9a-f]{2}){4}\/[0-9a-f]{32}\/cat\.jpeg$/)
    expect(await stored(outcome?.url ?? '')).toEqual(outcome?.body)
    expect(
      readdirSync(join(service.dir, 'spool'), { recursive: true, withFileTypes: true }).filter(
        (found) => found.isFile() && !/lock|owner/.test(found.name),
      ),
    ).toEqual([])
  })

  test('may wish for ten results at once, each with its own edit and format, and none by half', async () => {
    const wishes = [
      { id: 'small', edit: 'w=100', optimise: { mode: 'lossy' } },
      { id: 'square', edit: 'w=80&h=80&fit=crop', optimise: { mode: 'lossy', format: 'webp' } },
    ] as const
    const [small, square] = await service.optimising.optimise(
      { ...call, wishes },
      await service.received(photo),
      never,
    )
    expect(small).toMatchObject({
      wish: 'small',
      name: 'picture.jpg',
      figures: { width: 100, height: 67, format: 'jpeg' },
    })
    expect(square).toMatchObject({
      wish: 'square',
      name: 'picture.webp',
      figures: { width: 80, height: 80, type: 'image/webp' },
    })
    const broken = [wishes[0], { edit: 'w=wide', optimise: { mode: 'lossy' } }] as const
    await expect(
      service.optimising.optimise({ ...call, wishes: broken }, await service.received(photo), never),
    ).rejects.toMatchObject({ kind: 'bad-option' })
    const eleven = Array.from({ length: 11 }, () => wishes[0])
    await expect(
      service.optimising.optimise({ ...call, wishes: eleven }, await service.received(photo), never),
    ).rejects.toMatchObject({ kind: 'bad-option' })
  })

  test('leaves a row that can be found, and a count of calls, bytes and failures', async () => {
    const before = await service.records.usage.total({ keyIds: ['k1'], from: Date.now(), to: Date.now() })
    const [outcome] = await service.optimising.optimise(call, await service.received(photo), never)
    await expect(
      service.optimising.optimise(call, { url: `${receiver.url}/text.jpg` }, never),
    ).rejects.toMatchObject({ kind: 'source-unsupported' })
    const after = await service.records.usage.total({ keyIds: ['k1'], from: Date.now(), to: Date.now() })
    expect(after.calls - before.calls).toBe(2)
    expect(after.failures - before.failures).toBe(1)
    expect(after.bytesIn - before.bytesIn).toBe(photo.length)
    const { rows } = await service.records.results.find({
      user: 'ann',
      sourceFormat: 'jpeg',
      mode: 'lossy',
      sourceBytes: { from: photo.length },
    })
    expect(rows.map(({ id }) => id)).toContain(outcome?.id)
  })

  test('that fails for want of room is not counted', async () => {
    const counted = () => service.records.usage.total({ keyIds: ['k1'], from: Date.now(), to: Date.now() })
    const before = await counted()
    const { put } = service.bucket
    Object.assign(service.bucket, { put: async () => Promise.reject(new Failure('busy', 'No room.')) })
    await expect(
      service.optimising.optimise(call, await service.received(photo), never),
    ).rejects.toMatchObject({ kind: 'busy' })
    Object.assign(service.bucket, { put })
    expect(await counted()).toEqual(before)
  })

  test('gets a picture that is fetched for it', async () => {
    const [outcome] = await service.optimising.optimise(call, { url: `${receiver.url}/photo.jpg` }, never)
    expect(outcome).toMatchObject({ sourceName: 'photo.jpg', figures: { source: { bytes: photo.length } } })
  })
})

describe('a promise', () => {
  const promised = { face: 'native', url: '', context: { order: 7 } } as const
  const told = (id: string) => expect.poll(() => receiver.bodies.find((body) => body.id === id))

  test('is kept: the webhook tells the outcome once, and its status can be asked', async () => {
    const id = await service.optimising.promise(call, await service.received(photo), {
      ...promised,
      url: receiver.url,
    })
    await told(id).toMatchObject({ order: 7, sizes: [expect.any(Number)] })
    const status = await service.optimising.status('shop', id)
    expect(status).toMatchObject({ id, state: 'done', outcomes: [{ sourceName: 'picture.jpg' }] })
    expect(await stored(status?.outcomes?.[0]?.url ?? '')).toHaveLength(
      status?.outcomes?.[0]?.figures.report.bytes ?? 0,
    )
    expect(await service.optimising.status('another', id)).toBeUndefined()
  })

  test('tells of a failure too, at once when another try would end the same way', async () => {
    const id = await service.optimising.promise(
      call,
      { url: `${receiver.url}/text.jpg` },
      { ...promised, url: receiver.url },
    )
    await told(id).toMatchObject({ failure: { kind: 'source-unsupported', status: 415 } })
    expect(await service.optimising.status('shop', id)).toMatchObject({
      state: 'failed',
      failure: { status: 415 },
    })
  })

  test('is refused at once when nobody may be told', async () => {
    const nobody = { ...promised, url: 'http://10.0.0.1/' }
    await expect(
      service.optimising.promise(call, { url: `${receiver.url}/photo.jpg` }, nobody),
    ).rejects.toMatchObject({ kind: 'forbidden-address' })
  })

  test('outlives the process that made it, and its secrets are not to be read in the database', async () => {
    const first = await aService()
    await first.records.keys.add({ ...key, secret: 'known to nobody here' }, 0)
    const source = { url: `${receiver.url}/photo.jpg`, headers: { authorization: 'Basic c2VjcmV0' } }
    const id = await first.optimising.promise(call, source, { ...promised, url: receiver.url })
    await first.stop({ keep: true })
    for (const name of readdirSync(first.dir).filter((each) => each.startsWith('records.db')))
      expect(readFileSync(join(first.dir, name)).includes('c2VjcmV0')).toBe(false)
    const second = await aService({ dir: first.dir })
    await told(id).toMatchObject({ order: 7 })
    await second.stop()
  })
})
