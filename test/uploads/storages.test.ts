// Uploads that lie in a bucket of a provider, against the real servers where they are installed.
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BucketSettings, openBucket, uploadKey } from '../../storage/index.ts'
import { jpeg } from '../pictures.ts'
import { times } from '../records/rows.ts'
import { type Azurite, azuriteMissing, startAzurite } from '../servers/azurite.ts'
import { type SwiftServer, startSwift, swiftMissing } from '../servers/swift.ts'
import { aDesk, wanted } from './desk.ts'

const photo = await jpeg()
/** The least that S3 takes for a part that is not the last. */
const partBytes = 5 * 1024 * 1024

function uploadsIn(name: string, missing: string | undefined, settings: () => BucketSettings): void {
  describe.skipIf(missing)(missing ?? name, () => {
    const open = async () => {
      const bucket = await openBucket(settings())
      return { bucket, desk: await aDesk({ bucket }) }
    }

    test('a file is added, copied and removed', async () => {
      const { bucket, desk } = await open()
      const file = await desk.add(photo, { name: 'cat.jpg' })
      expect(await desk.contentOf(file)).toEqual(photo)
      const copy = await desk.uploads.copy(file.id, wanted)
      await desk.uploads.remove('demo', [file.id])
      expect(await bucket.stat(uploadKey(file.id))).toBeUndefined()
      expect(await desk.contentOf(copy)).toEqual(photo)
    })

    test('parts in any order, completed by two at once, are one file; and given up they leave nothing', async () => {
      const { bucket, desk } = await open()
      const bytes = Buffer.concat([photo, randomBytes(2 * partBytes)])
      const plan = { ...wanted, name: 'big.jpg', type: 'image/jpeg', bytes: bytes.length, partBytes }
      const begin = async () => {
        const { file } = await desk.uploads.start(plan)
        for (const number of [3, 1, 2]) {
          const part = bytes.subarray((number - 1) * partBytes, number * partBytes)
          await desk.uploads.part(file.id, number, Readable.from([part]), { length: part.length })
        }
        return file
      }
      const file = await begin()
      const done = await Promise.all(times(2, () => desk.uploads.complete('demo', file.id)))
      expect(done.map(({ state, type }) => [state, type])).toEqual(times(2, () => ['ready', 'image/jpeg']))
      expect((await desk.contentOf(file))?.equals(bytes)).toBe(true)
      const other = await begin()
      expect(await desk.uploads.abort('demo', other.id)).toBe(true)
      expect(await bucket.stat(uploadKey(other.id))).toBeUndefined()
    })
  })
}

let swift: SwiftServer | undefined
let azurite: Azurite | undefined
beforeAll(async () => {
  if (!swiftMissing) swift = await startSwift()
  if (!azuriteMissing) azurite = await startAzurite()
  await swift?.container('uploads')
  await azurite?.container('uploads')
})
afterAll(async () => {
  await swift?.stop()
  await azurite?.stop()
})

uploadsIn('S3', swiftMissing, () => ({
  kind: 's3',
  bucket: 'uploads',
  region: 'us-east-1',
  endpoint: swift?.url ?? '',
  accessKeyId: swift?.user ?? '',
  secretAccessKey: swift?.key ?? '',
  // Swift answers 501 to a conditional PUT through its S3 door.
  conditionalPuts: false,
}))
uploadsIn('Swift', swiftMissing, () => ({
  kind: 'swift',
  container: 'uploads',
  auth: { version: 1, url: `${swift?.url}/auth/v1.0`, user: swift?.user ?? '', key: swift?.key ?? '' },
}))
uploadsIn('Azure', azuriteMissing, () => ({
  kind: 'azure',
  container: 'uploads',
  account: azurite?.account ?? '',
  key: azurite?.key ?? '',
  endpoint: azurite?.endpoint ?? '',
}))
