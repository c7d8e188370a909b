// A process that does nothing but put files, as fast as it can, until it is killed. Says which it was told are kept.
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { createFolderBucket } from '../../storage/folder/index.ts'

const [dir = '', round = ''] = process.argv.slice(2)
const bucket = createFolderBucket({ dir })

/** The name says what the bytes hash to, so that whoever reads them can tell. */
async function putOne(i: number): Promise<void> {
  const bytes = randomBytes(1000 + ((i * 7919) % 300_000))
  const key = `${round}/${createHash('sha256').update(bytes).digest('hex')}`
  await bucket.put(key, Readable.from([bytes.subarray(0, 500), bytes.subarray(500)]), { type: 'image/jpeg' })
  process.stdout.write(`${key}\n`)
}

/** Parts put together, at the same time. */
async function putInParts(i: number): Promise<void> {
  const halves = [randomBytes(50_000), randomBytes(i % 50_000)]
  const key = `${round}/${createHash('sha256').update(Buffer.concat(halves)).digest('hex')}`
  const upload = await bucket.startParts(key, { type: 'image/jpeg' })
  for (const [at, half] of halves.entries()) await bucket.putPart(upload, at + 1, half)
  await bucket.finishParts(upload, 2)
  process.stdout.write(`${key}\n`)
}

for (let i = 0; ; i += 4) await Promise.all([putOne(i), putOne(i + 1), putOne(i + 2), putInParts(i + 3)])
