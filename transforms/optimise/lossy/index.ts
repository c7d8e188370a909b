// The smallest lossy file that still looks like its source: quality and chroma found per picture, by score.
import { Failure } from '../../../errors.ts'
import { type Facts, upright } from '../../facts.ts'
import { smallestSide } from '../metric/index.ts'
import type { Chroma } from '../request.ts'
import { fitBytes } from './byte-budget.ts'
import type { LossyFormat } from './encoders.ts'
import { estimateSourceLoss, type SourceLoss, tightenTarget } from './generation-loss.ts'
import { readPicture } from './picture.ts'
import { type JudgedPicture, type RecodeGoal, type RecodeResult, recode, recodeAtQuality } from './recode.ts'
import { applyGuards, createJudge, findDecisiveGuard, flatAreaLimits } from './visual-judge.ts'

export type { LossyFormat } from './encoders.ts'

export interface SearchRequest {
  readonly format: LossyFormat
  /** The score to reach: 72 eco, 76 by default, 80 high, 85 max, or any other. */
  readonly target: number
  readonly chroma?: 'auto' | Chroma
  /** JPEG only; true unless told otherwise. */
  readonly progressive?: boolean
  /** Six unless told otherwise. */
  readonly maxProbes?: number
  /** Milliseconds after which no further probe begins. */
  readonly budgetMs?: number
  /** A quality to begin with, such as the one found for this picture at another width. */
  readonly seed?: number
  /** The encoder's own quality, instead of a search; the score is told all the same. */
  readonly quality?: number
  /** Goes below the target, or the quality, rather than above this. */
  readonly maxBytes?: number
  /** The format was named: what comes nearest is the answer, even where it is larger than the source. */
  readonly owed?: boolean
  /** What shows through where a JPEG cannot be transparent; white unless told otherwise. */
  readonly background?: string
}

/** 'keep': nothing lossy may stand in for the source; what is lossless still may. */
export type SearchVerdict =
  | (RecodeResult & {
      readonly verdict: 'recoded'
      readonly reason: string
      /** The score that was aimed at; absent where a quality was asked for. */
      readonly target?: number
      /** The budget ended before the search did: with more time it may be smaller, or better. */
      readonly stoppedEarly: boolean
    })
  | { readonly verdict: 'keep'; readonly reason: string }

/** From here on white is kept as product photographers ask for it. */
const strictFrom = 80
const whiteLimits = { usual: 0.06, strict: 0.03 } as const
/** Beyond these somebody looking closely finds the place (measured on 28 product shots). */
const slacks = { p5Slack: 7, worstSlack: 12 } as const
const usualProbes = 6
/** Not noticed side by side: what a source that may lose nothing still loses where another format is owed. */
const unnoticed = 80

/** Upright, in eight bits, in sRGB unless its profile is wider, and never larger than the source unless it is owed. */
export async function search(source: Uint8Array, facts: Facts, asked: SearchRequest): Promise<SearchVerdict> {
  const ask = dropMetBudget(asked, source)
  if (facts.format === 'svg') throw new Failure('bad-option', 'A drawing has no quality.', { option: 'mode' })
  if (facts.animated) return keepSource('it moves')
  const { width, height } = upright(facts)
  if (Math.min(width, height) < smallestSide) return keepSource('it is too small to compare')
  const past = estimateSourceLoss(source, facts)
  const goal = buildGoal(past, ask, facts)
  if (typeof goal === 'string') return keepSource(goal)
  const background = ask.format === 'jpeg' ? (ask.background ?? '#fff') : undefined
  const picture = await readPicture(source, facts, { background: facts.alpha ? background : undefined })
  const judge = createJudge(picture)
  try {
    const found = await recodeAsAsked({ picture, judge }, goal, ask)
    return decideVerdict(found, { source, facts, past, goal, ask })
  } finally {
    judge.release()
  }
}

/** A source that is small enough is a source as any other: nothing may be lost for bytes that it does not take. */
function dropMetBudget(ask: SearchRequest, source: Uint8Array): SearchRequest {
  const { maxBytes = 0, ...rest } = ask
  return !ask.owed && source.length <= maxBytes ? rest : ask
}

const keepSource = (reason: string): SearchVerdict => ({ verdict: 'keep', reason })

/** What to reach, or why there is nothing to reach. */
function buildGoal(past: SourceLoss, ask: SearchRequest, facts: Facts): RecodeGoal | string {
  const isSame = ask.format === facts.format
  const isFree = ask.maxBytes === undefined && ask.quality === undefined && !ask.owed
  if (past.isOptimised && isSame && isFree) return 'it has been optimised already'
  const target = past.score === undefined ? ask.target : tightenTarget(ask.target, past.score)
  if (target === undefined && isFree) return 'its own quality leaves nothing to lose'
  const strictness = ask.target >= strictFrom ? 'strict' : 'usual'
  return {
    format: ask.format,
    target: target ?? (ask.owed ? Math.max(ask.target, unnoticed) : ask.target),
    ...slacks,
    whiteLimit: whiteLimits[strictness],
    flatAreaLimit: flatAreaLimits[ask.format === 'webp' ? 'webp' : strictness],
    chroma: chooseChroma(past, ask),
    progressive: ask.progressive ?? true,
    maxProbes: ask.maxProbes ?? usualProbes,
    endsAt: performance.now() + (ask.budgetMs ?? Number.POSITIVE_INFINITY),
    seed: ask.seed,
    prepares: !past.isHalved,
  }
}

/** What a source has lost already is not worth keeping, unless it is asked for. */
function chooseChroma(past: SourceLoss, { chroma = 'auto' }: SearchRequest): RecodeGoal['chroma'] {
  return chroma === 'auto' && past.isHalved ? '4:2:0' : chroma
}

async function recodeAsAsked(
  subject: JudgedPicture,
  goal: RecodeGoal,
  { quality, maxBytes }: SearchRequest,
): Promise<RecodeResult | undefined> {
  const found =
    quality === undefined ? await recode(subject, goal) : await recodeAtQuality(subject, goal, quality)
  if (maxBytes === undefined || found.body.length <= maxBytes) return found
  // At so few bytes full colour is the first thing to give up.
  const chroma = goal.chroma === 'auto' ? '4:2:0' : goal.chroma
  const preset = goal.format === 'jpeg' ? (`jpeg ${chroma}` as const) : goal.format
  return fitBytes(subject, { preset, maxBytes, below: found.quality, progressive: goal.progressive })
}

interface VerdictContext {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly past: SourceLoss
  readonly goal: RecodeGoal
  readonly ask: SearchRequest
}

function decideVerdict(
  found: RecodeResult | undefined,
  { source, facts, past, goal, ask }: VerdictContext,
): SearchVerdict {
  if (found === undefined) return keepSource('no quality makes it so small')
  const { reached } = found
  const stoppedEarly = isUnfinished(found, goal, ask)
  const recoded = {
    ...found,
    ...(ask.quality === undefined && { target: goal.target }),
    verdict: 'recoded',
    reason: explainResult(found, goal, { ...ask, stoppedEarly }),
    stoppedEarly,
  } as const
  if (ask.owed) return recoded
  if (!reached && ask.maxBytes === undefined && ask.quality === undefined)
    return keepSource(
      stoppedEarly
        ? `stopped early at score ${found.score.toFixed(1)}, as no time was left to reach ${goal.target.toFixed(1)}`
        : `no quality that was tried scores ${goal.target.toFixed(1)}`,
    )
  const part = found.body.length / source.length
  if (part >= 1) return keepSource('it would become larger')
  if (facts.format === ask.format && ask.maxBytes === undefined && part > past.worthwhile)
    return keepSource('a recoding would save too little for what it loses')
  return recoded
}

/** What lies nearer to the target than this was found, and not only the best so far. */
const nearEnough = 1

/** Whether the search would have gone on, had there been time. */
function isUnfinished(found: RecodeResult, goal: RecodeGoal, { quality }: SearchRequest): boolean {
  if (quality !== undefined) return false
  if (found.isHurried) return true
  return performance.now() > goal.endsAt && !isNear(found, goal)
}

const isNear = (found: RecodeResult, goal: RecodeGoal): boolean =>
  found.reached && applyGuards(found, goal) < goal.target + nearEnough

function explainResult(
  found: RecodeResult,
  goal: RecodeGoal,
  { maxBytes, quality, stoppedEarly }: SearchRequest & { readonly stoppedEarly: boolean },
): string {
  const target = goal.target.toFixed(1)
  const score = found.score.toFixed(1)
  if (stoppedEarly && (found.reached || maxBytes === undefined))
    return `stopped early at score ${score}, aimed at ${target}: no time was left`
  if (found.reached) {
    const guard = findDecisiveGuard(found, goal)
    return guard === undefined
      ? `the lowest quality that scores ${target}`
      : `the lowest quality at which ${guard}; the whole scores ${score}, aimed at ${target}`
  }
  if (maxBytes !== undefined) return 'the highest quality that fits'
  return quality === undefined ? `the best that was tried for ${target}` : 'the quality asked for'
}
