// A connection that changes its protocol (RFC 9110 7.8), a WebSocket nearly always: after the handshake two sockets are
// joined, and the end of one is the end of the other.
import type { IncomingMessage } from 'node:http'
import { STATUS_CODES } from 'node:http'
import { type Duplex, pipeline } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Failure } from '../errors.ts'
import { publicProblem } from '../problem.ts'
import type { PassOptions } from './asking.ts'
import { failureOf, linesOf } from './exchange.ts'
import { answerLines, type Lines, requestLines } from './message-headers.ts'

/** `head` is what the client sent behind its handshake. */
export function passUpgrade(req: IncomingMessage, client: Duplex, head: Buffer, options: PassOptions): void {
  const { dispatcher, origin, originHost } = options
  let controller: Dispatcher.DispatchController | undefined
  let joined: Duplex | undefined
  const leave = (): void => {
    if (joined) joined.destroy()
    else controller?.abort(new Error('the client has gone'))
  }
  client.once('close', leave)
  client.on('error', leave)
  dispatcher.dispatch(
    {
      origin,
      path: req.url ?? '/',
      method: 'GET',
      headers: requestLines(req.rawHeaders, options.client, originHost ?? options.client.host),
      upgrade: req.headers.upgrade ?? 'websocket',
    },
    {
      onRequestStart(started) {
        controller = started
      },
      onRequestUpgrade(started, status, _, socket) {
        const fields = [
          ...answerLines(linesOf(started.rawHeaders)),
          ...switching(linesOf(started.rawHeaders)),
        ]
        client.write(headOf(status, '', fields))
        joined = join(client, socket, head)
      },
      // The origin does not want to: its answer is the client's.
      onResponseStart(started, status, _, statusText = '') {
        if (status < 200) return
        const lines = [...answerLines(linesOf(started.rawHeaders)), 'Connection', 'close']
        client.write(headOf(status, statusText, lines))
      },
      onResponseData(started, chunk) {
        if (client.write(chunk)) return
        started.pause()
        client.once('drain', () => started.resume())
      },
      onResponseEnd: () => void client.end(),
      onResponseError(_, error) {
        refuse(client, failureOf(error), options)
      },
    },
  )
}

function join(client: Duplex, origin: Duplex, head: Buffer): Duplex {
  if (head.length > 0) origin.write(head)
  const over = (): void => {
    client.destroy()
    origin.destroy()
  }
  // A half-closed side may still be sent to.
  pipeline(origin, client, over)
  pipeline(client, origin, over)
  return origin
}

/** The two fields of the handshake that are the connection's own. */
function switching(lines: Lines): string[] {
  const kept: string[] = []
  for (let at = 0; at < lines.length; at += 2)
    if (['connection', 'upgrade'].includes(lines[at]?.toLowerCase() ?? ''))
      kept.push(lines[at] ?? '', lines[at + 1] ?? '')
  return kept
}

function headOf(status: number, statusText: string, lines: Lines): Buffer {
  let head = `HTTP/1.1 ${status} ${statusText || (STATUS_CODES[status] ?? '')}\r\n`
  for (let at = 0; at < lines.length; at += 2) head += `${lines[at]}: ${lines[at + 1]}\r\n`
  return Buffer.from(`${head}\r\n`, 'latin1')
}

function refuse(client: Duplex, failure: Failure, { failed }: PassOptions): void {
  if (!client.writable) return
  failed(failure)
  const { status, headers, body } = publicProblem(failure)
  const lines = Object.entries({ ...headers, connection: 'close' }).flat()
  client.end(Buffer.concat([headOf(status, '', lines.map(String)), body]))
}
