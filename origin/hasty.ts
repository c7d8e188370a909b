// A first answer now and a better one later. A quality that is searched for takes seconds, and so does an AVIF with all its
// effort; who asks first gets what is made soon, and for a short time. Who asks again makes it a candidate (improving/).
import { asFailure } from '../errors.ts'
import { doReport, reportIn } from '../http/metering.ts'
import { type Answer, type Headers, isHeld } from '../tier.ts'
import type { Spec } from '../transforms/index.ts'
import type { Caching } from './caching.ts'
import { cacheHeaders, type Freshness } from './freshness.ts'
import type { Candidate, Improved, Way } from './improving/index.ts'
import type { MadeAnswer, ObtainedResult, ResultCache, ResultRequest } from './result.ts'

/** Marks a result that was made in haste: how it becomes better, and the milliseconds of CPU that it is expected to take. */
const hastyHeader = 'halftone-hasty'

export const hastyMark = (by: Way, costMs: number): Headers => ({
  [hastyHeader]: `?1;by=${by};cost=${Math.round(costMs)}`,
})

export const isHasty = ({ answer }: ObtainedResult): boolean => answer.headers[hastyHeader] !== undefined

/** 'only': there is no other. 'first' may be followed by 'better'. */
export type Making = 'only' | 'first' | 'better'

/** Whether a second picture may be better than the first. The plan knows better, but is not made for every ask. */
export const mayImprove = ({ quality, format, formats }: Spec): boolean =>
  quality === 'auto' || format === 'avif' || (formats?.startsWith('avif') ?? false)

/** Answers that change by themselves need to be stale for a while. */
export const allowsHaste = ({ shared }: Caching): boolean => !shared.mustRevalidate && !shared.noCache

export type MakeOf = (making: Making) => ResultRequest['make']
type Wanted = Omit<ResultRequest, 'make'>

const firstOf = <T extends { readonly key: string }>(wanted: T): T => ({
  ...wanted,
  key: `${wanted.key} hasty`,
})

/** The better result where it is kept, else the first. */
export async function obtainSoon(
  results: ResultCache,
  wanted: Wanted,
  makeOf: MakeOf,
): Promise<ObtainedResult | undefined> {
  const [better, first] = await Promise.all([results.find(wanted), results.find(firstOf(wanted))])
  return better ?? first ?? results.obtain({ ...firstOf(wanted), make: makeOf('first') })
}

/** What an ask for a first answer says of it. An ask that had it made is no use of one that is kept. */
export function candidateIn(
  { answer, outcome }: ObtainedResult,
  { path, headers }: { readonly path: string; readonly headers: Headers },
): { readonly candidate: Candidate; readonly uses: number } | undefined {
  const [, by, cost] = /;by=(search|effort);cost=(\d{1,9})$/.exec(answer.headers[hastyHeader] ?? '') ?? []
  const uses = reportIn(headers)?.sent ?? (outcome === 'made' ? 0 : 1)
  if (by === undefined || uses === 0) return undefined
  return {
    candidate: { path, by: by as Way, bytes: answer.body.length, costMs: Number(cost) },
    uses,
  }
}

/** Makes the better result and keeps it in the place of the first; where it is not better, the first stays for good. */
export async function improveKept(results: ResultCache, wanted: Wanted, makeOf: MakeOf): Promise<Improved> {
  const first = await results.find(firstOf(wanted))
  if (!first || !isHasty(first) || (await results.find(wanted))) return { outcome: 'gone' }
  const before = first.answer.body.length
  const make: ResultRequest['make'] = async (signal) =>
    betterOf(first.answer, await tried(makeOf('better'), signal))
  const result = await results.obtain({ ...wanted, make })
  if (!result) return { outcome: 'gone' }
  results.forget(firstOf(wanted).key)
  const { answer } = result
  const outcome = answer.headers.etag === first.answer.headers.etag ? 'same' : 'better'
  return { outcome, before, after: answer.body.length }
}

/** Undefined where it will fail again. */
async function tried(
  make: ResultRequest['make'],
  signal: AbortSignal,
): Promise<MadeAnswer | 'failed' | undefined> {
  try {
    return await make(signal)
  } catch (thrown) {
    if (lasting.has(asFailure(thrown).kind)) return 'failed'
    throw thrown
  }
}

/** It is the picture: another try would end the same. */
const lasting: ReadonlySet<string> = new Set([
  'late',
  'too-costly',
  'source-broken',
  'source-too-large',
  'internal',
])

const noTime = { readMs: 0, waitMs: 0, renderMs: 0 }

function betterOf(first: Answer, made: MadeAnswer | 'failed' | undefined): MadeAnswer | undefined {
  if (made === undefined) return undefined
  if (made === 'failed') return { answer: forGood(first), spent: noTime }
  // A searched quality is what was asked for, whatever it weighs; effort is for bytes alone.
  const isForBytes = first.headers[hastyHeader]?.includes(';by=effort') ?? false
  return isForBytes && made.answer.body.length >= first.body.length
    ? { ...made, answer: forGood(first) }
    : made
}

function forGood({ status, headers, body }: Answer): Answer {
  const { [hastyHeader]: _, ...rest } = headers
  return { status, headers: rest, body }
}

/** Long enough for a burst, short enough that the better one is soon asked for. */
const tierSeconds = 10
const browserSeconds = 60
/** What waits for long is not asked for so often: each time for half as long as it has waited, up to ten minutes. */
const mostSeconds = 600

/** How long an answer in haste may be kept; stale it may be for as long as any answer of its source. */
export function hastyHeaders(caching: Caching, bounds: Freshness, waitedMs: number): Headers {
  const waited = Math.min(mostSeconds, Math.floor(waitedMs / 2000))
  const headers = cacheHeaders(caching, {
    ...bounds,
    browserSeconds: Math.min(bounds.browserSeconds, Math.max(browserSeconds, waited)),
    cdnSeconds: Math.min(bounds.cdnSeconds, Math.max(tierSeconds, waited)),
  })
  return { ...headers, ...doReport }
}

/** Since it was made, where it was kept. */
export const waitedMs = ({ answer }: ObtainedResult, now: number): number =>
  isHeld(answer) && 'storedAt' in answer ? Math.max(0, now - Number(answer.storedAt)) : 0
