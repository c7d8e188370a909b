// What Optidash answers (reference, section 4), as a body, as a header and in a webhook. Pure.
import type { JsonObject, KeyRecord } from '../../../records/index.ts'
import { upright } from '../../../transforms/index.ts'
import type { Identification } from '../../../transforms/optimise/identification.ts'
import type { Outcome, WebhookTranslator } from '../../services/optimising/optimising.ts'
import { statusFor } from './errors.ts'

export function answerOf(outcome: Outcome, id = outcome.id): JsonObject {
  const { figures, url, name, sourceName, sourceSha1, sha1 } = outcome
  const { source, result, report } = figures
  return {
    ...{ success: true, code: 200, id },
    input: { name: sourceName, ...describe(source), bytes: report.sourceBytes, sha1: sourceSha1 },
    output: {
      ...{ url, name, ...describe(result) },
      quality: result.sourceQuality?.quality ?? report.quality ?? null,
      ...{ bytes: report.bytes, sha1 },
    },
  }
}

function describe(found: Identification): JsonObject {
  return {
    format: found.format.toUpperCase(),
    ...upright(found),
    colorspace: colourSpaceOf(found),
    interlaced: found.progressive,
    sampling: found.sampling,
    depth: found.depth * channelsOf(found),
    quality: found.sourceQuality?.quality ?? null,
  }
}

function colourSpaceOf({ format, space }: Identification): string {
  if (space === 'gray') return 'Gray'
  if (space === 'cmyk') return 'CMYK'
  return format === 'jpeg' ? 'YCbCr' : 'RGB'
}

const channels: Readonly<Record<Identification['space'], number>> = { rgb: 3, gray: 1, cmyk: 4, palette: 1 }

/** A palette holds its transparency itself. */
const channelsOf = ({ space, alpha }: Identification): number =>
  channels[space] + (alpha && space !== 'palette' ? 1 : 0)

export interface Fault {
  readonly status: number
  readonly message: string
}

export const failureOf = ({ status, message }: Fault, id: string): JsonObject => ({
  ...{ success: false, code: status, id, message },
})

/** The answer that was promised, with the id it was promised under. */
export const optidashWebhook: WebhookTranslator = ({ id, outcomes, failure }) => {
  const [outcome] = outcomes ?? []
  if (outcome) return answerOf(outcome, id)
  const { kind, message } = failure ?? { kind: 'internal', message: 'Something went wrong on our side.' }
  return failureOf({ status: statusFor(kind), message }, id)
}

/** Header values are ASCII: everything else is written as JSON escapes. */
export const headerOf = (answer: JsonObject): string =>
  JSON.stringify(answer).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

export interface CallsStanding {
  readonly used: { readonly calls: number }
  readonly quotas: { readonly calls?: number }
}

/** Optidash counts calls. Without a quota the total is the largest number that all clients read exactly. */
export function accountOf({ project }: KeyRecord, { used, quotas }: CallsStanding): JsonObject {
  const total = quotas.calls ?? Number.MAX_SAFE_INTEGER
  return {
    ...{ success: true, code: 200, company: project },
    subscription: { name: quotas.calls === undefined ? 'Unlimited' : 'Monthly quota', period: 'month' },
    quota: { total, used: used.calls, remaining: Math.max(0, total - used.calls) },
  }
}

/** Reference section 9, a suggestion: calls of the month, and seconds until the next begins (UTC). */
export function rateHeaders({ used, quotas }: CallsStanding, now: number): Record<string, string> {
  if (quotas.calls === undefined) return {}
  const date = new Date(now)
  const next = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
  return {
    'ratelimit-limit': String(quotas.calls),
    'ratelimit-remaining': String(Math.max(0, quotas.calls - used.calls)),
    'ratelimit-reset': String(Math.ceil((next - now) / 1000)),
  }
}
