// multipart/form-data (RFC 7578): parts in any order, files into the spool as they come, everything else bounded.
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { Busboy, type BusboyInstance } from '@fastify/busboy'
import { Failure } from '../../errors.ts'
import { contentOf } from './content.ts'
import { again } from './content-coding.ts'
import type { Form, FormOptions, Received } from './intake.ts'
import { type ReceiveContext, receiveFile } from './receive-file.ts'
import { chunksOf, type StallWatch } from './stall-watch.ts'

/** Of the headers of one part, and of the name in it. */
const headerBytes = 16 * 1024
const mostNameBytes = 1000
const defaults = { maxFiles: 10, maxFields: 200, maxFieldBytes: 64 * 1024 }

type FormLimits = Required<Pick<FormOptions, 'maxBytes' | 'maxFiles' | 'maxFields' | 'maxFieldBytes'>>

export const limitsOf = (options: FormOptions): FormLimits => ({
  maxBytes: options.maxBytes,
  maxFiles: options.maxFiles ?? defaults.maxFiles,
  maxFields: options.maxFields ?? defaults.maxFields,
  maxFieldBytes: options.maxFieldBytes ?? defaults.maxFieldBytes,
})

/** All that a form within its limits can have, headers and boundaries included. */
export function mostFormBytes({ maxBytes, maxFiles, maxFields, maxFieldBytes }: FormLimits): number {
  return maxFiles * (maxBytes + headerBytes) + maxFields * (maxFieldBytes + headerBytes)
}

export interface FormRequest {
  readonly headers: IncomingHttpHeaders
  readonly body: Readable
  readonly watch: StallWatch
}

export async function readForm(
  request: FormRequest,
  place: ReceiveContext,
  options: FormOptions,
): Promise<Form> {
  const limits = limitsOf(options)
  const busboy = createParser(request.headers, limits)
  const failing = Promise.withResolvers<never>()
  failing.promise.catch(() => {})
  const stop = new AbortController()
  const watch = untilStopped(request.watch, stop.signal)
  const fail = (failure: unknown) => {
    failing.reject(failure)
    stop.abort()
  }
  const fields: { name: string; value: string }[] = []
  const files: Promise<{ field: string; received: Received } | undefined>[] = []

  busboy.on('field', (name, value, _nameCut, isCut) => {
    const wrong = isCut ? bad(`A field has more than ${limits.maxFieldBytes} bytes.`) : wrongName(name)
    if (wrong) return fail(wrong)
    fields.push({ name, value })
    options.onField?.(name, value)
  })
  busboy.on('file', (field, stream, name, encoding, type) => {
    stream.on('error', (cause) => fail(brokenForm(cause)))
    const wrong = wrongName(field) ?? wrongEncoding(encoding)
    if (wrong) return fail(wrong)
    const watch = { ...request.watch, stallMs: mostMs, signal: stop.signal }
    const taking = takePart(chunksOf(stream, watch), place, { ...options, name, type })
    taking.catch(fail)
    files.push(taking.then((received) => received && { field, received }))
  })
  busboy.on('partsLimit', () => fail(bad('The form has too many parts.')))
  busboy.on('filesLimit', () =>
    fail(bad(`The form has more files than the ${limits.maxFiles} that it may have.`)),
  )
  busboy.on('fieldsLimit', () => fail(bad(`The form has more than ${limits.maxFields} fields.`)))
  busboy.on('error', (cause) => fail(brokenForm(cause)))

  try {
    await Promise.race([
      failing.promise,
      feed(busboy, { ...request, watch, failing: failing.promise }, limits),
    ])
    const taken = await Promise.race([failing.promise, Promise.all(files)])
    return formOf(
      fields,
      taken.filter((file) => file !== undefined),
    )
  } catch (thrown) {
    fail(thrown)
    await discardAll(files)
    throw thrown
  }
}

/** Parts need no watch of their own: they come as fast as the body does, which is watched. */
const mostMs = 2 ** 31 - 1

function createParser(headers: IncomingHttpHeaders, limits: FormLimits): BusboyInstance {
  const type = headers['content-type'] ?? ''
  if (!/^multipart\/form-data\s*;/i.test(type))
    throw bad('The body is not a form: the Content-Type has to be multipart/form-data with a boundary.')
  try {
    return new Busboy({
      headers: { 'content-type': type },
      limits: {
        fieldSize: limits.maxFieldBytes,
        fields: limits.maxFields,
        files: limits.maxFiles,
        // One byte more is seen as too much by whoever takes the file.
        fileSize: limits.maxBytes + 1,
        headerPairs: 50,
        headerSize: headerBytes,
      },
    })
  } catch (cause) {
    throw bad('The Content-Type of the form has no usable boundary.', cause)
  }
}

interface FormFeed extends FormRequest {
  /** Rejects when the form is refused. */
  readonly failing: Promise<never>
}

const untilStopped = (watch: StallWatch, stop: AbortSignal): StallWatch => ({
  ...watch,
  signal: watch.signal ? AbortSignal.any([watch.signal, stop]) : stop,
})

/** Writes the body into the parser and waits until that has seen it all. */
async function feed(
  busboy: BusboyInstance,
  { headers, body, watch, failing }: FormFeed,
  limits: FormLimits,
): Promise<void> {
  let left = mostFormBytes(limits)
  for await (const chunk of contentOf(chunksOf(body, watch), headers)) {
    left -= chunk.length
    if (left < 0) throw bad('The form is longer than its parts may be together.')
    // Where a part is refused the parser may wait for ever; the body must not, or it holds up its connection.
    await Promise.race([failing, within(watch, (done) => busboy.write(chunk, done))])
  }
  await within(watch, (done) => busboy.on('finish', () => done()).end())
}

/** A form can be so broken that the parser waits for ever; nothing of ours takes as long as a client may be silent. */
function within(
  { stallMs }: StallWatch,
  start: (done: (error?: Error | null) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(bad('The form cannot be read.')), stallMs)
    start((error) => {
      clearTimeout(timer)
      if (error) reject(brokenForm(error))
      else resolve()
    })
  })
}

type FormPartOptions = FormOptions & { readonly name: string | undefined; readonly type: string }

/** Undefined for a file input that was left empty: browsers send it without name and content (HTML 4.10.21.8). */
async function takePart(
  chunks: AsyncGenerator<Buffer, void>,
  place: ReceiveContext,
  options: FormPartOptions,
) {
  const first = await chunks.next()
  if (first.done && !options.name) return undefined
  return receiveFile(first.done ? chunks : again(first, chunks), place, options)
}

function wrongName(name: string | undefined): Failure | undefined {
  if (name === undefined) return bad('A part of the form has no name.')
  return name.length > mostNameBytes ? bad('The name of a field is too long.') : undefined
}

/** RFC 7578 4.7: nobody sends it, and taken as it stands the file would be another one. */
function wrongEncoding(encoding: string): Failure | undefined {
  if (!/^(base64|quoted-printable)$/i.test(encoding)) return undefined
  return bad('A part of the form has a Content-Transfer-Encoding; send it as it is.')
}

function formOf(fields: Form['fields'], files: Form['files']): Form {
  return {
    fields,
    files,
    field: (name) => fields.find((field) => field.name === name)?.value,
    discard: async () => void (await Promise.all(files.map(({ received }) => received.discard()))),
  }
}

async function discardAll(files: readonly Promise<Form['files'][number] | undefined>[]): Promise<void> {
  for (const settled of await Promise.allSettled(files))
    if (settled.status === 'fulfilled') await settled.value?.received.discard()
}

const bad = (sentence: string, cause?: unknown): Failure => new Failure('bad-body', sentence, { cause })

const brokenForm = (cause: unknown): Failure => bad('The form breaks off or is not well-formed.', cause)
