// What cannot be read as a request is refused in the same words as everything else: before any listener sees it.
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { Failure } from '../errors.ts'
import { publicProblem } from '../problem.ts'
import { closeWhenDone } from './discard-body.ts'
import { isTargetLong, targetTooLong } from './request-head.ts'

const late = 'ERR_HTTP_REQUEST_TIMEOUT'
const overflow = 'HPE_HEADER_OVERFLOW'

/** By the codes of node's parser. */
const refusals: Readonly<Record<string, Failure>> = {
  [overflow]: new Failure('headers-too-large', 'The headers of the request are too long.'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: new Failure('body-too-large', 'The chunk extensions are too long.'),
  [late]: new Failure('stalled', 'The request did not come in time.'),
}
const unreadable = new Failure('bad-request', 'This is no HTTP request that we can read.')

export interface ParserError extends NodeJS.ErrnoException {
  /** What the parser was given when it gave up. */
  readonly rawPacket?: Buffer
}

export interface Conversation {
  /** The answer to the connection's last request that had a body. */
  readonly bodied: ServerResponse | undefined
  /** The last answer that is still to be given. */
  readonly pending: ServerResponse | undefined
  readonly maxTargetBytes: number
  /** How long the client may go on sending. */
  readonly mostMs: number
}

const refused = new WeakSet<Duplex>()

/** Says so on the bare connection, when its turn comes. Every request gets one answer: none a second, none of another's. */
export function refuseConnection(error: ParserError, socket: Duplex, conversation: Conversation): void {
  const { bodied, pending } = conversation
  // Of what still comes behind the last word said here every piece is unreadable.
  if (socket.writableEnded || refused.has(socket)) return
  const isWithinBody = bodied !== undefined && !bodied.req.complete
  if (!socket.writable || (isWithinBody && bodied.headersSent))
    return void endAfter(error, socket, conversation)
  refused.add(socket)
  const speak = () => writeRefusal(error, socket, conversation)
  // Its own answer has its turn when it gets the connection; a request behind others, when the last of them is answered.
  if (isWithinBody && bodied.socket === null) bodied.once('socket', speak)
  else if (!isWithinBody && pending) pending.once('finish', speak)
  else speak()
}

/** The request is answered already, or its answer has begun: there is nothing more to say to it. */
function endAfter(error: ParserError, socket: Duplex, { bodied, mostMs }: Conversation): void {
  const end = () => {
    socket.end()
    closeWhenDone(socket, mostMs)
  }
  if (!bodied?.writableEnded || error.code === late) socket.destroy(error)
  else if (bodied.writableFinished) end()
  else bodied.once('finish', end)
}

function writeRefusal(error: ParserError, socket: Duplex, { maxTargetBytes, mostMs }: Conversation): void {
  if (!socket.writable) return
  write(socket, failureOf(error, maxTargetBytes))
  // A client that is too slow has few bytes under way, so closing at once does not cost it the answer.
  if (error.code === late) socket.destroy(error)
  else closeWhenDone(socket, mostMs)
}

function failureOf({ code = '', rawPacket }: ParserError, maxTargetBytes: number): Failure {
  if (code === overflow && rawPacket && isTargetLong(rawPacket, maxTargetBytes))
    return targetTooLong(maxTargetBytes)
  return refusals[code] ?? unreadable
}

const methods = 'GET, HEAD, OPTIONS'

/** `OPTIONS *` asks about the server and no part of it (RFC 9110 9.3.7). */
export const answerOptions = (response: ServerResponse): void =>
  void response.writeHead(204, { allow: methods }).end()

/** A tunnel is asked for (RFC 9110 9.3.6), which nobody here digs. */
export function refuseTunnel(socket: Duplex, mostMs: number): void {
  write(socket, new Failure('bad-method', 'CONNECT is not answered here.'), { allow: methods })
  // Node has let go of this socket: nobody else hears of a client that resets it.
  closeWhenDone(
    socket.resume().on('error', () => socket.destroy()),
    mostMs,
  )
}

function write(socket: Duplex, failure: Failure, more: Readonly<Record<string, string>> = {}): void {
  const { status, headers, body } = publicProblem(failure)
  const fields = Object.entries({ ...headers, ...more, connection: 'close' })
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...fields.map((field) => field.join(': '))]
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]))
}

/** A request that was read, and breaks a rule: after it the connection is not to be trusted. */
export function refuseRequest(request: IncomingMessage, response: ServerResponse, failure: Failure): void {
  const { status, headers, body } = publicProblem(failure)
  response.writeHead(status, { ...headers, connection: 'close' })
  response.end(request.method === 'HEAD' ? undefined : body)
}
