// Uploads in parts as the Upload API has them: addresses for all parts at once, then one call that says it is whole.
import type { Hono } from 'hono'
import { asFailure, Failure } from '../../../errors.ts'
import type { ApiEnv, ApiParts } from '../parts.ts'
import { baseOf, untilLeft } from '../request.ts'
import { fileInfo } from './file-json.ts'
import { asRefusal, Refusal } from './upload-errors.ts'
import { isUuid, keyOf, uploaderOf, uploadOptions } from './upload-options.ts'
import {
  answerEmpty,
  answerRefusal,
  type UploadHandler,
  type UploadRequest,
  wrongMethod,
} from './upload-request.ts'

/** Below it clients are told to upload directly. */
const leastBytes = 10_485_760
const usualPartBytes = 5_242_880
const mostPartBytes = 5_368_709_120
const mostParts = 10_000

export function start(parts: ApiParts): UploadHandler {
  return async (asked) => {
    const key = await uploaderOf(asked, parts, 'UPLOADCARE_PUB_KEY')
    const [name, type] = [requiredField(asked, 'filename'), requiredField(asked, 'content_type')]
    const bytes = sizeOf(asked, parts.limits.multipartBytes)
    const plan = { name, type, bytes, partBytes: partSizeOf(asked, bytes) }
    const { file, parts: count } = await parts.uploads.start({ ...uploadOptions(asked, key), ...plan })
    const base = baseOf(asked.c.env.incoming, parts.publicUrl)
    return {
      uuid: file.id,
      parts: Array.from({ length: count }, (_, i) => partAddress(base, file.id, i + 1)),
    }
  }
}

export function complete({ uploads, ...parts }: ApiParts): UploadHandler {
  return async (asked) => {
    const { project } = await keyOf(asked, parts, 'UPLOADCARE_PUB_KEY')
    const id = asked.field('uuid')
    if (id === undefined) throw new Refusal('MultipartFileIdRequiredError')
    if (!isUuid(id)) throw new Refusal('UUIDInvalidError')
    const file = await uploads.complete(project, id).catch((thrown: unknown) => {
      const { kind } = asFailure(thrown)
      if (kind === 'not-found' || kind === 'source-missing') throw new Refusal('MultipartFileNotFoundError')
      if (kind === 'bad-option') throw new Refusal('MultipartUploadSizeTooSmallError')
      throw thrown
    })
    return fileInfo(file)
  }
}

/**
 * As S3 writes them, where Uploadcare's lead: the Go client reads in `partNumber` which bytes it is to send. The id is
 * drawn at random and told to nobody but this client until the file is whole.
 */
const partAddress = (base: string, id: string, number: number): string =>
  `${base}/multipart/${id}/?partNumber=${number}&uploadId=${id}`

/** PUT of one part: its bytes and nothing else. */
export function partRoute(app: Hono<ApiEnv>, { uploads, log }: Pick<ApiParts, 'uploads' | 'log'>): void {
  app.all('/multipart/:id/', async (c) => {
    if (c.req.method === 'OPTIONS') return answerEmpty(c)
    try {
      if (c.req.method !== 'PUT') throw wrongMethod(c)
      const { id } = c.req.param()
      const { partNumber = '', uploadId = id } = c.req.query()
      if (!isUuid(id) || uploadId !== id) throw new Refusal('MultipartFileNotFoundError')
      if (!/^\d{1,5}$/.test(partNumber)) throw new Refusal('RequestParamRequiredError', 'partNumber')
      const { incoming } = c.env
      const { headers } = incoming
      await uploads.part(id, Number(partNumber), incoming, { headers, signal: untilLeft(c.env) })
      return answerEmpty(c)
    } catch (thrown) {
      const refusal = partRefusal(thrown)
      if (refusal.code === 'UploadAPIError') log.error({ err: thrown }, 'a part could not be kept')
      return answerRefusal(c, refusal, 'PUT')
    }
  })
}

function partRefusal(thrown: unknown): Refusal {
  const kind = thrown instanceof Failure ? thrown.kind : undefined
  if (kind === 'conflict') return new Refusal('MultipartFileAlreadyUploadedError')
  if (kind === 'not-found' || kind === 'source-missing') return new Refusal('MultipartFileNotFoundError')
  if (thrown instanceof Failure && kind === 'bad-body') return new Refusal('UploadViewsError', thrown.message)
  return asRefusal(thrown)
}

function requiredField(asked: UploadRequest, name: string): string {
  const value = asked.field(name)
  if (value !== undefined) return value
  throw new Refusal('RequestParamRequiredError', name)
}

function sizeOf(asked: UploadRequest, most: number): number {
  const text = requiredField(asked, 'size')
  if (!/^\d{1,15}$/.test(text)) throw new Refusal('MultipartSizeInvalidError')
  const bytes = Number(text)
  if (bytes < leastBytes) throw new Refusal('MultipartFileSizeTooSmallError', leastBytes)
  if (bytes > most) throw new Refusal('MultipartFileSizeLimitExceededError')
  return bytes
}

function partSizeOf(asked: UploadRequest, bytes: number): number {
  const text = asked.field('part_size') ?? String(usualPartBytes)
  if (!/^\d{1,15}$/.test(text)) throw new Refusal('MultipartPartSizeInvalidError')
  const size = Number(text)
  // Storage takes no more parts than that.
  const least = Math.max(usualPartBytes, Math.ceil(bytes / mostParts))
  if (size < least) throw new Refusal('MultipartPartSizeTooSmallError', least)
  if (size > mostPartBytes) throw new Refusal('MultipartPartSizeTooBigError', mostPartBytes)
  return size
}
