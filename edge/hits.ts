// The fast path in front of the framework: a fresh picture in memory is answered from headers that were built when it
// was first answered. Nothing is parsed, verified or negotiated again: a URL is only known here after it was.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'
import type { Entry } from '../cache/entry.ts'
import { type Count, type Meter, noMeter } from '../cache/meter.ts'
import { ageSeconds, decide, ttlSeconds } from '../cache/use.ts'
import { answerTo } from '../http/conditional.ts'
import { bytesOf, type ReadyHead, readyHead, renew, writeReady } from '../http/ready-head.ts'
import { type Epochs, neverPurged, noEpochs, type Purged } from '../purging/index.ts'
import { emptyBody, type Headers } from '../tier.ts'
import { classOf, kindOf, plainAccept } from './client-class.ts'
import { type TellFront, tellNobody } from './front-headers.ts'
import { type ClientFields, clientHeaders } from './headers.ts'
import type { ClientHeaders } from './negotiate.ts'

export interface Hits {
  /** Notes that this URL, asked by this kind of client, is the picture stored under `key`. */
  remember(target: string, headers: ClientHeaders, known: ClientFields & { readonly key: string }): void
  /** Answers and returns true, or leaves the response untouched and returns false. */
  answer(request: IncomingMessage, response: ServerResponse): boolean
  /** The answer to a GET of which nothing else matters, where it is ready. It counts as sent. */
  plain(target: string, asked: PlainAsk): Plain | undefined
  /** Answers so far, and the bytes of their pictures. */
  count(): { readonly requests: number; readonly bytes: number }
}

export interface HitsOptions {
  /** The edge's memory, read without waiting. */
  readonly memory: { getNow(key: string): Entry | undefined }
  readonly name: string
  readonly now: () => number
  readonly epochs?: Epochs
  readonly tellFront?: TellFront
  /** Of the cache behind. */
  readonly meter?: Meter
}

/** For the URLs remembered: some 100,000 of them. Beyond it the least used go, and are learned on their next request. */
const maxUrlBytes = 64e6

/** A URL in memory: two bytes a character at most, and the objects round it. */
const weighUrl = (_: unknown, url: string): number => url.length * 2 + 400

export interface PlainAsk {
  readonly accept: string
  /** Undefined where there is none. */
  readonly ifNoneMatch: string | undefined
}

/** Written as it is: the first line and the fields, each with its end; the body. */
export interface Plain {
  readonly head: Buffer
  readonly body: Buffer
}

interface Known extends ClientFields {
  readonly key: string
  ready?: Ready
}

/** An entry's answers to a browser, ready to be written. Only two values in them grow old, once a second. */
interface Ready {
  readonly entry: Entry
  readonly headers: Headers
  readonly whole: ReadyHead
  readonly notModified: ReadyHead
  second: number
  /** Where the origin wants to know how often it is used. */
  readonly uses: Count | undefined
  /** How the entry was purged is looked up again only when the log's position has risen above `checked`. */
  readonly moment: { now: number; purged: Purged }
  checked: number
}

export function createHits(options: HitsOptions): Hits {
  const { memory, name, now, epochs = noEpochs, tellFront = tellNobody, meter = noMeter } = options
  const known = new LRUCache<string, Known>({ maxSize: maxUrlBytes, sizeCalculation: weighUrl })
  let requests = 0
  let bytes = 0

  function answer(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false
    const plain = plainAccept(request.rawHeaders)
    const kind = plain === undefined ? kindOf(request.headers) : classOf(plain)
    const ready = freshFor(keyFor(request.url ?? '', kind))
    if (!ready) return false
    if (plain === undefined) writeChosen(request, response, ready)
    else writeWhole(request, response, ready)
    requests++
    bytes += ready.entry.body.length
    return true
  }

  function plain(target: string, { accept, ifNoneMatch }: PlainAsk): Plain | undefined {
    const ready = freshFor(keyFor(target, classOf(accept)))
    if (ready?.entry.status !== 200) return undefined
    const isKnown = ifNoneMatch !== undefined
    if (isKnown && ifNoneMatch !== ready.headers.etag) return undefined
    const head = bytesOf(isKnown ? ready.notModified : ready.whole)
    if (!head) return undefined
    const { uses, entry } = ready
    if (uses) uses[isKnown ? 'confirmed' : 'sent']++
    requests++
    bytes += entry.body.length
    return { head, body: isKnown ? emptyBody : entry.body }
  }

  function freshFor(url: string): Ready | undefined {
    const found = known.get(url)
    const entry = found && memory.getNow(found.key)
    if (!entry) return undefined
    const ready = checked(found, entry)
    ready.moment.now = now()
    if (decide(entry, ready.moment) !== 'fresh') return undefined
    refresh(ready)
    return ready
  }

  function checked(found: Known, entry: Entry): Ready {
    const ready = found.ready?.entry === entry ? found.ready : makeReady(entry, found, { tellFront, meter })
    found.ready = ready
    const { position } = epochs
    if (ready.checked !== position) {
      ready.checked = position
      ready.moment.purged = epochs.of({ path: found.key, keys: entry.headers['surrogate-key'] ?? '' })
    }
    return ready
  }

  function refresh(ready: Ready): void {
    const { moment } = ready
    const second = Math.floor(moment.now / 1000)
    if (ready.second === second) return
    ready.second = second
    const status = `${name}; hit; ttl=${ttlSeconds(ready.entry, moment)}`
    for (const head of [ready.whole, ready.notModified]) renew(head, ageSeconds(ready.entry, moment), status)
  }

  return {
    answer,
    plain,
    count: () => ({ requests, bytes }),
    remember: (target, headers, { key, vary, saving }) =>
      known.set(keyFor(target, kindOf(headers)), { key, vary, saving }),
  }
}

function makeReady(
  entry: Entry,
  told: ClientFields,
  { tellFront, meter }: { readonly tellFront: TellFront; readonly meter: Meter },
): Ready {
  const length = String(entry.body.length)
  const client = { ...clientHeaders(entry.headers, told), 'content-length': length }
  const headers: Headers = tellFront(client, entry.headers, entry.freshUntil)
  const { etag = '' } = headers
  const unchanged = answerTo({ status: entry.status, headers, body: entry.body }, { 'if-none-match': etag })
  return {
    entry,
    headers,
    whole: readyHead(entry.status, Object.entries(headers).flat()),
    notModified: readyHead(304, Object.entries(unchanged.headers).flat()),
    uses: meter.of(entry),
    moment: { now: 0, purged: neverPurged },
    ...{ second: -1, checked: 0 },
  }
}

interface Written {
  readonly head: ReadyHead
  readonly body: Buffer
}

function write(request: IncomingMessage, response: ServerResponse, { head, body }: Written): void {
  writeReady(response, head)
  if (request.method === 'HEAD') response.end()
  else response.end(body)
}

function writeWhole(request: IncomingMessage, response: ServerResponse, ready: Ready): void {
  const { entry, whole: head, uses } = ready
  if (uses) uses.sent++
  write(request, response, { head, body: entry.body })
}

/** 304, 206 and 416 (RFC 9110 13 and 14). A browser that comes back with our own ETag is by far the most common. */
function writeChosen(request: IncomingMessage, response: ServerResponse, ready: Ready): void {
  const { entry, headers, uses } = ready
  const asked = request.headers as Record<string, string>
  const isOurs = headers.etag !== undefined && asked['if-none-match'] === headers.etag
  const written = isOurs && entry.status === 200 ? unchanged(ready) : chosen(ready, asked)
  if (uses) uses[written.head.status === 304 ? 'confirmed' : 'sent']++
  write(request, response, written)
}

const unchanged = ({ notModified }: Ready): Written => ({ head: notModified, body: emptyBody })

function chosen({ entry, headers, whole }: Ready, asked: Record<string, string>): Written {
  const { status, headers: told, body } = answerTo({ status: entry.status, headers, body: entry.body }, asked)
  const head = readyHead(status, Object.entries(told).flat())
  const [, age = '', , cacheStatus = ''] = whole.lines
  renew(head, Number(age), cacheStatus)
  return { head, body }
}

const keyFor = (target: string, kind: string): string => `${kind} ${target}`
