// The fast path in front of the framework: a fresh picture in memory is answered from headers that were built when it
// was first answered. Nothing is parsed, verified or negotiated again: a URL is only known here after it was.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'
import { answerTo } from '../cache/conditional.ts'
import type { Entry } from '../cache/entry.ts'
import { clientHeaders } from './headers.ts'
import { type ClientHeaders, clientOf, formatClass, hintHeaders } from './negotiate.ts'

export interface Hits {
  /** Notes that this URL, asked by this kind of client, is the picture stored under `key`. */
  remember(
    target: string,
    headers: ClientHeaders,
    known: { readonly key: string; readonly vary: string },
  ): void
  /** Answers and returns true, or leaves the response untouched and returns false. */
  answer(request: IncomingMessage, response: ServerResponse): boolean
  /** Answers so far, and the bytes of their pictures. */
  count(): { readonly requests: number; readonly bytes: number }
}

export interface HitsOptions {
  /** The edge's memory, read without waiting. */
  readonly memory: { getNow(key: string): Entry | undefined }
  readonly name: string
  readonly now: () => number
}

/** For the URLs remembered: some 100,000 of them. Beyond it the least used go, and are learned on their next request. */
const maxUrlBytes = 64e6

/** A URL in memory: two bytes a character at most, and the objects round it. */
const weighUrl = (_: unknown, url: string): number => url.length * 2 + 400

interface Known {
  readonly key: string
  readonly vary: string
  ready?: Ready
}

/** An entry's answer to a browser, ready to be written. Only two values in it grow old, once a second. */
interface Ready {
  readonly entry: Entry
  readonly headers: Record<string, string>
  readonly flat: string[]
  second: number
}

export function createHits({ memory, name, now }: HitsOptions): Hits {
  const known = new LRUCache<string, Known>({ maxSize: maxUrlBytes, sizeCalculation: weighUrl })
  let requests = 0
  let bytes = 0

  function answer(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false
    const headers: ClientHeaders = request.headers
    const found = known.get(keyFor(request.url ?? '', headers))
    const entry = found && memory.getNow(found.key)
    const moment = now()
    if (!found || !entry || moment >= entry.freshUntil) return false
    const ready = refreshed(found, entry, moment)
    if (isConditional(headers)) writeChosen(request, response, ready)
    else writeWhole(request, response, ready)
    requests++
    bytes += entry.body.length
    return true
  }

  function refreshed(found: Known, entry: Entry, moment: number): Ready {
    const ready = found.ready?.entry === entry ? found.ready : makeReady(entry, found.vary)
    found.ready = ready
    const second = Math.floor(moment / 1000)
    if (ready.second !== second) {
      ready.second = second
      ready.flat[1] = String(ageOf(entry, moment))
      ready.flat[3] = `${name}; hit; ttl=${Math.floor((entry.freshUntil - moment) / 1000)}`
    }
    return ready
  }

  return {
    answer,
    count: () => ({ requests, bytes }),
    remember: (target, headers, { key, vary }) => known.set(keyFor(target, headers), { key, vary }),
  }
}

const ageOf = (entry: Entry, moment: number): number =>
  Math.max(0, entry.ageOnArrival + Math.floor((moment - entry.storedAt) / 1000))

/** The first four places are `age` and `cache-status`, the only headers that change while an entry lives. */
function makeReady(entry: Entry, vary: string): Ready {
  const headers = { ...clientHeaders(entry.headers, vary), 'content-length': String(entry.body.length) }
  const flat = ['age', '0', 'cache-status', '']
  for (const [header, value] of Object.entries(headers)) flat.push(header, value)
  return { entry, headers, flat, second: -1 }
}

function writeWhole(request: IncomingMessage, response: ServerResponse, { entry, flat }: Ready): void {
  response.writeHead(entry.status, flat)
  if (request.method === 'HEAD') response.end()
  else response.end(entry.body)
}

/** 304, 206 and 416 (RFC 9110 13 and 14). */
function writeChosen(
  request: IncomingMessage,
  response: ServerResponse,
  { entry, headers, flat }: Ready,
): void {
  const aged = { ...headers, age: flat[1] ?? '0', 'cache-status': flat[3] ?? '' }
  const chosen = answerTo(
    { status: entry.status, headers: aged, body: entry.body },
    request.headers as Record<string, string>,
  )
  response.writeHead(chosen.status, { ...chosen.headers })
  if (request.method === 'HEAD') response.end()
  else response.end(chosen.body)
}

const isConditional = (headers: ClientHeaders): boolean =>
  headers['if-none-match'] !== undefined ||
  headers.range !== undefined ||
  headers['if-modified-since'] !== undefined

/** The classes of the `Accept` headers seen lately: there are a few dozen in the world, each long to read. */
const classes = new LRUCache<string, string>({
  max: 1000,
  maxSize: 1e6,
  sizeCalculation: (_, accept) => accept.length + 1,
})

/** A URL and the kind of client, as coarse as negotiation itself. */
function keyFor(target: string, headers: ClientHeaders): string {
  const accept = String(headers.accept ?? '')
  let formats = classes.get(accept)
  if (formats === undefined) {
    formats = formatClass(accept)
    classes.set(accept, formats)
  }
  for (const hint of hintHeaders)
    if (headers[hint] !== undefined) return `${JSON.stringify(clientOf(headers))} ${target}`
  return `${formats} ${target}`
}
