// From a client's request to what the cache is asked, and to what the site's origin is asked.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import { Failure } from '../errors.ts'
import type { Headers } from '../tier.ts'
import type { Asking, How } from './cache/index.ts'
import { exchange } from './exchange.ts'
import { hostOf } from './hosts.ts'
import { inform } from './inform.ts'
import { type ClientSide, isLoop, requestLines, schemeOf, withoutFields } from './message-headers.ts'

export interface PassOptions {
  readonly dispatcher: Dispatcher
  /** Takes a chunk of an answer back that was sent, where the dispatcher uses its memory again. */
  readonly giveBack?: ((chunk: Buffer) => void) | undefined
  /** Where the site's origin is: scheme, host and port. */
  readonly origin: string
  /** The value of Host there; the client's own where it is not given. */
  readonly originHost?: string | undefined
  readonly client: ClientSide
  /** Told of a request that failed here, not of what the origin answers. */
  readonly failed: (failure: Failure) => void
}

/** What names the answer, known before anything is asked. */
export type Named = Pick<Asking, 'site' | 'address' | 'path' | 'method' | 'headers'>

export function named(req: IncomingMessage, site: string, client: ClientSide): Named {
  const { method = 'GET', url = '/' } = req
  const host = client.host.toLowerCase()
  // A redirect from http to https is an answer of the first alone.
  const scheme = schemeOf(req.headers['x-forwarded-proto'], client)
  return {
    site,
    address: `${site} ${scheme}://${host}${url}`,
    path: `//${hostOf(host)}${url}`,
    method,
    // Set-Cookie is the one field that Node gives as a list, and no request has it.
    headers: req.headers as Headers,
  }
}

export function askingOf(
  req: IncomingMessage,
  res: ServerResponse,
  signal: AbortSignal,
  { name, options }: { readonly name: Named; readonly options: PassOptions },
): Asking {
  const { dispatcher, giveBack, origin, originHost, client } = options
  return {
    ...name,
    signal,
    async ask({ without, and = [], signal: patience, isBackground = false }: How) {
      if (isLoop(req.rawHeaders)) throw new Failure('loop', 'This request has come round to where it began.')
      const omitted = isBackground ? new Set([...(without ?? []), ...ownWishes]) : without
      const lines = omitted === undefined ? req.rawHeaders : withoutFields(req.rawHeaders, omitted)
      return exchange(dispatcher, {
        origin,
        method: name.method,
        path: req.url ?? '/',
        lines: [...requestLines(lines, client, originHost ?? client.host), ...and],
        body: hasBody(req) ? req : undefined,
        ...{ signal: patience, giveBack },
        ...(isBackground ? {} : { informed: (status, told) => inform(res, status, told, client) }),
      })
    },
  }
}

/** What one client wants of stored answers is no wish of those that a revalidation is for. */
const ownWishes = ['cache-control', 'pragma']

/** RFC 9112 6: one of two fields says that a body comes. */
export const hasBody = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
