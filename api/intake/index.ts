// The door of the intake: what comes in by a body, a form or a download, each as a file of the spool.
import type { Dispatcher } from 'undici'
import type { Log } from '../../log.ts'
import { contentOf } from './content.ts'
import { fetchFile } from './fetch.ts'
import { limitsOf, mostFormBytes, readForm } from './form.ts'
import { createWholeFileReader } from './identify.ts'
import type { Intake } from './intake.ts'
import { checkBytes, receiveFile } from './receive-file.ts'
import { createSpool } from './spool.ts'
import { createSpoolSpace } from './spool-space.ts'
import { chunksOf, requestFailures, type StallWatch } from './stall-watch.ts'

export { safeName } from './file-name.ts'
export type {
  FetchOptions,
  Form,
  FormOptions,
  Intake,
  Received,
  ReceiveOptions,
} from './intake.ts'

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

/** A body that is refused is left as it is: the server reads it on once the refusal is sent (wire/discard-body.ts). */
export function createIntake(options: IntakeOptions): Intake {
  const { dir, totalBytes, stallMs, now = Date.now, log } = options
  const room = createSpoolSpace(totalBytes)
  const spool = createSpool({ dir, room, now, log })
  const place = { spool, readWhole: createWholeFileReader() }
  const watchFor = (signal: AbortSignal | undefined): StallWatch => ({ stallMs, signal, ...requestFailures })

  return {
    async receive(body, wanted) {
      const { length = 0, name, type } = wanted
      await checkBytes(length, wanted)
      room.check(length)
      const chunks = contentOf(chunksOf(body, watchFor(wanted.signal)), wanted.headers)
      return receiveFile(chunks, place, { ...wanted, name, type })
    },
    async form({ headers, body }, wanted) {
      const length = Number(headers['content-length'] ?? 0)
      const limits = limitsOf(wanted)
      if (length > mostFormBytes(limits)) await checkBytes(length, wanted)
      room.check(length)
      return readForm({ headers, body, watch: watchFor(wanted.signal) }, place, wanted)
    },
    fetch: (url, wanted) => fetchFile(url, { ...options, ...place, room }, wanted),
    sweep: () => spool.sweep(),
    close: () => spool.close(),
  }
}
