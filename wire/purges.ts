// Purges between processes, with the tier secret: `POST /purge`, acknowledged when the process has purged, and
// `GET /purge?since=POSITION`, the log behind a position, for an nginx that was away.
import type { IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { request } from 'undici'
import { asFailure, Failure } from '../errors.ts'
import { problemAnswer } from '../problem.ts'
import {
  type Acknowledgement,
  type Behind,
  type Delivery,
  type LoggedPurge,
  type PurgeHere,
  purgeIn,
  type SharedLog,
} from '../purging/index.ts'
import { secretHeader } from './headers.ts'
import { sendInMemory } from './send-answer.ts'
import { type Listener, neighbourBy, notNeighbour } from './tier-listener.ts'

export const purgePath = '/purge'

/** No order is so long. */
const mostBytes = 4 * 2 ** 20

export interface ServePurgesOptions {
  /** Without any nobody is a neighbour here: a purge costs everything that was made. */
  readonly secrets: readonly string[]
  /** Told of whoever was not let in. */
  readonly refused: (req: IncomingMessage) => void
  readonly log: TellsPurges
  /** The log that all share, for members that cannot reach it. */
  readonly shared?: SharedLog | undefined
}

/** What is told of the log of this process. */
export interface TellsPurges {
  /** It knows of no purge before this position. */
  readonly begins: number
  since(position: number): Promise<readonly LoggedPurge[]>
}

export const isPurge = ({ method, url = '' }: IncomingMessage): boolean =>
  (method === 'POST' && url === purgePath) ||
  (method === 'GET' && (logPath.test(url) || sharedPath.test(url)))

const logPath = /^\/purge\?since=(\d{1,15})$/
const sharedPath = /^\/purge\?after=([\w.-]{0,100})$/

export function servePurges(
  purge: PurgeHere,
  { secrets, refused, log, shared }: ServePurgesOptions,
): Listener {
  const isNeighbour = neighbourBy(secrets)
  return function purgeListener(req, res) {
    if (secrets.length === 0 || !isNeighbour(req)) {
      refused(req)
      return sendInMemory(req, res, notNeighbour())
    }
    const answered =
      req.method === 'POST'
        ? deliveryIn(req).then(purge)
        : sharedPath.test(req.url ?? '')
          ? sharedIn(shared, req.url ?? '')
          : logIn(log, req.url ?? '')
    answered.then(
      (told) => sendInMemory(req, res, answerOf(told)),
      (thrown: unknown) => sendInMemory(req, res, problemAnswer(thrown)),
    )
  }
}

async function logIn({ begins, since }: TellsPurges, url: string) {
  const [, position = '0'] = logPath.exec(url) ?? []
  return { begins, purges: await since(Number(position)) }
}

async function sharedIn(shared: SharedLog | undefined, url: string): Promise<Behind> {
  if (!shared) throw new Failure('not-found', 'This process has no log of purges for others.')
  const [, place] = sharedPath.exec(url) ?? []
  return shared.behind(place || undefined)
}

async function deliveryIn(req: IncomingMessage): Promise<Delivery> {
  const length = Number(req.headers['content-length'])
  if (!(length <= mostBytes))
    throw new Failure('body-too-large', `A purge has a length, of at most ${mostBytes} bytes.`)
  const written = await json(req).catch((cause: unknown) => {
    throw new Failure('bad-body', 'The purge is not JSON.', { cause })
  })
  const { purges: listed, logged } = (written ?? {}) as { purges?: unknown; logged?: unknown }
  const purges = Array.isArray(listed) ? listed.map(purgeIn) : [undefined]
  const known = purges.filter((purge) => purge !== undefined)
  if (known.length < purges.length) throw new Failure('bad-body', 'The purge names what is not known here.')
  return { purges: known, logged: loggedIn(logged) }
}

function loggedIn(written: unknown): Delivery['logged'] {
  const { place, after } = (written ?? {}) as { place?: unknown; after?: unknown }
  return typeof place === 'string' && typeof after === 'string' ? { place, after } : undefined
}

function answerOf(told: object) {
  const body = Buffer.from(JSON.stringify(told))
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': String(body.length),
  }
  return { status: 200, headers, body }
}

export interface PurgeAtOptions {
  readonly secret: string | undefined
  /** How long the other process may take. */
  readonly answerMs: number
}

/** Purges in another process. Throws 'upstream-failed' or 'tier-refused'. */
export const purgeAt = (
  url: string,
  delivery: Delivery,
  options: PurgeAtOptions,
): Promise<readonly Acknowledgement[]> => post(new URL(purgePath, url), delivery, options)

/** In an nginx in front (lua/halftone/purges.lua), which knows nothing of the log that our processes share. */
export const purgeNginxAt = (
  url: string,
  { purges }: Delivery,
  options: PurgeAtOptions,
): Promise<readonly Acknowledgement[]> => post(new URL('/-/purge', url), purges, options)

async function post(
  { href, origin, host }: URL,
  purges: object,
  { secret, answerMs }: PurgeAtOptions,
): Promise<readonly Acknowledgement[]> {
  try {
    const { statusCode, body } = await request(href, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(secret === undefined ? {} : { [secretHeader]: secret }),
      },
      body: JSON.stringify(purges),
      signal: AbortSignal.timeout(answerMs),
    })
    if (statusCode !== 200) {
      await body.dump()
      const kind = statusCode === 403 ? 'tier-refused' : 'upstream-failed'
      throw new Failure(kind, `${host} did not purge.`, { cause: `answered ${statusCode}` })
    }
    const parts = (await body.json()) as readonly Acknowledgement[]
    return parts.map(({ part, at }) => ({ part, at, member: origin }))
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown
    throw new Failure('upstream-failed', `${host} did not purge.`, { cause: asFailure(thrown).details.cause })
  }
}

/** The log that all share, read at the first of these api processes that answers. Only they append to it. */
export function readLogAt(urls: readonly string[], { secret, answerMs }: PurgeAtOptions): SharedLog {
  return {
    append: async () => Promise.reject(new Failure('upstream-failed', 'Only an api process logs purges.')),
    async behind(place) {
      for (const url of urls) {
        const told = await behindAt(url, place ?? '', { secret, answerMs }).catch(() => undefined)
        if (told) return told
      }
      throw new Failure('upstream-failed', 'No api process tells what was purged.')
    },
  }
}

async function behindAt(
  url: string,
  place: string,
  { secret, answerMs }: PurgeAtOptions,
): Promise<Behind | undefined> {
  const { statusCode, body } = await request(
    new URL(`${purgePath}?after=${encodeURIComponent(place)}`, url),
    {
      headers: secret === undefined ? {} : { [secretHeader]: secret },
      signal: AbortSignal.timeout(answerMs),
    },
  )
  if (statusCode === 200) return (await body.json()) as Behind
  await body.dump()
  return undefined
}
