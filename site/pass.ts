// A request of a site: answered from the cache, or by its origin, streamed both ways.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { asFailure, Failure } from '../errors.ts'
import { publicProblem } from '../problem.ts'
import { askingOf, hasBody, type Named, named, type PassOptions } from './asking.ts'
import type { SiteAnswer, SiteCache } from './cache/index.ts'
import { inform } from './inform.ts'
import { type Lines, viaLine, withoutFields } from './message-headers.ts'
import { type Changes, type PagesOf, type SitePages, withHeaders } from './pages/index.ts'
import {
  type Choice,
  orderIn,
  type PictureSettings,
  type SitePictures,
  unconditional,
} from './pictures/index.ts'
import { pump } from './pump.ts'

export interface SitePassOptions extends PassOptions {
  readonly site: string
  readonly cache: SiteCache
  /** Where its pictures are made smaller. */
  readonly pictures?: { readonly of: SitePictures; readonly settings: PictureSettings } | undefined
  /** Where its pages are added to. */
  readonly pages?: { readonly of: SitePages; readonly site: PagesOf } | undefined
}

/** Settles when the answer is sent, or when it cannot be. Never rejects. */
export async function pass(
  req: IncomingMessage,
  res: ServerResponse,
  options: SitePassOptions,
): Promise<void> {
  const { cache, site, client, pictures } = options
  const left = new AbortController()
  res.once('close', () => {
    if (!res.writableFinished) left.abort(gone)
  })
  try {
    const choice = choiceFor(req, options)
    if (choice?.order) req.url = choice.order.target
    const name = named(req, site, client)
    const plain = askingOf(req, res, left.signal, { name, options })
    if (hasBody(req)) return sendUnlessLeft(await cache.pass(plain))
    // Whoever names a picture by an address of ours gets no page.
    const pages = choice?.order ? undefined : options.pages
    const asking = pages ? withHeaders(plain, pages.of.changes(name, pages.site)) : plain
    const isWhole = choice !== undefined && (choice.order !== undefined || pictures?.of.judges(name) === true)
    const ready = isWhole ? undefined : cache.answerNow(asking)
    if (!ready && pages) tellEarly(name, pages)
    const answer = ready ?? (await cache.answer(isWhole ? unconditional(asking) : asking))
    const chosen = await choose(name, answer, choice)
    if (!pages) return sendUnlessLeft(chosen)
    const askWhole = (changes: Changes) => cache.answer(withHeaders(asking, changes))
    sendUnlessLeft(await pages.of.choose(name, chosen, { pages: pages.site, askWhole }))
  } catch (thrown) {
    refuse(req, res, asFailure(thrown), options)
  }

  function sendUnlessLeft(answer: SiteAnswer): void {
    if (left.signal.aborted) answer.body.discard?.()
    else send(req, res, answer)
  }

  /** Of a picture the one that the client is to have. */
  async function choose(name: Named, answer: SiteAnswer, choice: Choice | undefined): Promise<SiteAnswer> {
    if (!choice || !pictures?.of.concerns(name, answer, choice)) return answer
    return pictures.of.choose(name, answer, choice)
  }

  /** A page that has to be waited for: its largest picture can come meanwhile. */
  function tellEarly(name: Named, pages: NonNullable<SitePassOptions['pages']>): void {
    const link = name.headers['sec-fetch-mode'] === 'navigate' ? pages.of.hint(name, pages.site) : undefined
    if (link !== undefined) inform(res, 103, ['Link', link], client)
  }
}

/** The longest that somebody waits who says which picture is wanted: the original would be another one. */
const orderMs = 30_000

/** Throws 'bad-address', 'bad-option' or 'forbidden-address' for an order that cannot be read. */
function choiceFor(req: IncomingMessage, { pictures, site, client }: SitePassOptions): Choice | undefined {
  if (pictures === undefined) return undefined
  const { settings } = pictures
  const isRead = req.method === 'GET' || req.method === 'HEAD'
  const at = { site, host: client.host.toLowerCase(), target: req.url ?? '/' }
  const order = isRead ? orderIn(at, settings.hasKeys) : undefined
  return order ? { order, options: order.options, waitMs: orderMs } : settings
}

/** Made once: without a reason, each abort would make an exception with a stack. */
const gone = new Failure('abandoned', 'The client has gone.')

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
  const stream = body.open(range)
  // The head goes out now, whenever the body comes; with its first bytes, where they are there already. `flushHeaders`
  // would write bytes above 127 as UTF-8.
  if (stream.readableLength === 0) res.write(nothing)
  if (trailers)
    stream.once('end', () => {
      const told = trailers()
      if (told.length > 0 && res.chunkedEncoding) res.addTrailers(pairsOf(told))
    })
  pump(stream, res, body.giveBack)
}

const pairsOf = (lines: Lines): [string, string][] =>
  lines.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, lines[at + 1] ?? '']] : []))

/** The client's own doing. */
const expected: ReadonlySet<string> = new Set([
  ...['abandoned', 'not-stored', 'bad-address', 'bad-option', 'forbidden-address'],
])

function refuse(req: IncomingMessage, res: ServerResponse, failure: Failure, { failed }: PassOptions): void {
  if (!expected.has(failure.kind)) failed(failure)
  if (res.headersSent) return void res.destroy()
  const { status, headers, body } = publicProblem(failure)
  res.writeHead(status, { ...headers })
  res.end(req.method === 'HEAD' ? undefined : body)
}
