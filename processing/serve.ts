// Processing as a listener of node:http: a picture is posted, and the answer is the optimised picture. order-headers.ts
// describes the headers.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { asFailure, Failure } from '../errors.ts'
import { problemAnswer } from '../problem.ts'
import type { Answer } from '../tier.ts'
import { type Listener, neighbourBy, notNeighbour, showsSecret } from '../wire/tier-listener.ts'
import { healthPath, orderHeader, processPath, readOrder, writeFigures, writeLoad } from './order-headers.ts'
import type { Processing } from './processing.ts'
import { type SpoolOptions, spool } from './spool.ts'

export interface ServeProcessingOptions extends Omit<SpoolOptions, 'stallMs'> {
  /** A neighbour must send one of these in `halftone-secret`. Without any, everybody who reaches the port is answered. */
  readonly secrets?: readonly string[]
  /** Called for each request that was refused for its secret. */
  readonly refused?: (req: IncomingMessage) => void
  readonly stallMs?: number
  /** How many bodies may arrive or wait at once. More are answered 'busy'. */
  readonly maxAtOnce?: number
  /** Called with every failure. Its cause never leaves this process. */
  readonly failed?: (failure: Failure) => void
}

const usualStallMs = 30_000
const usualAtOnce = 256

export function serveProcessing(processing: Processing, options: ServeProcessingOptions): Listener {
  const { secrets = [], stallMs = usualStallMs, maxAtOnce = usualAtOnce } = options
  const { failed = () => {}, refused = () => {} } = options
  const isNeighbour = neighbourBy(secrets)
  let present = 0

  async function answer(req: IncomingMessage, signal: AbortSignal): Promise<Answer> {
    const path = (req.url ?? '').split('?')[0]
    const isCheck = path === healthPath && req.method === 'GET'
    if (isCheck && !showsSecret(req)) return answerText('ok\n')
    if (!isNeighbour(req)) {
      refused(req)
      return notNeighbour()
    }
    if (isCheck) return answerText('ok\n')
    if (path !== processPath) throw new Failure('not-found', 'Pictures are posted to /process.')
    if (req.method !== 'POST') return answerOnlyPost()
    if (present >= maxAtOnce) throw new Failure('busy', 'Too many pictures are being made just now.')
    present++
    try {
      return await processBody(req, signal)
    } finally {
      present--
    }
  }

  async function processBody(req: IncomingMessage, signal: AbortSignal): Promise<Answer> {
    const asked = readOrder(joinLines(req.headers[orderHeader]))
    const { file, done } = await spool(req, { ...options, stallMs })
    try {
      const { figures, body } = await processing.process({ ...asked, file }, signal)
      return { status: 200, headers: writeFigures(figures), body }
    } finally {
      await done()
    }
  }

  return function processingListener(req, res) {
    const left = new AbortController()
    res.on('close', () => {
      if (!res.writableFinished) left.abort()
    })
    answer(req, left.signal)
      .catch((thrown: unknown) => {
        failed(asFailure(thrown))
        return problemAnswer(thrown)
      })
      .then((made) => send(res, { ...made, headers: { ...made.headers, ...writeLoad(processing.load()) } }))
  }
}

const joinLines = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' || value === undefined ? value : value.join()

const answerText = (words: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' },
  body: Buffer.from(words),
})

function answerOnlyPost(): Answer {
  const problem = problemAnswer(new Failure('bad-method', 'Pictures are posted here.'))
  // RFC 9110 15.5.6: a 405 must say what would have been allowed.
  return { ...problem, headers: { ...problem.headers, allow: 'POST' } }
}

function send(res: ServerResponse, { status, headers, body }: Answer): void {
  if (res.destroyed) return
  res.writeHead(status, { ...headers, 'content-length': String(body.length) })
  res.end(body)
}
