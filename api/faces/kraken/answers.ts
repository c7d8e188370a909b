// What Kraken answers (reference, section 8): one picture, a set of them, an account, and the same in a webhook. Pure.
import type { JsonObject } from '../../../records/index.ts'
import { upright } from '../../../transforms/index.ts'
import type { Outcome, WebhookTranslator } from '../../services/optimising/optimising.ts'
import { refusalOf } from './errors.ts'

/** Kraken's ids are 32 hex digits. */
export const shortId = (id: string): string => id.replaceAll('-', '')

/** Sizes as a viewer sees them, on both sides: a picture that was only turned has not changed. */
function picture({ name, url, figures }: Pick<Outcome, 'name' | 'url' | 'figures'>): JsonObject {
  const { source, format, width, height, report } = figures
  const original = upright(source)
  return {
    file_name: name,
    original_size: report.sourceBytes,
    kraked_size: report.bytes,
    saved_bytes: Math.max(0, report.sourceBytes - report.bytes),
    kraked_url: url,
    original_width: original.width,
    original_height: original.height,
    kraked_width: width,
    kraked_height: height,
    original_type: source.format,
    kraked_type: format,
  }
}

export interface AnswerShape {
  /** Several sizes, answered by id. */
  readonly isSet: boolean
  /** Milliseconds since 1970. */
  readonly at: number
}

export function answerOf(outcomes: readonly Outcome[], shape: AnswerShape): JsonObject {
  return setOf(
    outcomes.map((outcome) => [outcome.wish ?? outcome.id, picture(outcome)] as const),
    shape,
  )
}

/** Pictures by their ids, or the only one without. */
export function setOf(
  pictures: readonly (readonly [string, JsonObject])[],
  { isSet, at }: AnswerShape,
): JsonObject {
  if (!isSet) return { success: true, ...pictures[0]?.[1] }
  return { success: true, timestamp: Math.floor(at / 1000), results: Object.fromEntries(pictures) }
}

export const contextOf = ({ isSet, at }: AnswerShape): JsonObject => ({ isSet, at })

/** The answer that was promised, with the id it was promised under. */
export const krakenWebhook: WebhookTranslator = ({ id, context, outcomes, failure }) => {
  const shape = { isSet: context.isSet === true, at: Number(context.at ?? 0) }
  const told = outcomes
    ? answerOf(outcomes, shape)
    : { ...refusalOf(failure?.kind ?? 'internal', failure?.message ?? '') }
  return { id: shortId(id), ...told }
}

export interface BytesStanding {
  readonly used: { readonly bytesIn: number }
  readonly quotas: { readonly bytes?: number }
}

/** Kraken counts bytes. Without a quota the total is the largest number that all clients read exactly. */
export function statusOf({ used, quotas }: BytesStanding): JsonObject {
  const total = quotas.bytes ?? Number.MAX_SAFE_INTEGER
  return {
    success: true,
    active: true,
    plan_name: quotas.bytes === undefined ? 'Unlimited' : 'Monthly quota',
    quota_total: total,
    quota_used: used.bytesIn,
    quota_remaining: Math.max(0, total - used.bytesIn),
  }
}
