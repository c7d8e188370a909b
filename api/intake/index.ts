// The door of the intake: what comes in by a body, a form or a download, each as a file of the spool.
import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Log } from '../../log.ts'
import { fetchFile } from './fetch.ts'
import { limitsOf, mostFormBytes, readForm } from './form.ts'
import type { Intake } from './intake.ts'
import { createWholes } from './look.ts'
import { chunksOf, letGo, ofRequest, type Watch } from './pace.ts'
import { createRoom } from './room.ts'
import { createSpool } from './spool.ts'
import { take, tooLarge } from './take.ts'

export type {
  FetchOptions,
  Form,
  FormOptions,
  Intake,
  Received,
  ReceiveOptions,
} from './intake.ts'
export { safeName } from './name.ts'

export interface IntakeOptions {
  /** The spool; several processes may share it, each writes below a folder of its own. */
  readonly dir: string
  /** How much may lie there at once, of this process, until it is discarded. */
  readonly totalBytes: number
  /** The longest silence of a sender. On average it has to bring 1 KB a second. */
  readonly stallMs: number
  /** The guarded way out. */
  readonly dispatcher: Dispatcher
  /** Until a connection stands. */
  readonly connectMs: number
  /** The longest download, redirects included. */
  readonly fetchMs: number
  readonly now?: () => number
  readonly log?: Log
}

/**
 * Where a client's body is refused, it is read on for a while and then cut off, in the background: its answer can be
 * sent at once and reaches a client that writes first and reads then. Do not close the connection for it.
 */
export function createIntake(options: IntakeOptions): Intake {
  const { dir, totalBytes, stallMs, now = Date.now, log } = options
  const room = createRoom(totalBytes)
  const spool = createSpool({ dir, room, now, log })
  const place = { spool, wholes: createWholes() }
  const watchFor = (signal: AbortSignal | undefined): Watch => ({ stallMs, signal, ...ofRequest })

  return {
    receive: (body, wanted) =>
      orLetGo(body, async () => {
        const { length, maxBytes, name, type } = wanted
        if (length !== undefined && length > maxBytes) throw tooLarge(maxBytes)
        room.check(length ?? 0)
        const chunks = chunksOf(body, watchFor(wanted.signal))
        return take(chunks, place, { ...wanted, name, type })
      }),
    form: ({ headers, body }, wanted) =>
      orLetGo(body, async () => {
        const length = Number(headers['content-length'] ?? 0)
        if (length > mostFormBytes(limitsOf(wanted))) throw tooLarge(wanted.maxBytes)
        room.check(length)
        return readForm({ headers, body, watch: watchFor(wanted.signal) }, place, wanted)
      }),
    fetch: (url, wanted) => fetchFile(url, { ...options, ...place, room }, wanted),
    sweep: () => spool.sweep(),
    close: () => spool.close(),
  }
}

async function orLetGo<T>(body: Readable, receive: () => Promise<T>): Promise<T> {
  try {
    return await receive()
  } catch (thrown) {
    letGo(body)
    throw thrown
  }
}
