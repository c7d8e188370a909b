// Answers the plainest requests from the socket itself: a picture in memory for a GET that asks for nothing special. Node's own
// server takes as much CPU for each as the kernel does for sending it. With anything else the connection is node:http's, with
// what came and all that follows.
import type { Socket } from 'node:net'
import { type PlainFields, plainFields, plainHead } from './plain-head.ts'

/** Ready to be written: the first line and all fields but those of the connection, each with its end; the body. */
export interface PlainAnswer {
  readonly head: Buffer
  readonly body: Buffer
  /** Whether a Date is among the fields. */
  readonly isDated?: boolean
}

/** By the target and the fields, as they came; undefined for what is not ready, or needs more than that. */
export type FindPlain = (target: string, fields: PlainFields, socket: Socket) => PlainAnswer | undefined

export interface PlainReaderOptions {
  readonly find: FindPlain
  /** node:http's own listener of connections. */
  readonly takeOver: (socket: Socket) => void
  /** How long an idle connection is kept. */
  readonly keepAliveMs: number
  /** How long a client may take nothing of an answer. */
  readonly stallMs: number
}

export interface PlainReader {
  readonly connected: (socket: Socket) => void
  /** From here on every request goes to node:http, which tells its client that it is the last one. */
  announceEnd(): void
  /** Closes the connections that have taken all of their answers. */
  closeIdle(): void
  closeAll(): void
}

/** How often idle connections are looked for at least: a timer for each would cost a hit a quarter more. */
const mostSweepMs = 5000

/** No browser's is longer, but for its cookies. */
const mostHeadBytes = 8192

interface Connection {
  /** The sweep since which nothing has come. */
  idleSince: number
  isNew: boolean
  /** What its fields were, and what they mean. */
  fields: string
  meaning: PlainFields | undefined
  readonly handOver: (packet?: Buffer) => void
}

export function createPlainReader(options: PlainReaderOptions): PlainReader {
  const { find, takeOver, keepAliveMs, stallMs } = options
  const connections = new Map<Socket, Connection>()
  const lastFields = createLastFields(keepAliveMs)
  const sweepMs = Math.min(mostSweepMs, keepAliveMs)
  const mostSweeps = Math.ceil(keepAliveMs / sweepMs)
  let sweeps = 0
  let isEnding = false
  let sweeper: NodeJS.Timeout | undefined

  function connected(socket: Socket): void {
    sweeper ??= setInterval(sweep, sweepMs).unref()
    const forget = (): void => {
      connections.delete(socket)
      socket
        .off('data', read)
        .off('end', hangUp)
        .off('timeout', stalled)
        .off('error', ignore)
        .off('close', forget)
    }
    const handOver = (packet?: Buffer): void => {
      forget()
      takeOver(socket)
      if (packet) socket.emit('data', packet)
    }
    const connection: Connection = {
      idleSince: sweeps,
      isNew: true,
      fields: '',
      meaning: undefined,
      handOver,
    }
    const read = (packet: Buffer): void => {
      // Before it has taken the last answer, it gets no further one from here.
      const answer = isEnding || socket.writableLength > 0 ? undefined : answerTo(packet, connection, socket)
      if (!answer) return void handOver(packet)
      connection.isNew = false
      connection.idleSince = sweeps
      send(socket, answer)
      // Nearly always the kernel has taken all of it.
      if (socket.writableLength > 0) socket.setTimeout(stallMs)
    }
    const stalled = (): void => void (socket.writableLength > 0 ? socket.destroy() : socket.setTimeout(0))
    const hangUp = (): void => void socket.end()
    connections.set(socket, connection)
    socket.on('data', read).on('end', hangUp).on('timeout', stalled).on('error', ignore).on('close', forget)
  }

  function answerTo(packet: Buffer, connection: Connection, socket: Socket): PlainAnswer | undefined {
    const head = packet.length <= mostHeadBytes ? plainHead(packet.toString('latin1')) : undefined
    if (!head) return undefined
    if (connection.fields !== head.fields) {
      connection.fields = head.fields
      connection.meaning = plainFields(head.fields)
    }
    return connection.meaning && find(head.target, connection.meaning, socket)
  }

  function send(socket: Socket, { head, body, isDated = false }: PlainAnswer): void {
    socket.cork()
    socket.write(head)
    socket.write(lastFields(isDated))
    if (body.length > 0) socket.write(body)
    socket.uncork()
  }

  function sweep(): void {
    sweeps++
    for (const [socket, { isNew, idleSince, handOver }] of connections) {
      // node:http has a limit for who never says a word.
      if (isNew) handOver()
      else if (sweeps - idleSince > mostSweeps && socket.writableLength === 0) socket.destroy()
    }
    if (connections.size > 0) return
    clearInterval(sweeper)
    sweeper = undefined
  }

  return {
    connected,
    announceEnd() {
      isEnding = true
    },
    closeIdle() {
      for (const socket of connections.keys()) if (socket.writableLength === 0) socket.destroy()
    },
    closeAll() {
      for (const socket of connections.keys()) socket.destroy()
    },
  }
}

/** As node:http writes them, Date where there is none yet; made once a second. */
function createLastFields(keepAliveMs: number): (isDated: boolean) => Buffer {
  const timeout = Math.floor(keepAliveMs / 1000)
  const ofConnection = Buffer.from(`Connection: keep-alive\r\nKeep-Alive: timeout=${timeout}\r\n\r\n`)
  let second = -1
  let dated = ofConnection
  return (isDated) => {
    if (isDated) return ofConnection
    const now = Date.now()
    if (second !== Math.floor(now / 1000)) {
      second = Math.floor(now / 1000)
      dated = Buffer.concat([Buffer.from(`Date: ${new Date(now).toUTCString()}\r\n`), ofConnection])
    }
    return dated
  }
}

/** The connection closes, which is all that there is to know. */
const ignore = (): void => {}
