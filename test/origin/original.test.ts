// The source's own bytes, whatever they are, and what a browser may do with them.
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createMemoryStore } from '../../cache/memory.ts'
import { assumedFor } from '../../origin/caching.ts'
import { createOrigin } from '../../origin/index.ts'
import { requireHeld } from '../../tier.ts'
import { defaultLimits, revision } from '../../transforms/index.ts'
import { createHandover } from '../../work/handover.ts'
import { aSignal } from '../signals.ts'
import { aPicture } from './servers.ts'

const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
const html = Buffer.from('<!doctype html><script>alert(1)</script>')
const save = { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' }
const show = (type: string) => ({ 'content-type': type, 'content-disposition': 'inline' })

async function original(bytes: Uint8Array, declaredType?: string) {
  const origin = createOrigin({
    loaders: new Map([
      [
        'files',
        {
          load: async () => ({
            version: 'one',
            caching: assumedFor(500),
            ...(declaredType === undefined ? {} : { declaredType }),
            read: async () => bytes,
          }),
        },
      ],
    ]),
    processor: {
      process: () => [Promise.reject(new Error('nothing is to be made'))],
      load: () => ({ waiting: 0, running: 0, workers: 0 }),
      close: async () => {},
    },
    handover: createHandover(),
    results: createMemoryStore({ maxBytes: 1e7 }),
    limits: { ...defaultLimits, maxSourceBytes: 1, maxSourcePixels: 1 },
    freshness: { browserSeconds: 1, cdnSeconds: 1, staleWhileRevalidateSeconds: 0, staleIfErrorSeconds: 0 },
  })
  return requireHeld(
    await origin.answer({ path: `/files/a?fm=original&rev=${revision}`, headers: {}, signal: aSignal() }),
  )
}

describe('a picture is shown, by its bytes', () => {
  test.each([
    ['png', 'image/png'],
    ['jpeg', 'image/jpeg'],
  ] as const)('%s', async (format, type) => {
    const bytes = await aPicture(format)
    const { status, headers, body } = await original(bytes, 'text/html')
    expect([status, body.equals(bytes)]).toEqual([200, true])
    expect(headers).toMatchObject({ ...show(type), 'x-content-type-options': 'nosniff' })
    expect(headers).not.toHaveProperty('content-security-policy')
  })

  test.each([
    ['HEIC', '\0\0\0\x18ftypheic\0\0\0\0', 'image/heic'],
    ['JPEG XL', '\xff\x0a\0', 'image/jxl'],
    // Two letters alone would be any text that begins so: the length of its header tells a BMP.
    ['BMP', `BM${'\0'.repeat(12)}\x28\0\0\0`, 'image/bmp'],
    ['GIF that is also a script', 'GIF89a/*', 'image/gif'],
  ])('%s, which needs no decoder of ours', async (_, bytes, type) => {
    expect((await original(Buffer.from(bytes, 'latin1'))).headers).toMatchObject(show(type))
  })

  test('a drawing that brings a script may not run it', async () => {
    expect((await original(svg)).headers).toMatchObject({
      ...show('image/svg+xml'),
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox",
    })
  })
})

describe('anything else is saved', () => {
  test.each([
    ['a page', html, undefined, save],
    ['a page that is said to be one', html, 'text/html; charset=utf-8', save],
    ['a page that is said to be a picture', html, 'image/svg+xml', save],
    ['a script', Buffer.from('alert(1)'), 'text/javascript', save],
    ['a packed drawing', gzipSync(svg), 'image/svg+xml', save],
    ['nothing', Buffer.alloc(0), undefined, save],
    ['a film', Buffer.from('\0\0\0\x18ftypmp42'), 'video/mp4', { ...save, 'content-type': 'video/mp4' }],
    ['a table', Buffer.from('a,b'), 'text/csv', { ...save, 'content-type': 'text/csv' }],
    ['a document', Buffer.from('%PDF-1.7'), undefined, { ...save, 'content-type': 'application/pdf' }],
  ])('%s', async (_, bytes, declared, headers) => {
    const answer = await original(bytes, declared)
    expect([answer.status, answer.body.equals(bytes)]).toEqual([200, true])
    expect(answer.headers).toMatchObject({ ...headers, 'x-content-type-options': 'nosniff' })
  })
})

test('bytes leave without a copy', async () => {
  const bytes = new Uint8Array(10)
  expect((await original(bytes)).body.buffer).toBe(bytes.buffer)
})

test('the origin does not keep a second copy', async () => {
  const { headers } = await original(svg)
  expect(headers['cache-status']).toBe('halftone-origin; fwd=uri-miss')
})
