// Large uploads in Swift: parts are objects of a second container, and a manifest names them as one (SLO).
// https://docs.openstack.org/swift/latest/overview_large_objects.html
import { randomUUID } from 'node:crypto'
import { json, text } from 'node:stream/consumers'
import type { PutPartOptions, PutResult, StorageBody, Upload } from '../bucket.ts'
import { toClientBody } from '../client-body.ts'
import { quoteEtag } from '../etag.ts'
import { checkKey } from '../key.ts'
import {
  checkPartNumber,
  checkTogether,
  checkUploadId,
  inOrder,
  type MultipartUploads,
  missingPart,
} from '../multipart.ts'
import { verifyBody } from '../verified-body.ts'
import { describing } from './headers.ts'
import type { SwiftRequest } from './requests.ts'

interface SwiftSegment {
  readonly name: string
  readonly bytes: number
  readonly hash: string
}

/** Beside the container and not in it, so that a listing gives files and never their parts. */
export const segmentsOf = (container: string): string => `${container}_segments`

export function createSwiftParts(ask: SwiftRequest, container: string): MultipartUploads {
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
      await putSegment(ask, { container: segments, key: nameOf(upload, number) }, { ...options, body })
    },

    async listParts(upload) {
      const prefix = `${checkUploadId(upload.id)}/`
      return inOrder(
        [...(await listSegments(upload)).keys()].map((name) => Number(name.slice(prefix.length))),
      )
    },

    async finishParts(upload, count, bytes): Promise<PutResult> {
      const found = await listSegments(upload)
      const parts = Array.from({ length: count }, (_, i) => {
        const part = found.get(nameOf(upload, i + 1))
        if (!part) throw missingPart(i + 1)
        return part
      })
      const sizes = parts.map((part) => part.bytes)
      checkTogether(sizes, bytes)
      const etag = await putManifest(ask, container, { upload, parts })
      return { bytes: sizes.reduce((sum, size) => sum + size, 0), etag }
    },

    async abortParts(upload) {
      for (const key of (await listSegments(upload)).keys()) {
        const got = await ask({ method: 'DELETE', container: segments, key }, 404)
        await text(got.body)
      }
    },
  }
}

interface Manifest {
  readonly upload: Upload
  readonly parts: readonly SwiftSegment[]
}

/** The large object: from here on the parts are one file. The answer is its entity tag. */
async function putManifest(
  ask: SwiftRequest,
  container: string,
  { upload, parts }: Manifest,
): Promise<string> {
  const manifest = parts.map(({ name, hash, bytes }) => ({
    path: `/${segmentsOf(container)}/${name}`,
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
  return quoteEtag(got.headers.etag)
}

interface SegmentToPut extends PutPartOptions {
  readonly body: StorageBody
}

async function putSegment(
  ask: SwiftRequest,
  place: { readonly container: string; readonly key: string },
  part: SegmentToPut,
): Promise<void> {
  const { body, length, signal } = part
  const verified = verifyBody(body, part)
  try {
    const headers: Record<string, string> = length === undefined ? {} : { 'content-length': String(length) }
    const sent = await toClientBody(verified, body)
    const got = await ask({ method: 'PUT', ...place, headers, body: sent, signal })
    await text(got.body)
  } catch (thrown) {
    throw verified.failure() ?? thrown
  }
}
