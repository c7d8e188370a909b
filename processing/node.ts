// One processing node: its connections, its health, and how much it is known to have to do.
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
} from './crossing.ts'
import type { Order, Processed, Processing } from './processing.ts'

export interface NodeOptions {
  readonly secret: string | undefined
  readonly connectMs: number
  readonly checkMs: number
  /** Orders that may be under way to one node at once; more wait for a connection. */
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
  /** Asks the node how it is. Never rejects. */
  check(): Promise<void>
  /** As the node said last, or as many as are under way to it, where that is more. */
  load(): ReturnType<Processing['load']>
  close(): Promise<void>
}

export function createNode(url: string, options: NodeOptions): Node {
  const { changed, checkMs } = options
  const { pool, checks } = connectionsTo(url, options)
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
      // A secret even where we have none: a node that wants one says so before the first order comes.
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
    return outcomeOf(answer)
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
    const whole = createBodyReceiver(announced(headers['content-length']), maxBodyBytes)
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

/** The picture, or the failure that the node found in it. Throws what is the node's own fault. */
function outcomeOf({ status, headers, body }: Answer): Processed | Failure {
  const figures = readFigures(headers)
  if (status === 200 && figures) return { figures, body }
  if (headers[failureHeader] === 'not-neighbour') throw tierRefusedFailure()
  const failure = readFailure(headers, body)
  if (failure) return failure
  throw new Failure('upstream-failed', 'The processing node could not be reached.', { cause: status })
}
