// A file fetched from an address that a client gave: through the guard, each redirect again, into the spool.
import { type Dispatcher, request } from 'undici'
import { Failure } from '../../errors.ts'
import {
  dismiss,
  isClosedUnderUs,
  lateFailure,
  statusFailure,
  transportFailure,
} from '../../fetch/refusals.ts'
import { type Unpacker, unpack, unpackerOf } from './content-coding.ts'
import { type FetchRequest, firstRequest, nextRequest } from './fetch-address.ts'
import { addressName, dispositionName, safeName } from './file-name.ts'
import type { FetchOptions, Received } from './intake.ts'
import { checkBytes, type ReceiveContext, receiveFile } from './receive-file.ts'
import type { SpoolSpace } from './spool-space.ts'
import { abandonment, chunksOf } from './stall-watch.ts'

export interface FetchContext extends ReceiveContext {
  readonly room: SpoolSpace
  readonly dispatcher: Dispatcher
  /** Until the connection stands; then `stallMs` for the first byte and between two. */
  readonly connectMs: number
  readonly stallMs: number
  /** The whole download, redirects included. */
  readonly fetchMs: number
}

type FetchResponse = Dispatcher.ResponseData

interface Arrival {
  readonly response: FetchResponse
  readonly visit: FetchRequest
}

const mostRedirects = 5

export async function fetchFile(
  address: string,
  way: FetchContext,
  options: FetchOptions,
): Promise<Received> {
  const first = firstRequest(address, options.headers ?? {})
  const deadline = AbortSignal.timeout(way.fetchMs)
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline
  try {
    const arrival = await follow(first, way, signal)
    return await keep(
      arrival,
      { ...way, signal },
      { ...options, name: options.name ?? nameOf(arrival, first) },
    )
  } catch (thrown) {
    throw explain(thrown, options.signal, deadline)
  }
}

async function follow(first: FetchRequest, way: FetchContext, signal: AbortSignal): Promise<Arrival> {
  let visit = first
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const response = await get(visit, way, signal)
    if (!redirects.has(response.statusCode)) return { response, visit }
    dismiss(response)
    visit = nextRequest(first, visit, String(response.headers.location ?? ''))
  }
  throw new Failure('source-failed', 'The source redirects too often.')
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

async function get(
  { url, headers }: FetchRequest,
  way: FetchContext,
  signal: AbortSignal,
): Promise<FetchResponse> {
  const answered = AbortSignal.timeout(way.connectMs + way.stallMs)
  const options = {
    dispatcher: way.dispatcher,
    headers,
    headersTimeout: way.stallMs,
    // The watch on the pace says it sooner and in our words.
    bodyTimeout: way.stallMs * 2,
  }
  const ask = async () => {
    const asked = new AbortController()
    const stop = () => asked.abort()
    const either = AbortSignal.any([signal, answered])
    either.addEventListener('abort', stop, { once: true })
    if (either.aborted) stop()
    try {
      return await request(url, { ...options, signal: asked.signal })
    } finally {
      // What is late for the answer's beginning must not cut its body.
      either.removeEventListener('abort', stop)
    }
  }
  try {
    return await ask()
  } catch (thrown) {
    if (answered.aborted) throw lateFailure(thrown)
    if (!isClosedUnderUs(thrown) || signal.aborted) throw thrown
    return ask()
  }
}

async function keep(
  { response }: Arrival,
  way: FetchContext & { readonly signal: AbortSignal },
  options: FetchOptions,
): Promise<Received> {
  const { headers } = response
  const body = response.body.on('error', () => {})
  try {
    if (response.statusCode !== 200) throw statusFailure(response)
    const unpackers = unpackersFor(String(headers['content-encoding'] ?? ''))
    const total = unpackers.length > 0 ? undefined : lengthOf(headers['content-length'])
    await checkBytes(total ?? 0, options)
    way.room.check(total ?? 0)
    const torn = (cause: unknown) => transportFailure(cause)
    const chunks = chunksOf(body, { ...way, slow: () => lateFailure(), torn })
    const whole = unpackers.reduce((packed, unpacker) => unpack(packed, unpacker, unpackFailure), chunks)
    return await receiveFile(whole, way, {
      name: options.name,
      type: textOf(headers['content-type']),
      maxBytes: options.maxBytes,
      within: options.within,
      onlyPictures: options.onlyPictures,
      progress: options.progress && ((done) => options.progress?.(done, total)),
    })
  } finally {
    // Nobody reads on; whole bodies have left their connection already.
    body.destroy()
  }
}

/** More than that nobody packs a file. */
const mostCodings = 3

/**
 * Some servers compress whatever they are asked. What comes out is counted as it comes, so a bomb ends at the limit. What
 * is no coding is a label that the file was stored with (aws-chunked, utf-8): the file is kept as it comes.
 */
function unpackersFor(label: string): readonly Unpacker[] {
  const words = label.split(',').map((word) => word.trim().toLowerCase())
  if (words.some((word) => unread.has(word)))
    throw new Failure('source-failed', 'The source is sent in an encoding that is not read here.')
  const found = words.flatMap((word) => unpackerOf(word) ?? [])
  if (found.length > mostCodings) throw new Failure('source-failed', 'The source is packed too often.')
  // The last that was applied comes off first (RFC 9110 8.4).
  return found.reverse()
}

/** Codings of the registry (RFC 9110 18.6) that nobody packs a file in today. */
const unread = new Set(['compress', 'x-compress', 'dcb', 'dcz', 'exi', 'pack200-gzip'])

const unpackFailure = (cause: unknown) =>
  new Failure('source-failed', 'The source does not unpack.', { cause })

function nameOf({ response, visit }: Arrival, first: FetchRequest): string | undefined {
  const said = [
    dispositionName(textOf(response.headers['content-disposition'])),
    addressName(visit.url),
    addressName(first.url),
  ]
  return said.find((name) => name !== undefined && safeName(name) !== safeName(undefined))
}

const textOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header

function lengthOf(header: string | string[] | undefined): number | undefined {
  const text = textOf(header)
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function explain(thrown: unknown, asked: AbortSignal | undefined, deadline: AbortSignal): unknown {
  if (asked?.aborted) return abandonment()
  if (deadline.aborted) return lateFailure(thrown)
  return thrown instanceof Failure ? thrown : transportFailure(thrown)
}
