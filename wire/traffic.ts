// The connections of a server: answers under way, clients that never said a word, clients that stall.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { discardAfterAnswer } from './discard-body.ts'
import { answerOptions, type ParserError, refuseConnection, refuseRequest } from './error-responses.ts'
import { continueWhenRead } from './expect-continue.ts'
import type { PlainReader } from './plain-reader.ts'
import { readHead } from './request-head.ts'
import type { Listener } from './tier-listener.ts'

export interface TrafficLimits {
  /** Milliseconds in which a client may take nothing of an answer, or send nothing of a body it has begun. */
  readonly stallMs: number
  /** Milliseconds in which the rest of a request may still come after it was answered. */
  readonly unreadMs: number
  readonly maxTargetBytes: number
}

export interface Traffic {
  readonly listener: Listener
  /** The client waits to be told to send its body. */
  readonly asked: Listener
  connected(socket: Socket): void
  /** Nothing was sent or taken for a while. */
  timedOut(socket: Socket): void
  /** What came is no request, or its body breaks the rules. */
  unread(error: ParserError, socket: Duplex): void
  /** From here on every answer tells its client that it is the last one on this connection. */
  announceEnd(): void
  /** Closes what is idle now, and the rest as it becomes idle, until the returned function is called. */
  closeIdle(server: Server, reader: Pick<PlainReader, 'closeIdle'> | undefined): () => void
}

export function createTraffic(listener: Listener, limits: TrafficLimits): Traffic {
  const { stallMs, unreadMs, maxTargetBytes } = limits
  const running = new Set<ServerResponse>()
  const silent = new Set<Socket>()
  const waiting = new WeakMap<Duplex, ServerResponse>()
  const bodied = new WeakMap<Duplex, ServerResponse>()
  const handle: Listener = (req, res) => (req.url === '*' ? answerOptions(res) : listener(req, res))
  let isEnding = false

  function follow(res: ServerResponse): void {
    running.add(res)
    const { socket } = res.req
    waiting.set(socket.setTimeout(stallMs), res)
    res.on('close', () => {
      running.delete(res)
      if (waiting.get(socket) === res) waiting.delete(socket)
    })
  }

  function answer(req: IncomingMessage, res: ServerResponse): void {
    silent.delete(req.socket)
    // Sent behind the last request of this connection, whose body is being let go: nobody could be answered.
    if (!req.socket.writable) return void req.resume()
    const { hasBody, isLast, failure } = readHead(req, maxTargetBytes)
    if (isEnding || isLast) res.shouldKeepAlive = false
    if (hasBody) {
      bodied.set(req.socket, res)
      discardAfterAnswer(req, res, unreadMs)
    }
    if (failure) refuseRequest(req, res, failure)
    else handle(req, res)
    // A hit is over by now, and the fewer things are done for it the better.
    if (!res.writableEnded) follow(res)
    // Nearly always the kernel has taken all of it. A timer for every socket would cost a hit a quarter more.
    else if (req.socket.writableLength > 0) req.socket.setTimeout(stallMs)
  }

  return {
    listener: answer,
    asked(req, res) {
      continueWhenRead(req, res)
      answer(req, res)
    },
    connected: (socket) => addUntilClosed(silent, socket),
    timedOut: (socket) => closeStalled(socket, waiting.get(socket)?.req, stallMs),
    unread(error, socket) {
      const answers = { bodied: bodied.get(socket), pending: waiting.get(socket) }
      refuseConnection(error, socket, { ...answers, maxTargetBytes, mostMs: unreadMs })
    },
    announceEnd() {
      isEnding = true
      for (const res of running) if (!res.headersSent) res.shouldKeepAlive = false
    },
    closeIdle(server, reader) {
      // Node counts a connection that never said a word as active; a browser opens such ones in advance.
      for (const socket of silent) if (socket.bytesRead === 0) socket.destroy()
      return sweepIdle(server, reader)
    },
  }
}

/** False if it is us who do not read: then the body waits in our buffer. */
const owesBody = (req: IncomingMessage): boolean =>
  !req.complete && req.readableLength < req.readableHighWaterMark

function addUntilClosed(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
}

/** What had come when a body was last found to be missing. */
const bytesBefore = new WeakMap<IncomingMessage, number>()

/** The client of `req` was silent for `stallMs`; without a request the connection is only idle. */
function closeStalled(socket: Socket, req: IncomingMessage | undefined, stallMs: number): void {
  // A client may be silent while its picture is made; a client that does not take a ready answer holds memory.
  if (socket.writableLength > 0 || !req) return void socket.destroy()
  if (!owesBody(req)) return
  // The second time: whoever reads the body may be just about to refuse it in words.
  if (bytesBefore.get(req) === socket.bytesRead) return void socket.destroy()
  bytesBefore.set(req, socket.bytesRead)
  socket.setTimeout(stallMs)
}

const sweepMs = 50

/** Closes idle connections until the returned function is called: each becomes idle only after its last answer. */
function sweepIdle(server: Server, reader: Pick<PlainReader, 'closeIdle'> | undefined): () => void {
  server.close()
  const sweep = setInterval(() => {
    server.closeIdleConnections()
    reader?.closeIdle()
  }, sweepMs)
  return () => clearInterval(sweep)
}
