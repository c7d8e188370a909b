// What every face reads of a request besides pictures: its body as text, whether the client left, and the address of this
// server that the client used.
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { HttpBindings } from '@hono/node-server'
import { Failure } from '../../errors.ts'
import { contentOf } from '../intake/content.ts'
import type { PublicBases } from '../services/uploads/file-event.ts'

/**
 * The whole body as text, unpacked by its Content-Encoding. Fails with 'body-too-large' beyond `maxBytes`, 'bad-body'
 * when it breaks off or does not unpack, 'body-unsupported' for a coding that is not known.
 */
export async function textOf(incoming: IncomingMessage, maxBytes: number): Promise<string> {
  const tooLong = () =>
    new Failure('body-too-large', `The body is longer than the ${maxBytes} bytes allowed here.`)
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) throw tooLong()
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of contentOf(chunksIn(incoming), incoming.headers)) {
      bytes += chunk.length
      if (bytes > maxBytes) break
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure('bad-body', 'The body broke off.', { cause })
  }
  if (bytes > maxBytes) throw tooLong()
  return Buffer.concat(chunks).toString('utf8')
}

/** Not destroyed when nobody reads on: the client is still to read why. */
async function* chunksIn(incoming: IncomingMessage): AsyncGenerator<Buffer, void> {
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) yield chunk as Buffer
}

/** Aborts when the client leaves before it was answered. */
export function untilLeft({ outgoing }: HttpBindings): AbortSignal {
  const left = new AbortController()
  const leave = () => left.abort(new Failure('abandoned', 'The client left before the answer.'))
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) leave()
  })
  if (outgoing.destroyed) leave()
  return left.signal
}

/**
 * Where this server is reached, without a slash at the end: as it was configured, else as the request says. Forwarded
 * headers are not read: anybody may send them.
 */
export function baseOf(incoming: IncomingMessage, publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return publicUrl
  const { socket, headers } = incoming
  const scheme = socket instanceof TLSSocket ? 'https' : 'http'
  const { host = '' } = headers
  if (/^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(host)) return `${scheme}://${host}`
  const { localAddress = '127.0.0.1', localPort } = socket
  const address = localAddress.includes(':') ? `[${localAddress}]` : localAddress
  return `${scheme}://${address}:${localPort}`
}

/** The same, with the address of the edges, which is this server's own where none was configured. */
export function basesOf(incoming: IncomingMessage, { publicUrl, picturesUrl }: PublicUrls): PublicBases {
  const api = baseOf(incoming, publicUrl)
  return { api, pictures: picturesUrl ?? api }
}

/** As configured, without a slash at the end. */
export interface PublicUrls {
  readonly publicUrl: string | undefined
  readonly picturesUrl: string | undefined
}

export const mediaType = ({ headers }: IncomingMessage): string =>
  (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
