// Both kinds of processing for the tests: on threads of this process, and a real node over loopback HTTP.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { createLocalProcessing, type LocalOptions } from '../../processing/local.ts'
import type { Order, Processing } from '../../processing/processing.ts'
import { createRemoteProcessing, type RemoteOptions } from '../../processing/remote.ts'
import { type ServeProcessingOptions, serveProcessing } from '../../processing/serve.ts'
import { listen } from '../../wire/index.ts'
import { never } from '../signals.ts'

export const scripted = new URL('./workers/scripted.ts', import.meta.url).href
export const secret = 'between nodes'

export const usual: LocalOptions = {
  workers: 1,
  maxWaiting: 10,
  maxWaitingPerOwner: 10,
  deadlineMs: 100_000,
  budgetMs: 10_000,
}

/** Files and servers of one test file; `end` leaves nothing behind. */
export function aPlace() {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-processing-'))
  const ends: (() => Promise<unknown>)[] = []
  let files = 0

  const kept = <P extends Processing>(processing: P): P => {
    ends.unshift(() => processing.close())
    return processing
  }
  const local = (options: Partial<LocalOptions> = {}) => kept(createLocalProcessing({ ...usual, ...options }))

  async function node(behind: Processing, options: Partial<ServeProcessingOptions> = {}) {
    const spoolDir = mkdtempSync(join(folder, 'spool-'))
    const listener = serveProcessing(behind, { secrets: [secret], maxBytes: 20e6, spoolDir, ...options })
    const server = await listen({ host: '127.0.0.1', port: 0, listener, limits: { lingerMs: 20 } })
    const close = () => server.close(500)
    ends.unshift(close)
    return { url: server.url, close, spooled: () => readdirSync(spoolDir) }
  }

  const remote = (urls: readonly string[], options: Partial<RemoteOptions> = {}) =>
    kept(createRemoteProcessing({ urls, secret, deadlineMs: 110_000, every: () => () => {}, ...options }))

  function order(picture: Uint8Array, rest: Partial<Order> = {}): Order {
    const file = join(folder, `source-${files++}`)
    writeFileSync(file, picture)
    return {
      file,
      edit: '',
      optimise: { mode: 'lossy' },
      owner: 'somebody',
      priority: 'foreground',
      ...rest,
    }
  }

  /** What a scripted worker waits for. */
  function aGate() {
    const flag = join(folder, `let-go-${files++}`)
    return { edit: `until ${flag}`, letGo: () => writeFileSync(flag, '') }
  }

  const script = (edit: string, rest: Partial<Order> = {}) => order(Uint8Array.of(1), { edit, ...rest })

  return {
    local,
    node,
    remote,
    order,
    /** For a scripted worker. */
    script,
    aGate,
    /** An order that has a worker until it is let go, once it runs. */
    async holding({ processing, threads }: Tested) {
      const { edit, letGo } = aGate()
      const end = processing.process(script(edit, { owner: 'the first' }), never)
      end.catch(() => {})
      await expect.poll(() => threads.load().running, { interval: 2 }).toBe(1)
      return { end, letGo }
    },
    async end() {
      for (const end of ends.splice(0)) await end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type Place = ReturnType<typeof aPlace>

export interface Tested {
  readonly processing: Processing
  /** The threads that do the work, wherever they are. */
  readonly threads: Processing
}

/** Each makes the processing that is tested from options of the threads behind it. */
export const implementations: readonly (readonly [
  string,
  (place: Place, options?: Partial<LocalOptions>) => Promise<Tested>,
])[] = [
  [
    'on threads',
    async (place, options) => {
      const threads = place.local(options)
      return { processing: threads, threads }
    },
  ],
  [
    'over HTTP',
    async (place, options) => {
      const threads = place.local(options)
      const { url } = await place.node(threads)
      return { processing: place.remote([url]), threads }
    },
  ],
]
