// A request of a site: answered from the cache, or by its origin, streamed both ways.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { asFailure, type Failure } from '../errors.ts'
import { publicProblem } from '../problem.ts'
import { askingOf, hasBody, type Named, named, type PassOptions } from './asking.ts'
import type { SiteAnswer, SiteCache } from './cache/index.ts'
import { type Lines, viaLine, withoutFields } from './message-headers.ts'
import { type PictureSettings, type SitePictures, unconditional } from './pictures/index.ts'

export interface SitePassOptions extends PassOptions {
  readonly site: string
  readonly cache: SiteCache
  /** Where its pictures are made smaller. */
  readonly pictures?: { readonly of: SitePictures; readonly settings: PictureSettings } | undefined
}

/** Settles when the answer is sent, or when it cannot be. Never rejects. */
export async function pass(
  req: IncomingMessage,
  res: ServerResponse,
  options: SitePassOptions,
): Promise<void> {
  const { cache, site, client, pictures } = options
  const name = named(req, site, client)
  const isPlain = !hasBody(req)
  const isJudged = isPlain && pictures?.of.judges(name) === true
  const ready = isPlain && !isJudged ? cache.answerNow(name) : undefined
  if (ready) {
    const answer = chosen(name, ready, pictures)
    return send(req, res, answer instanceof Promise ? await answer : answer)
  }
  const left = new AbortController()
  res.once('close', () => {
    if (!res.writableFinished) left.abort()
  })
  try {
    const asking = askingOf(req, res, left.signal, { name, options })
    const whole = isJudged ? unconditional(asking) : asking
    const answer = await (isPlain
      ? cache.answer(whole).then((each) => chosen(name, each, pictures))
      : cache.pass(asking))
    if (left.signal.aborted) answer.body.discard?.()
    else send(req, res, answer)
  } catch (thrown) {
    refuse(req, res, asFailure(thrown), options)
  }
}

/** Of a picture the one that the client is to have. At once where there is nothing to choose. */
function chosen(
  name: Named,
  answer: SiteAnswer,
  pictures: SitePassOptions['pictures'],
): SiteAnswer | Promise<SiteAnswer> {
  if (!pictures?.of.concerns(name, answer)) return answer
  return pictures.of.choose(name, answer, pictures.settings)
}

const nothing = Buffer.alloc(0)
const via = new Set(['via'])

/** A body that breaks off breaks the client's connection off too. */
export function send(req: IncomingMessage, res: ServerResponse, answer: SiteAnswer): void {
  const { status, statusText, lines, body, range, trailers } = answer
  // The origin's own date, or none: two clocks in one answer would say two ages.
  res.sendDate = false
  res.writeHead(status, statusText, [...withoutFields(lines, via), ...viaLine(lines, '1.1')])
  if (req.method === 'HEAD' || answer.isBodiless || status === 204 || status === 304) {
    body.discard?.()
    res.end()
    return
  }
  if (body.held) return void res.end(range ? body.held.subarray(range.start, range.end + 1) : body.held)
  // The head goes out now, whenever the body comes. `flushHeaders` would write bytes above 127 as UTF-8.
  res.write(nothing)
  const stream = body.open(range)
  if (trailers)
    stream.once('end', () => {
      const told = trailers()
      if (told.length > 0 && res.chunkedEncoding) res.addTrailers(pairsOf(told))
    })
  pipeline(stream, res, () => {})
}

const pairsOf = (lines: Lines): [string, string][] =>
  lines.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, lines[at + 1] ?? '']] : []))

/** The client's own doing. */
const expected: ReadonlySet<string> = new Set(['abandoned', 'not-stored'])

function refuse(req: IncomingMessage, res: ServerResponse, failure: Failure, { failed }: PassOptions): void {
  if (!expected.has(failure.kind)) failed(failure)
  if (res.headersSent) return void res.destroy()
  const { status, headers, body } = publicProblem(failure)
  res.writeHead(status, { ...headers })
  res.end(req.method === 'HEAD' ? undefined : body)
}
