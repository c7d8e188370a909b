// A request of a site that passes through: to the origin and back, byte for byte, in both directions at once.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import type { Dispatcher } from 'undici'
import { asFailure, Failure } from '../errors.ts'
import { publicProblem } from '../problem.ts'
import { exchange, type OriginAnswer } from './exchange.ts'
import { answerLines, type ClientSide, isLoop, type Lines, requestLines } from './message-headers.ts'

export interface PassOptions {
  readonly dispatcher: Dispatcher
  /** Where the site's origin is: scheme, host and port. */
  readonly origin: string
  /** The value of Host there; the client's own where it is not given. */
  readonly originHost?: string | undefined
  readonly client: ClientSide
  /** Told of a request that failed here, not of what the origin answers. */
  readonly failed: (failure: Failure) => void
}

/** Settles when the answer is sent, or when it cannot be. Never rejects. */
export async function pass(req: IncomingMessage, res: ServerResponse, options: PassOptions): Promise<void> {
  const left = new AbortController()
  res.once('close', () => {
    if (!res.writableFinished) left.abort()
  })
  try {
    send(req, res, await ask(req, res, left.signal, options))
  } catch (thrown) {
    refuse(req, res, asFailure(thrown), options)
  }
}

function ask(
  req: IncomingMessage,
  res: ServerResponse,
  signal: AbortSignal,
  { dispatcher, origin, originHost, client }: PassOptions,
): Promise<OriginAnswer> {
  if (isLoop(req.rawHeaders)) throw new Failure('loop', 'This request has come round to where it began.')
  return exchange(dispatcher, {
    origin,
    method: req.method ?? 'GET',
    path: req.url ?? '/',
    lines: requestLines(req.rawHeaders, client, originHost ?? client.host),
    body: hasBody(req) ? req : undefined,
    signal,
    informed: (status, lines) => inform(res, status, lines),
  })
}

/** RFC 9112 6: one of two fields says that a body comes. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'

/** 103 Early Hints and 102 are the only ones that a server sends by itself and a browser makes something of. */
function inform(res: ServerResponse, status: number, lines: Lines): void {
  if (res.headersSent || res.req.httpVersionMinor === 0) return
  if (status === 103) res.writeEarlyHints(objectOf(answerLines(lines)))
  else if (status === 102) res.writeProcessing()
}

function objectOf(lines: Lines): Record<string, string | string[]> & { link: string | string[] } {
  const fields: Record<string, string[]> = {}
  for (let at = 0; at < lines.length; at += 2) {
    const name = (lines[at] ?? '').toLowerCase()
    fields[name] = [...(fields[name] ?? []), lines[at + 1] ?? '']
  }
  return { ...fields, link: fields.link ?? [] }
}

const nothing = Buffer.alloc(0)

/** The origin's answer as it comes; a body that breaks off breaks the client's connection off too. */
export function send(req: IncomingMessage, res: ServerResponse, answer: OriginAnswer): void {
  // The origin's own date, or none: two clocks in one answer would say two ages.
  res.sendDate = false
  res.writeHead(answer.status, answer.statusText, answerLines(answer.lines))
  if (req.method === 'HEAD' || answer.status === 204 || answer.status === 304) {
    answer.body.resume()
    res.end()
    return
  }
  // The head goes out now, whenever the body comes. `flushHeaders` would write bytes above 127 as UTF-8.
  res.write(nothing)
  answer.body.once('end', () => {
    const trailers = answer.trailers()
    if (trailers.length > 0 && res.chunkedEncoding) res.addTrailers(pairsOf(trailers))
  })
  pipeline(answer.body, res, () => {})
}

const pairsOf = (lines: Lines): [string, string][] =>
  lines.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, lines[at + 1] ?? '']] : []))

function refuse(req: IncomingMessage, res: ServerResponse, failure: Failure, { failed }: PassOptions): void {
  if (failure.kind !== 'abandoned') failed(failure)
  if (res.headersSent) return void res.destroy()
  const { status, headers, body } = publicProblem(failure)
  res.writeHead(status, { ...headers })
  res.end(req.method === 'HEAD' ? undefined : body)
}
