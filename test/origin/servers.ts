// What the tests of origin share: real servers on loopback, a watch on every connection that is tried, small pictures.
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, Socket } from 'node:net'
import sharp from 'sharp'
import { createMemoryStore } from '../../cache/memory.ts'
import { createHttpLoader, type HttpOptions } from '../../origin/loaders/http.ts'

export interface Running {
  readonly port: number
  /** How often somebody connected, or asked. */
  count: number
  close(): Promise<void>
}

export type Site = Running & { readonly url: string }

/** An HTTP server on loopback that counts its requests. */
export async function aServer(listener: RequestListener, host = '127.0.0.1'): Promise<Site> {
  const server = createServer((request, response) => {
    running.count++
    listener(request, response)
  })
  const running: Running = await listening(server, host)
  return Object.assign(running, { url: `http://${host}:${running.port}` })
}

/** Two listeners on one port, 127.0.0.1 and ::1, that no guarded connection may ever reach. */
export async function aTrap(): Promise<Running> {
  const trap: Running = await listening(createTcpServer(onTrapped), '127.0.0.1')
  const second = createTcpServer(onTrapped)
  const other = await listening(second, '::1', trap.port).catch(() => undefined)
  const closeFirst = trap.close
  function onTrapped(socket: Socket): void {
    trap.count++
    socket.destroy()
  }
  return Object.assign(trap, { close: async () => void (await Promise.all([closeFirst(), other?.close()])) })
}

async function listening(server: Server, host: string, port = 0): Promise<Running> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(port, host, resolve))
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  return { port: (server.address() as AddressInfo).port, count: 0, close }
}

/** Counts every `connect` of every socket of this process, TLS included, while `body` runs. */
export async function connectionsDuring(body: () => Promise<unknown>): Promise<number> {
  const original = Socket.prototype.connect
  let count = 0
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
    count++
    return (original as (...args: unknown[]) => Socket).apply(this, args)
  } as typeof original
  try {
    await body()
    return count
  } finally {
    Socket.prototype.connect = original
  }
}

/** A picture of one colour; another colour is another picture of the same size. */
export function aPicture(format: 'png' | 'jpeg' = 'png', background = '#c33'): Promise<Buffer> {
  return sharp({ create: { width: 64, height: 48, channels: 3, background } })
    .toFormat(format)
    .toBuffer()
}

/** A loader that may reach loopback; closed by the test. */
export const anHttpLoader = (options: Partial<HttpOptions> = {}) =>
  createHttpLoader({
    allowAddresses: ['127.0.0.1'],
    maxBytes: 1e6,
    connectMs: 10_000,
    idleMs: 10_000,
    totalMs: 60_000,
    maxRedirects: 5,
    freshSeconds: 60,
    staleIfErrorSeconds: 600,
    store: createMemoryStore({ maxBytes: 1e7 }),
    ...options,
  })
