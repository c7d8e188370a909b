// One processing node: its connections, its health, and how much it is known to have to do.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Dispatcher, Pool } from 'undici'
import { Failure } from '../errors.ts'
import { createBody } from '../wire/body.ts'
import { secretHeader } from '../wire/headers.ts'
import {
  afterFailedCheck,
  afterFailedTrial,
  afterFailure,
  duringTrial,
  healthy,
  isOnTrial,
  isUp,
} from '../wire/health.ts'
import { isUnreachable, linkFailure } from '../wire/link.ts'
import {
  healthPath,
  orderHeader,
  processPath,
  readFailure,
  readFigures,
  readLoad,
  writeOrder,
} from './crossing.ts'
import type { Order, Processed, Processing } from './processing.ts'

export interface NodeOptions {
  readonly secret: string | undefined
  readonly connectMs: number
  readonly checkMs: number
  /** Orders that may be under way to one node at once; more wait for a connection. */
  readonly connections: number
  readonly maxBodyBytes: number
  readonly now: () => number
  readonly changed: (url: string, isUp: boolean) => void
}

export interface Node {
  readonly url: string
  isUp(): boolean
  /** Rejects with a Failure only; 'upstream-failed' where this node, and not the picture, is at fault. */
  process(order: Order, signal: AbortSignal): Promise<Processed>
  /** Asks the node how it is. Never rejects. */
  check(): Promise<void>
  /** As the node said last, or as many as are under way to it, where that is more. */
  load(): ReturnType<Processing['load']>
  close(): Promise<void>
}

export function createNode(url: string, options: NodeOptions): Node {
  const { now, changed, checkMs } = options
  const { pool, checks } = connectionsTo(url, options)
  let health = healthy
  let said = { waiting: 0, running: 0, workers: 0 }
  let underWay = 0

  function learn(next: typeof health): void {
    const wasUp = isUp(health, now())
    health = next
    if (isUp(health, now()) !== wasUp) changed(url, !wasUp)
  }

  async function tried<T>(exchange: () => Promise<T>): Promise<T> {
    const isTrial = isOnTrial(health, now())
    if (isTrial) health = duringTrial(health, now())
    try {
      const result = await exchange()
      if (health !== healthy) learn(healthy)
      return result
    } catch (error) {
      const failure = linkFailure(error)
      if (failure.kind === 'abandoned' || failure.kind === 'late') throw failure
      if (isUnreachable(failure)) learn((isTrial ? afterFailedTrial : afterFailure)(health, now()))
      else if (health !== healthy) learn(healthy)
      throw failure
    }
  }

  return {
    url,
    isUp: () => isUp(health, now()),
    async process(order, signal) {
      underWay++
      try {
        return await tried(async () => {
          const answer = await post(pool, order, { ...options, signal })
          said = readLoad(answer.headers) ?? said
          return processedOf(answer)
        })
      } finally {
        underWay--
      }
    },
    async check() {
      try {
        const request = { path: healthPath, method: 'GET', signal: AbortSignal.timeout(checkMs) } as const
        const { statusCode, headers, body } = await checks.request(request)
        await body.dump()
        said = readLoad(headers) ?? said
        learn(statusCode === 200 ? healthy : afterFailedCheck(health, now()))
      } catch {
        learn(afterFailedCheck(health, now()))
      }
    },
    load() {
      const total = Math.max(underWay, said.waiting + said.running)
      const running = Math.min(total, said.workers || total)
      return { waiting: total - running, running, workers: said.workers }
    },
    close: async () => void (await Promise.all([pool.close(), checks.close()])),
  }
}

function connectionsTo(url: string, { connectMs, connections }: NodeOptions): { pool: Pool; checks: Pool } {
  const settings = {
    // The answer comes after the whole picture was made; one timer of the caller covers it all.
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 1,
    connect: { timeout: connectMs },
  }
  const { origin } = new URL(url)
  // A connection of its own: a check that queued behind pictures would call a busy node a dead one.
  return {
    pool: new Pool(origin, { ...settings, connections }),
    checks: new Pool(origin, { ...settings, connections: 1 }),
  }
}

interface Answer {
  readonly status: number
  readonly headers: Dispatcher.ResponseData['headers']
  readonly body: Buffer
}

type Way = Pick<NodeOptions, 'secret' | 'maxBodyBytes'> & { readonly signal: AbortSignal }

async function post(pool: Pool, order: Order, { secret, maxBodyBytes, signal }: Way): Promise<Answer> {
  const { size } = await stat(order.file)
  const file = createReadStream(order.file)
  try {
    const { statusCode, headers, body } = await pool.request({
      path: processPath,
      method: 'POST',
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(size),
        [orderHeader]: writeOrder(order),
        ...(secret !== undefined && { [secretHeader]: secret }),
      },
      body: file,
      signal,
    })
    const whole = createBody(announced(headers['content-length']), maxBodyBytes)
    for await (const chunk of body) whole.add(chunk)
    return { status: statusCode, headers, body: whole.whole() }
  } catch (thrown) {
    // An abort says why it came.
    throw signal.aborted && signal.reason instanceof Failure ? signal.reason : thrown
  } finally {
    file.destroy()
  }
}

const announced = (length: string | string[] | undefined): number | undefined =>
  typeof length === 'string' ? Number(length) : undefined

function processedOf({ status, headers, body }: Answer): Processed {
  const figures = readFigures(headers)
  if (status === 200 && figures) return { figures, body }
  throw (
    readFailure(headers, body) ??
    new Failure('upstream-failed', 'The processing node could not be reached.', { cause: status })
  )
}
