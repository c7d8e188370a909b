// The life of an HTTP server: it listens with limits against idle and endless clients, and it leaves without a
// failed request.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { discardAfterAnswer } from './discard-body.ts'
import {
  answerOptions,
  type ParserError,
  refuseConnection,
  refuseRequest,
  refuseTunnel,
} from './error-responses.ts'
import { continueWhenRead } from './expect-continue.ts'
import { readHead } from './request-head.ts'
import type { Listener } from './tier-listener.ts'

export interface ServerLimits {
  /** How long a client may take to send its headers. */
  readonly headersMs?: number
  /** How long a client may take to send its whole request, body included. */
  readonly requestMs?: number
  /** How long an idle connection is kept. Longer than a balancer keeps it, so that the balancer is the one to close. */
  readonly keepAliveMs?: number
  /** Of the target and all fields together. */
  readonly maxHeaderBytes?: number
  readonly maxTargetBytes?: number
  readonly maxConnections?: number
  /** How long an idle connection may still bring a request after the drain began. */
  readonly lingerMs?: number
  /** How long a client may take nothing of an answer that waits for it, or send nothing of a body it has begun. */
  readonly stallMs?: number
  /** How long the rest of a request may still come after it was answered. */
  readonly unreadMs?: number
}

export interface ListenOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly listener: Listener
  readonly limits?: ServerLimits
}

export interface Listening {
  readonly url: string
  readonly port: number
  readonly isDraining: () => boolean
  /** Stops accepting, finishes what runs, and cuts what is left after `graceMs`. */
  close(graceMs: number): Promise<void>
}

const sweepMs = 50

const defaults: Required<ServerLimits> = {
  headersMs: 10_000,
  requestMs: 60_000,
  // AWS, Google and nginx keep an idle connection for 60 s (nginx 75 s towards clients only).
  keepAliveMs: 72_000,
  maxHeaderBytes: 16_384,
  // RFC 9112 3 asks for 8,000 at least.
  maxTargetBytes: 8192,
  maxConnections: 10_000,
  lingerMs: 1000,
  stallMs: 30_000,
  unreadMs: 30_000,
}

export async function listen({ host, port, listener, limits = {} }: ListenOptions): Promise<Listening> {
  const settings = { ...defaults, ...limits }
  const traffic = createTraffic(listener, settings)
  const server = serverWith(settings, traffic.listener)
  server.on('connection', traffic.connected)
  server.on('checkContinue', traffic.asked)
  server.on('timeout', traffic.timedOut)
  server.on('clientError', traffic.unread)
  server.on('connect', (_, socket) => refuseTunnel(socket, settings.unreadMs))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address() as AddressInfo
  let closing: Promise<void> | undefined
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    isDraining: () => closing !== undefined,
    close(graceMs) {
      closing ??= drain({ server, traffic, graceMs, lingerMs: Math.min(settings.lingerMs, graceMs) })
      return closing
    },
  }
}

function serverWith(settings: Required<ServerLimits>, listener: Listener): Server {
  const server = createServer(
    {
      headersTimeout: settings.headersMs,
      requestTimeout: Math.max(settings.requestMs, settings.headersMs),
      keepAliveTimeout: settings.keepAliveMs,
      maxHeaderSize: settings.maxHeaderBytes,
      // A GET has no body to wait for: its stream is born ended, which a hit notices.
      optimizeEmptyRequests: true,
      // Refused by ourselves, with a word.
      requireHostHeader: false,
      // A slow client is found at most this much too late; Node's own 30 s would triple the limits above.
      connectionsCheckingInterval: Math.min(5000, settings.headersMs),
    },
    listener,
  )
  server.maxConnections = settings.maxConnections
  return server
}

interface Traffic {
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
  closeIdle(server: Server): () => void
}

function createTraffic(listener: Listener, limits: Required<ServerLimits>): Traffic {
  const { stallMs, unreadMs, maxTargetBytes } = limits
  const running = new Set<ServerResponse>()
  const silent = new Set<Socket>()
  const waiting = new WeakMap<Duplex, ServerResponse>()
  const bodied = new WeakMap<Duplex, ServerResponse>()
  /** What had come when a body was last found to be missing. */
  const heard = new WeakMap<IncomingMessage, number>()
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
    else if (req.url === '*') answerOptions(res)
    else listener(req, res)
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
    connected(socket) {
      silent.add(socket)
      socket.once('close', () => silent.delete(socket))
    },
    timedOut(socket) {
      const req = waiting.get(socket)?.req
      // Who waits for a picture that is being made may be silent; who does not take what is ready holds memory.
      if (socket.writableLength > 0 || !req) return void socket.destroy()
      if (!owesBody(req)) return
      // Once more: whoever reads the body may be just about to say so in words.
      if (heard.get(req) === socket.bytesRead) return void socket.destroy()
      heard.set(req, socket.bytesRead)
      socket.setTimeout(stallMs)
    },
    unread(error, socket) {
      const answers = { bodied: bodied.get(socket), pending: waiting.get(socket) }
      refuseConnection(error, socket, { ...answers, maxTargetBytes, mostMs: unreadMs })
    },
    announceEnd() {
      isEnding = true
      for (const res of running) if (!res.headersSent) res.shouldKeepAlive = false
    },
    closeIdle(server) {
      // Node counts a connection that never said a word as active; a browser opens such ones in advance.
      for (const socket of silent) if (socket.bytesRead === 0) socket.destroy()
      server.close()
      // Again and again: a connection is idle only some time after its last answer has ended.
      const sweep = setInterval(() => server.closeIdleConnections(), sweepMs)
      return () => clearInterval(sweep)
    },
  }
}

/** Not where it is us who do not read: then what has come waits in here. */
const owesBody = (req: IncomingMessage): boolean =>
  !req.complete && req.readableLength < req.readableHighWaterMark

interface Drain {
  readonly server: Server
  readonly traffic: Traffic
  readonly graceMs: number
  readonly lingerMs: number
}

// A client that keeps a connection may be sending its next request while we decide to close; closing at once would
// fail it. So idle connections linger: what still arrives is answered, with `connection: close`.
function drain({ server, traffic, graceMs, lingerMs }: Drain): Promise<void> {
  return new Promise((resolve) => {
    let stopSweep = () => {}
    const linger = setTimeout(() => {
      stopSweep = traffic.closeIdle(server)
    }, lingerMs)
    const cut = setTimeout(() => server.closeAllConnections(), graceMs)
    traffic.announceEnd()
    // http.Server's own close() also drops idle connections at once; net.Server's only stops accepting.
    NetServer.prototype.close.call(server, () => {
      clearTimeout(linger)
      clearTimeout(cut)
      stopSweep()
      // Stops http's timer that looks for slow clients.
      server.close()
      resolve()
    })
  })
}
