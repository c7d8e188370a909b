// One attempt to deliver a webhook: a POST that only follows redirects which keep it a POST, each checked anew.
import { type Dispatcher, request } from 'undici'
import { Failure } from '../../../errors.ts'
import { parseWebTarget, type WebhookTarget, type WebhookTargetRules } from './address.ts'
import type { ReceiverResponse, WebhookRequest } from './deliverer.ts'

export interface SendOptions {
  readonly dispatcher: Dispatcher
  readonly targets: WebhookTargetRules
  readonly now: () => number
}

const maxRedirects = 3
/** Nobody reads what a receiver says; it may say so much before its connection is given up. */
const maxAnswerBytes = 64 * 1024
/** A receiver may ask for patience, not for being forgotten. */
const mostWaitMs = 12 * 3_600_000

export function createSend({ dispatcher, targets, now }: SendOptions) {
  return async ({ url, body, headers, signal }: WebhookRequest): Promise<ReceiverResponse> => {
    let way: Hop = { href: url, headers: { ...headers, 'user-agent': 'Halftone' } }
    for (let hop = 0; ; hop++) {
      const response = await request(way.href, {
        method: 'POST',
        headers: way.headers,
        body,
        dispatcher,
        signal,
      })
      dismiss(response, signal)
      const next = hop < maxRedirects ? followRedirect(response, way, targets) : undefined
      if (next === undefined) return { status: response.statusCode, ...waitOf(response, now()) }
      way = next
    }
  }
}

interface Hop {
  readonly href: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * 307 and 308 keep method and body (RFC 9110 15.4.8); any other redirect would become a GET, so it is no delivery.
 * Fails with 'forbidden-address', which ends the delivery for good, and connects to nothing.
 */
function followRedirect(
  { statusCode, headers }: Dispatcher.ResponseData,
  from: Hop,
  targets: WebhookTargetRules,
): Hop | undefined {
  const location = headers.location
  if ((statusCode !== 307 && statusCode !== 308) || typeof location !== 'string') return undefined
  if (!URL.canParse(location, from.href)) return undefined
  const target = parseWebTarget(new URL(location, from.href).href, targets)
  const isWorse = from.href.startsWith('https:') && target.href.startsWith('http:')
  if (isWorse) throw new Failure('forbidden-address', 'The webhook address redirects from https to http.')
  return { href: target.href, headers: headersFor(target, from) }
}

/** Credentials were meant for the one they were given for. */
function headersFor({ href, authorization }: WebhookTarget, from: Hop): Hop['headers'] {
  const { authorization: before, ...rest } = from.headers
  const isSame = new URL(href).origin === new URL(from.href).origin
  const credentials = authorization ?? (isSame ? before : undefined)
  return credentials === undefined ? rest : { ...rest, authorization: credentials }
}

/** Not awaited: the status is the answer, and a body that drips would only hold the place. */
function dismiss({ body }: Dispatcher.ResponseData, signal: AbortSignal): void {
  body.dump({ limit: maxAnswerBytes, signal }).catch(() => undefined)
}

/** Retry-After in seconds or as a date (RFC 9110 10.2.3). */
function waitOf({ headers }: Dispatcher.ResponseData, now: number): Pick<ReceiverResponse, 'waitMs'> {
  const said = headers['retry-after']
  if (typeof said !== 'string') return {}
  const ms = /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - now
  return ms > 0 ? { waitMs: Math.min(ms, mostWaitMs) } : {}
}
