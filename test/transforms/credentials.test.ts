// Content credentials (C2PA): they seal every byte of the file that they are in, so no other file of ours carries them.
import { describe, expect, test } from 'vitest'
import { app, buildSegment, insertSegments } from '../../transforms/optimise/jpeg/segments.ts'
import { buildChunk, insertChunks } from '../../transforms/optimise/png/chunks.ts'
import * as pictures from '../pictures.ts'
import { madeOf } from '../sources.ts'

const manifest = Buffer.concat([
  Buffer.from('JP\0\x01\0\0\0\x01', 'latin1'),
  Buffer.from('\0\0\0\x40jumb\0\0\0\x28jumdc2pa', 'latin1'),
])

/** A chunk at the end of a RIFF file, whose length counts it. */
function withRiffChunk(webp: Uint8Array, type: string, content: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(content.length)
  const made = Buffer.concat([webp, Buffer.from(type), length, content, Buffer.alloc(content.length & 1)])
  made.writeUInt32LE(made.length - 8, 4)
  return made
}

/** In front of everything behind the type of the file (C2PA 2.1, A.3.4). */
function withUuidBox(avif: Uint8Array, content: Uint8Array): Buffer {
  const file = Buffer.from(avif)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(24 + content.length)
  head.write('uuid', 4)
  const uuid = Buffer.from('d8fec3d61b0e483c92975828877ec481', 'hex')
  return Buffer.concat([file, head, uuid, content])
}

const size = { width: 40, height: 30 }

describe.each([
  ['JPEG', async () => insertSegments(await pictures.jpeg(size), [buildSegment(app(11), manifest)])],
  ['PNG', async () => insertChunks(await pictures.png(size), [buildChunk('caBX', manifest)])],
  ['WebP', async () => withRiffChunk(await pictures.webp(size), 'C2PA', manifest)],
  ['AVIF', async () => withUuidBox(await pictures.avif(size), manifest)],
])('credentials of a %s', (_, sealed) => {
  test.each(['', 'w=20', 'meta=all', 'w=20&meta=all', 'meta=copyright&iptc=allow'])(
    'are in no file but their own: ?%s',
    async (query) => {
      const source = Buffer.from(await sealed())
      expect(source.includes('c2pa')).toBe(true)
      const { body } = await madeOf(source, query)
      expect(body.length).toBeGreaterThan(50)
      for (const mark of ['c2pa', 'C2PA', 'jumb', 'caBX'])
        expect(Buffer.from(body).includes(mark)).toBe(false)
    },
  )
})
