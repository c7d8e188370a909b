// Large uploads in Swift: parts are objects of a second container, and a manifest names them as one (SLO).
// https://docs.openstack.org/swift/latest/overview_large_objects.html
import { randomUUID } from 'node:crypto'
import { json, text } from 'node:stream/consumers'
import type { Bucket, PutResult, Upload } from '../bucket.ts'
import { toClientBody } from '../client-body.ts'
import { quoteEtag } from '../etag.ts'
import { checkKey } from '../key.ts'
import { checkPartNumber, checkTogether, inOrder, missingPart, noUpload } from '../multipart.ts'
import { verifyBody } from '../verified-body.ts'
import { describing } from './headers.ts'
import type { SwiftRequest } from './requests.ts'

type Parts = Pick<Bucket, 'startParts' | 'putPart' | 'listParts' | 'finishParts' | 'abortParts'>

interface SwiftSegment {
  readonly name: string
  readonly bytes: number
  readonly hash: string
}

/** Beside the container and not in it, so that a listing gives files and never their parts. */
export const segmentsOf = (container: string): string => `${container}_segments`

export function createSwiftParts(ask: SwiftRequest, container: string): Parts {
  const segments = segmentsOf(container)
  const nameOf = ({ id }: Upload, number: number) =>
    `${checkUploadId(id)}/${String(checkPartNumber(number)).padStart(5, '0')}`

  async function listSegments({ id }: Upload): Promise<Map<string, SwiftSegment>> {
    const query = { format: 'json', prefix: `${checkUploadId(id)}/`, limit: '10000' }
    const got = await ask({ method: 'GET', container: segments, query })
    const found = (await json(got.body)) as readonly SwiftSegment[]
    return new Map(found.map((segment) => [segment.name, segment]))
  }

  return {
    async startParts(key, { type, metadata = {} }) {
      describing({ type, metadata })
      const made = await ask({ method: 'PUT', container: segments })
      await text(made.body)
      return { id: randomUUID(), key: checkKey(key), type, metadata }
    },

    async putPart(upload, number, body, options = {}) {
      const measured = verifyBody(body, options)
      const { length, signal } = options
      try {
        const got = await ask({
          method: 'PUT',
          container: segments,
          key: nameOf(upload, number),
          headers: length === undefined ? {} : { 'content-length': String(length) },
          body: await toClientBody(measured, body),
          signal,
        })
        await text(got.body)
      } catch (thrown) {
        throw measured.failure() ?? thrown
      }
    },

    async listParts(upload) {
      const prefix = `${checkUploadId(upload.id)}/`
      return inOrder(
        [...(await listSegments(upload)).keys()].map((name) => Number(name.slice(prefix.length))),
      )
    },

    async finishParts(upload, count, wanted): Promise<PutResult> {
      const found = await listSegments(upload)
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
        key: checkKey(upload.key),
        query: { 'multipart-manifest': 'put' },
        headers: describing(upload),
        body: JSON.stringify(manifest),
      })
      await text(got.body)
      return {
        bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
        etag: quoteEtag(got.headers.etag),
      }
    },

    async abortParts(upload) {
      for (const key of (await listSegments(upload)).keys()) {
        const got = await ask({ method: 'DELETE', container: segments, key }, 404)
        await text(got.body)
      }
    },
  }
}

function checkUploadId(id: string): string {
  if (/^[0-9a-f-]{36}$/.test(id)) return id
  throw noUpload()
}
