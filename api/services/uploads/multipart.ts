// Uploads in parts: each part of the length it must have, in any order, put together by the storage.
import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import { Failure } from '../../../errors.ts'
import type { FileRecord, JsonObject } from '../../../records/index.ts'
import { type Upload, uploadKey } from '../../../storage/index.ts'
import { contentOf, isCoded } from '../../intake/content.ts'
import { safeName } from '../../intake/file-name.ts'
import { typeOf } from '../../intake/media-type.ts'
import { chunksOf, requestFailures } from '../../intake/stall-watch.ts'
import type { UploadsContext } from './context.ts'
import { noFile } from './direct-upload.ts'
import { begin, giveUp, settle } from './lifecycle.ts'
import { factsOfUpload } from './picture-facts.ts'
import type { MultipartProgress, MultipartUploadOptions, PartOptions, Uploads } from './uploads.ts'

type MultipartUploads = Pick<Uploads, 'start' | 'part' | 'multipartProgress' | 'complete' | 'abort'>

/** As many as S3 takes. */
const mostParts = 10_000

/** What the row of a file remembers of its parts. */
interface MultipartPlan {
  readonly partBytes: number
  /** What the client called its type: its bytes may say another. */
  readonly said: string
  /** Of the whole file, where the client said so. */
  readonly sha256?: string
  readonly bucket: Upload
}

export function createMultipartUploads(context: UploadsContext): MultipartUploads {
  return {
    start: (options) => start(context, options),
    part: (...given) => part(context, ...given),
    multipartProgress: (project, id) => multipartProgress(context, project, id),
    complete: (project, id) => complete(context, project, id),
    abort: (project, id) => abort(context, project, id),
  }
}

async function start(context: UploadsContext, wanted: MultipartUploadOptions) {
  const { bytes, partBytes, sha256 } = wanted
  checkSizes(wanted, context.maxBytes)
  await wanted.hold?.take(bytes)
  const [name, type] = [safeName(wanted.name), typeOf(undefined, wanted.type)]
  const id = await begin(context, { wanted, name, type, bytes })
  try {
    const begun = { partBytes, said: wanted.type, ...(sha256 === undefined ? {} : { sha256 }) }
    const plan: MultipartPlan = { ...begun, bucket: await context.bucket.startParts(uploadKey(id), { type }) }
    const row = await context.records.files.get(id)
    await context.records.files.change(id, { upload: { ...row?.upload, ...plan } as unknown as JsonObject })
  } catch (thrown) {
    await giveUp(context, id)
    throw thrown
  }
  await wanted.hold?.keep(context.comingMs)
  return { file: (await context.records.files.get(id)) ?? never(), parts: Math.ceil(bytes / partBytes) }
}

async function part(context: UploadsContext, id: string, number: number, body: Readable, given: PartOptions) {
  const { headers = {}, signal } = given
  const { file, plan } = await underWay(context, id)
  const length = lengthOf(file.bytes, plan.partBytes, number)
  const said = given.length ?? (isCoded(headers) ? undefined : headers['content-length'])
  if (length === undefined || (said !== undefined && Number(said) !== length)) throw wrongPart(number, length)
  const options = signal ? { length, signal } : { length }
  await streamPart(context, { body, headers, signal }, (chunks) =>
    context.bucket.putPart(plan.bucket, number, chunks, options).catch(async (thrown: unknown) => {
      if (thrown instanceof Failure && thrown.kind === 'source-missing' && (await isAssembled(context, file)))
        throw new Failure('conflict', 'All parts have come: complete the upload.')
      // What the storage calls a damaged source is here a part that is longer or shorter than it should be.
      const isWrong = thrown instanceof Failure && thrown.kind === 'source-broken'
      throw isWrong ? wrongPart(number, length) : thrown
    }),
  )
}

async function multipartProgress(
  context: UploadsContext,
  project: string,
  id: string,
): Promise<MultipartProgress> {
  const { file, plan } = await underWay(context, id, project)
  const { partBytes } = plan
  const parts = countOf(file, plan)
  const received = await context.bucket.listParts(plan.bucket).catch(unlessGone)
  const coming = { file, partBytes, parts }
  if (received?.length === parts || !(await isAssembled(context, file))) {
    if (!received) throw noFile()
    return { ...coming, state: 'receiving', received }
  }
  return { ...coming, state: 'assembled', received: Array.from({ length: parts }, (_, i) => i + 1) }
}

/** Somebody was killed between the last part and the record: the file lies there, and the parts are gone. */
const isAssembled = async ({ bucket }: UploadsContext, { id, bytes }: FileRecord): Promise<boolean> =>
  (await bucket.stat(uploadKey(id)))?.bytes === bytes

async function complete(context: UploadsContext, project: string, id: string): Promise<FileRecord> {
  const before = await context.records.files.get(id)
  if (before?.project !== project) throw noFile()
  if (before.state === 'ready') return before
  const { file, plan } = await underWay(context, id)
  await context.bucket
    .finishParts(plan.bucket, countOf(file, plan), file.bytes)
    .catch(async (thrown: unknown) => {
      // Of two that complete at once the slower finds the parts gone, and the whole file in their place.
      if (!(await isAssembled(context, file))) throw thrown
    })
  if (plan.sha256 !== undefined) await checkWhole(context, id, plan.sha256)
  const { facts, format } = await factsOfUpload(context.bucket, id)
  const type = typeOf(format, plan.said)
  return settle(context, { id, facts, type })
}

/** The parts are gone by now, so another file than was meant is given up with its upload. */
async function checkWhole(context: UploadsContext, id: string, sha256: string): Promise<void> {
  const found = await context.bucket.get(uploadKey(id))
  if (!found) throw noFile()
  const hash = createHash('sha256')
  for await (const chunk of found.body) hash.update(chunk as Buffer)
  if (hash.digest('hex') === sha256.toLowerCase()) return
  await giveUp(context, id)
  throw new Failure('bad-option', 'The parts are together not the file that was announced.', {
    ...{ option: 'sha256', expected: 'the SHA-256 of the whole file', received: sha256 },
  })
}

async function abort(context: UploadsContext, project: string, id: string): Promise<boolean> {
  const file = await context.records.files.get(id)
  const plan = file && planOf(file)
  if (file?.project !== project || !plan) return false
  await context.bucket.abortParts(plan.bucket)
  return giveUp(context, id)
}

async function underWay(
  context: UploadsContext,
  id: string,
  project?: string,
): Promise<{ file: FileRecord; plan: MultipartPlan }> {
  const file = await context.records.files.get(id)
  if (project !== undefined && file?.project !== project) throw noFile()
  if (file?.state === 'ready') throw new Failure('conflict', 'The file is uploaded already.')
  const plan = file && planOf(file)
  if (!file || !plan) throw noFile()
  return { file, plan }
}

interface PartBody {
  readonly body: Readable
  readonly headers: IncomingHttpHeaders
  readonly signal: AbortSignal | undefined
}

/**
 * The body as the storage reads it, ended when it comes too slowly. The storage destroys what it refuses: with the body
 * itself that would be the connection, on which the client is still to read why.
 */
async function streamPart(
  { stallMs }: UploadsContext,
  { body, headers, signal: left }: PartBody,
  put: (chunks: Readable) => Promise<void>,
): Promise<void> {
  const end = new AbortController()
  const signal = left ? AbortSignal.any([left, end.signal]) : end.signal
  const chunks = contentOf(chunksOf(body, { stallMs, signal, ...requestFailures }), headers)
  const stream = Readable.from(chunks, { objectMode: false }).on('error', () => {})
  try {
    await put(stream)
  } finally {
    end.abort()
    await chunks.return()
  }
}

const countOf = ({ bytes }: FileRecord, { partBytes }: MultipartPlan): number => Math.ceil(bytes / partBytes)

/** What the storage says when an upload is over, or never was. */
function unlessGone(thrown: unknown): undefined {
  if (!(thrown instanceof Failure) || thrown.kind !== 'source-missing') throw thrown
}

export function planOf({ state, upload }: FileRecord): MultipartPlan | undefined {
  const plan = upload as unknown as Partial<MultipartPlan> | null
  return state === 'uploading' && plan?.bucket ? (plan as MultipartPlan) : undefined
}

function checkSizes({ bytes, partBytes }: MultipartUploadOptions, maxBytes: number): void {
  if (!isCount(bytes)) throw badSize('bytes', 'a whole number of bytes, at least 1')
  if (!isCount(partBytes)) throw badSize('partBytes', 'a whole number of bytes, at least 1')
  if (bytes > maxBytes)
    throw new Failure('source-too-large', 'The file is larger than what may be uploaded.', {
      expected: `at most ${maxBytes} bytes`,
    })
  if (bytes / partBytes > mostParts) throw badSize('partBytes', `so large that ${mostParts} parts are enough`)
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1

/** Undefined for a number that is not one of its parts. */
function lengthOf(bytes: number, partBytes: number, number: number): number | undefined {
  const before = (number - 1) * partBytes
  return isCount(number) && before < bytes ? Math.min(partBytes, bytes - before) : undefined
}

const badSize = (option: string, expected: string) =>
  new Failure('bad-option', `Expected ${option} to be ${expected}.`, { option, expected })

const wrongPart = (number: number, length: number | undefined) =>
  length === undefined
    ? new Failure('bad-option', `The upload has no part ${number}.`, { option: 'number' })
    : new Failure('bad-option', `Part ${number} must have ${length} bytes.`, { option: 'length' })

function never(): never {
  throw new Failure('not-found', 'The upload has been given up.')
}
