// Digests that clients announce, each in its header's own words.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { crc32, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { anIntake } from './intakes.ts'

const check = Buffer.from('123456789')
const hash = (name: string) => createHash(name).update(check).digest()
const base64 = (name: string) => hash(name).toString('base64')
const crc = Buffer.alloc(4)
crc.writeUInt32BE(crc32(check))

const received = (headers: Record<string, string>, bytes = check) =>
  anIntake().receive(Readable.from([bytes.subarray(0, 4), bytes.subarray(4)]), { maxBytes: 1000, headers })

const right: readonly (readonly [string, string])[] = [
  ['content-md5', base64('md5')],
  ['digest', `SHA-256=${base64('sha256')},unixsum=30637`],
  ['content-digest', `sha-256=:${base64('sha256')}:, sha-512=:${base64('sha512')}:`],
  ['repr-digest', `sha-512=:${base64('sha512')}:`],
  ['x-amz-checksum-crc32', crc.toString('base64')],
  // The check values of the catalogue of parametrised CRC algorithms, over the same nine digits.
  ['x-amz-checksum-crc32c', Buffer.from('e3069283', 'hex').toString('base64')],
  ['x-amz-checksum-crc64nvme', Buffer.from('ae8b14860a799888', 'hex').toString('base64')],
  ['x-amz-checksum-sha1', base64('sha1')],
  ['x-amz-checksum-sha256', base64('sha256')],
  ['x-amz-content-sha256', hash('sha256').toString('hex')],
]

test.each(right)('%s that is right is taken, and another is refused', async (header, value) => {
  expect(await received({ [header]: value })).toMatchObject({ bytes: 9 })
  await expect(received({ [header]: value }, Buffer.from('123456780'))).rejects.toMatchObject({
    kind: 'bad-body',
    details: { option: header },
  })
})

test.each([
  ['content-digest', 'sha-1024=:AAAA:'],
  ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'],
])('%s: %s says nothing that can be held against the body', async (header, value) => {
  expect(await received({ [header]: value })).toMatchObject({ bytes: 9 })
})

test.each([
  ['content-md5', 'AAAA'],
  ['x-amz-checksum-sha256', 'no base64 at all!'],
])('%s: %s is no digest of its kind', async (header, value) => {
  await expect(received({ [header]: value })).rejects.toMatchObject({ kind: 'bad-body' })
})

test('a digest is of what was sent, packed as it was', async () => {
  const packed = gzipSync(check)
  const digest = createHash('md5').update(packed).digest('base64')
  const headers = { 'content-encoding': 'gzip', 'content-md5': digest }
  const { bytes, sha256 } = await received(headers, packed)
  expect([bytes, sha256]).toEqual([9, hash('sha256').toString('hex')])
})

test('a body of nothing has nothing to unpack', async () => {
  const empty = anIntake().receive(Readable.from([]), {
    maxBytes: 9,
    headers: { 'content-encoding': 'gzip' },
  })
  expect(await empty.then(({ bytes }) => bytes)).toBe(0)
})
