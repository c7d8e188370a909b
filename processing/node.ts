// One processing node: its connections, its health, and the load that it last reported.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Dispatcher, Pool } from 'undici'
import { Failure } from '../errors.ts'
import { failureHeader } from '../problem.ts'
import { connectionFailure, isUnreachable } from '../wire/connections.ts'
import { secretHeader } from '../wire/headers.ts'
import type { CheckResult, Health } from '../wire/health.ts'
import { createHealthWatch } from '../wire/health-checks.ts'
import { createBodyReceiver } from '../wire/receive-body.ts'
import { readCheckAnswer, tierRefusedFailure } from '../wire/upstream-node.ts'
import {
  healthPath,
  orderHeader,
  processPath,
  readFailure,
  readFigures,
  readLoad,
  writeOrder,
} from './order-headers.ts'
import type { Load, Order, Processed } from './processing.ts'

export interface NodeOptions {
  readonly secret: string | undefined
  readonly connectMs: number
  readonly checkMs: number
  /** How many orders one node gets at once. More wait for a connection. */
  readonly connections: number
  readonly maxBodyBytes: number
  readonly changed: (url: string, state: Health['state']) => void
}

export interface Node {
  readonly url: string
  state(): Health['state']
  /**
   * Rejects with a Failure only; 'upstream-failed' or 'tier-refused' where this node, and not the picture, is at fault.
   * `silent` is called when the node answers neither this order nor a check.
   */
  process(order: Order, signal: AbortSignal, silent: () => void): Promise<Processed>
  /** Asks the node for its health. Never rejects. */
  check(): Promise<void>
  /** The load that the node last reported, or the orders under way to it, if those are more. */
  load(): Load
  close(): Promise<void>
}

export function createNode(url: string, options: NodeOptions): Node {
  const { changed, checkMs } = options
  const { pool, checks } = openConnections(url, options)
  const watch = createHealthWatch({
    probe,
    isFault: (thrown) => thrown instanceof Failure && isUnreachable(thrown),
    changed: (state) => changed(url, state),
  })
  let said = { waiting: 0, running: 0, workers: 0 }
  let underWay = 0

  async function probe(): Promise<CheckResult> {
    const signal = AbortSignal.timeout(checkMs)
    try {
      // The header is sent even without a secret: a node that wants one then says so before the first order.
      const shown = { [secretHeader]: options.secret ?? '' }
      const answer = await checks.request({ path: healthPath, method: 'GET', headers: shown, signal })
      await answer.body.dump()
      said = readLoad(answer.headers) ?? said
      return readCheckAnswer({ status: answer.statusCode, headers: answer.headers })
    } catch (thrown) {
      return signal.aborted || connectionFailure(thrown).kind === 'upstream-late' ? 'silent' : 'ill'
    }
  }

  async function exchange(order: Order, signal: AbortSignal): Promise<Processed | Failure> {
    const answer = await post(pool, order, { ...options, signal }).catch((thrown) => {
      throw connectionFailure(thrown)
    })
    said = readLoad(answer.headers) ?? said
    return readOutcome(answer)
  }

  return {
    url,
    state: watch.state,
    check: watch.check,
    async process(order, signal, silent) {
      underWay++
      try {
        const outcome = await watch.during(() => exchange(order, signal), silent)
        if (outcome instanceof Failure) throw outcome
        return outcome
      } finally {
        underWay--
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

function openConnections(url: string, { connectMs, connections }: NodeOptions): { pool: Pool; checks: Pool } {
  const settings = {
    // The headers come only after the whole picture was made. The caller's deadline covers it all.
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 1,
    connect: { timeout: connectMs },
  }
  const { origin } = new URL(url)
  // Checks have a connection of their own: one that waited behind pictures would report a busy node as dead.
  return {
    pool: new Pool(origin, { ...settings, connections }),
    checks: new Pool(origin, { ...settings, connections: 1 }),
  }
}

interface NodeAnswer {
  readonly status: number
  readonly headers: Dispatcher.ResponseData['headers']
  readonly body: Buffer
}

type PostOptions = Pick<NodeOptions, 'secret' | 'maxBodyBytes'> & { readonly signal: AbortSignal }

async function post(
  pool: Pool,
  order: Order,
  { secret, maxBodyBytes, signal }: PostOptions,
): Promise<NodeAnswer> {
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
    const whole = createBodyReceiver(parseLength(headers['content-length']), maxBodyBytes)
    for await (const chunk of body) whole.add(chunk)
    return { status: statusCode, headers, body: whole.whole() }
  } catch (thrown) {
    // The reason of an abort is the failure.
    throw signal.aborted && signal.reason instanceof Failure ? signal.reason : thrown
  } finally {
    file.destroy()
  }
}

const parseLength = (length: string | string[] | undefined): number | undefined =>
  typeof length === 'string' ? Number(length) : undefined

/** The picture, or the failure that the node reports about it. Throws where the node itself is at fault. */
function readOutcome({ status, headers, body }: NodeAnswer): Processed | Failure {
  const figures = readFigures(headers)
  if (status === 200 && figures) return { figures, body }
  if (headers[failureHeader] === 'not-neighbour') throw tierRefusedFailure()
  const failure = readFailure(headers, body)
  if (failure) return failure
  throw new Failure('upstream-failed', 'The processing node could not be reached.', { cause: status })
}
