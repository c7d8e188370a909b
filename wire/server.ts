// The life of an HTTP server: it listens with limits against idle and endless clients, and it leaves without a
// failed request.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { refuseTunnel } from './error-responses.ts'
import { createPlainReader, type FindPlain, type PlainReader } from './plain-reader.ts'
import type { Listener } from './tier-listener.ts'
import { createTraffic, type Traffic } from './traffic.ts'

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
  /** What is answered before node:http and the listener. */
  readonly plain?: FindPlain | undefined
  /** Connections that change their protocol; without it such a request is answered like any other. */
  readonly upgrades?: Upgrades | undefined
  readonly limits?: ServerLimits
}

export interface Upgrades {
  takes(req: IncomingMessage): boolean
  /** `head` is what the client sent behind its request. */
  take(req: IncomingMessage, socket: Duplex, head: Buffer): void
}

export interface Listening {
  readonly url: string
  readonly port: number
  readonly isDraining: () => boolean
  /** Stops accepting, lets running requests finish, and after `graceMs` cuts the remaining connections. */
  close(graceMs: number): Promise<void>
}

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

export async function listen({
  host,
  port,
  listener,
  plain,
  upgrades,
  limits = {},
}: ListenOptions): Promise<Listening> {
  const settings = { ...defaults, ...limits }
  const traffic = createTraffic(listener, settings)
  const server = serverWith(settings, traffic.listener, upgrades)
  const reader = plain && readPlain(server, plain, settings)
  server.on('connection', traffic.connected)
  server.on('checkContinue', traffic.asked)
  server.on('timeout', traffic.timedOut)
  server.on('clientError', traffic.unread)
  if (upgrades) server.on('upgrade', upgrades.take)
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
      closing ??= drain({ server, traffic, reader, graceMs, lingerMs: Math.min(settings.lingerMs, graceMs) })
      return closing
    },
  }
}

function serverWith(settings: Required<ServerLimits>, listener: Listener, upgrades?: Upgrades): Server {
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
      ...(upgrades && { shouldUpgradeCallback: upgrades.takes }),
      // A slow client is found at most this much too late; Node's own 30 s would triple the limits above.
      connectionsCheckingInterval: Math.min(5000, settings.headersMs),
    },
    listener,
  )
  server.maxConnections = settings.maxConnections
  return server
}

/** In front of the server's own listener of connections. */
function readPlain(server: Server, find: FindPlain, settings: Required<ServerLimits>): PlainReader {
  const [own] = server.listeners('connection')
  server.removeAllListeners('connection')
  const takeOver = (socket: Socket): void => void own?.call(server, socket)
  const reader = createPlainReader({ find, takeOver, ...settings })
  server.on('connection', reader.connected)
  return reader
}

interface Drain {
  readonly server: Server
  readonly traffic: Traffic
  readonly reader: PlainReader | undefined
  readonly graceMs: number
  readonly lingerMs: number
}

// A client that keeps a connection may be sending its next request while we decide to close; closing at once would
// fail it. So idle connections linger: what still arrives is answered, with `connection: close`.
function drain({ server, traffic, reader, graceMs, lingerMs }: Drain): Promise<void> {
  return new Promise((resolve) => {
    let stopSweep = () => {}
    const linger = setTimeout(() => {
      stopSweep = traffic.closeIdle(server, reader)
    }, lingerMs)
    const cut = setTimeout(() => {
      server.closeAllConnections()
      reader?.closeAll()
    }, graceMs)
    traffic.announceEnd()
    reader?.announceEnd()
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
