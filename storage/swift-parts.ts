// Large uploads in Swift: parts are objects of a second container, and a manifest names them as one (SLO).
// https://docs.openstack.org/swift/latest/overview_large_objects.html
import { randomUUID } from 'node:crypto'
import { json, text } from 'node:stream/consumers'
import { bodyOf } from './body.ts'
import type { Bucket, Stored, Upload } from './bucket.ts'
import { checkedKey } from './key.ts'
import { measure } from './measure.ts'
import { checkedPart, checkTogether, inOrder, missingPart, noUpload } from './parts.ts'
import { quoted } from './quoted.ts'
import type { Ask } from './swift-calls.ts'
import { describing } from './swift-headers.ts'

type Parts = Pick<Bucket, 'startParts' | 'putPart' | 'listParts' | 'finishParts' | 'abortParts'>

interface Segment {
  readonly name: string
  readonly bytes: number
  readonly hash: string
}

/** Beside the container and not in it, so that a listing gives files and never their parts. */
export const segmentsOf = (container: string): string => `${container}_segments`

export function createSwiftParts(ask: Ask, container: string): Parts {
  const segments = segmentsOf(container)
  const nameOf = ({ id }: Upload, number: number) =>
    `${checkedId(id)}/${String(checkedPart(number)).padStart(5, '0')}`

  async function listed({ id }: Upload): Promise<Map<string, Segment>> {
    const query = { format: 'json', prefix: `${checkedId(id)}/`, limit: '10000' }
    const got = await ask({ method: 'GET', container: segments, query })
    const found = (await json(got.body)) as readonly Segment[]
    return new Map(found.map((segment) => [segment.name, segment]))
  }

  return {
    async startParts(key, { type, metadata = {} }) {
      describing({ type, metadata })
      const made = await ask({ method: 'PUT', container: segments })
      await text(made.body)
      return { id: randomUUID(), key: checkedKey(key), type, metadata }
    },

    async putPart(upload, number, body, options = {}) {
      const measured = measure(body, options)
      const { length, signal } = options
      try {
        const got = await ask({
          method: 'PUT',
          container: segments,
          key: nameOf(upload, number),
          headers: length === undefined ? {} : { 'content-length': String(length) },
          body: await bodyOf(measured, body),
          signal,
        })
        await text(got.body)
      } catch (thrown) {
        throw measured.failure() ?? thrown
      }
    },

    async listParts(upload) {
      const prefix = `${checkedId(upload.id)}/`
      return inOrder([...(await listed(upload)).keys()].map((name) => Number(name.slice(prefix.length))))
    },

    async finishParts(upload, count, wanted): Promise<Stored> {
      const found = await listed(upload)
      const parts = Array.from({ length: count }, (_, i) => {
        const part = found.get(nameOf(upload, i + 1))
        if (!part) throw missingPart(i + 1)
        return part
      })
      checkTogether(
        parts.map(({ bytes }) => bytes),
        wanted,
      )
      const manifest = parts.map(({ name, hash, bytes }) => ({
        path: `/${segments}/${name}`,
        etag: hash,
        size_bytes: bytes,
      }))
      const got = await ask({
        method: 'PUT',
        container,
        key: checkedKey(upload.key),
        query: { 'multipart-manifest': 'put' },
        headers: describing(upload),
        body: JSON.stringify(manifest),
      })
      await text(got.body)
      return {
        bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
        etag: quoted(got.headers.etag),
      }
    },

    async abortParts(upload) {
      for (const key of (await listed(upload)).keys()) {
        const got = await ask({ method: 'DELETE', container: segments, key }, 404)
        await text(got.body)
      }
    },
  }
}

function checkedId(id: string): string {
  if (/^[0-9a-f-]{36}$/.test(id)) return id
  throw noUpload()
}
