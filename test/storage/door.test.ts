import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { createGuard } from '../../fetch/guard.ts'
import { type BucketSettings, openBucket } from '../../storage/index.ts'
import { aFolder, readWhole } from './files.ts'

const endpoint = 'http://127.0.0.1:9'
const key = 'c2VjcmV0'
const targets: readonly BucketSettings[] = [
  { kind: 's3', bucket: 'b', region: 'us-east-1', endpoint, accessKeyId: 'a', secretAccessKey: key },
  { kind: 'azure', account: 'a', container: 'b', key, endpoint },
  { kind: 'swift', container: 'b', auth: { version: 1, url: `${endpoint}/auth`, user: 'u', key } },
]

test.each(targets)(
  'a customer`s $kind bucket at a private address is refused by the guard',
  async (settings) => {
    const guard = createGuard()
    const bucket = await openBucket({ ...settings, dispatcher: guard } as BucketSettings)
    const body = Readable.from(['x'], { objectMode: false })
    await expect(bucket.put('a', body, { type: 'image/png', length: 1 })).rejects.toMatchObject({
      kind: 'forbidden-address',
    })
    expect(body.destroyed).toBe(true)
    await expect(bucket.get('a')).rejects.toMatchObject({ kind: 'forbidden-address' })
    await bucket.close()
    // Whoever handed it in still uses it.
    expect(guard).toMatchObject({ closed: false, destroyed: false })
    await guard.close()
  },
)

test('a file is not less private than it was meant to be', async () => {
  for (const settings of [{ kind: 'folder', dir: aFolder() } as const, ...targets.slice(1)]) {
    const bucket = await openBucket(settings)
    const put = bucket.put('a', Buffer.from('x'), { type: 'image/png', acl: 'public-read' })
    await expect(put).rejects.toMatchObject({ kind: 'bad-option', details: { option: 'acl' } })
    await bucket.close()
  }
})

test('a folder is opened by its settings', async () => {
  const bucket = await openBucket({ kind: 'folder', dir: aFolder() })
  await bucket.put('a', Buffer.from('x'), { type: 'image/png' })
  expect((await readWhole(bucket, 'a'))?.toString()).toBe('x')
  await bucket.close()
})
