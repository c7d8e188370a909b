// What cannot be read as a request is refused in the same words as everything else: before any listener sees it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { Failure } from '../errors.ts'
import { problemAnswer } from '../problem.ts'
import { cutOff } from './unread.ts'

const late = 'ERR_HTTP_REQUEST_TIMEOUT'

/** By the codes of node's parser. */
const refusals: Readonly<Record<string, Failure>> = {
  HPE_HEADER_OVERFLOW: new Failure('headers-too-large', 'The headers of the request are too long.'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: new Failure('body-too-large', 'The chunk extensions are too long.'),
  [late]: new Failure('stalled', 'The request did not come in time.'),
}
const unreadable = new Failure('bad-request', 'This is no HTTP request that we can read.')

/** On the bare connection, where there is no answer under way that it would break into. */
export function refuseConnection(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  response: ServerResponse | undefined,
  mostMs: number,
): void {
  // Of what still comes behind the last word said here every piece is unreadable.
  if (socket.writableEnded) return
  if (!socket.writable || response?.headersSent) return void socket.destroy(error)
  const { status, headers, body } = problemAnswer(refusals[error.code ?? ''] ?? unreadable)
  const fields = Object.entries({ ...headers, connection: 'close' })
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...fields.map((field) => field.join(': '))]
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]))
  // Who is too slow has not much under way that would keep the answer from it.
  if (error.code === late) socket.destroy(error)
  else cutOff(socket, mostMs)
}

/** RFC 9112 3.2: without a Host it must be refused. */
export const lacksHost = ({ headers, httpVersion }: IncomingMessage): boolean =>
  headers.host === undefined && httpVersion === '1.1'

export function refuseHostless(request: IncomingMessage, response: ServerResponse): void {
  const { status, headers, body } = problemAnswer(
    new Failure('bad-request', 'The request has no Host header.'),
  )
  response.writeHead(status, { ...headers, connection: 'close' })
  response.end(request.method === 'HEAD' ? undefined : body)
}
