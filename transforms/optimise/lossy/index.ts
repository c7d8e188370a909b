// Lossy recoding by visual score: finds for each picture the quality and chroma of the smallest file that reaches a target.
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
  /** The encoder's own quality, without a search. The score is reported all the same. */
  readonly quality?: number
  /** The most bytes: the search goes below the target, or the quality, to stay within them. */
  readonly maxBytes?: number
  /** There must be an answer in this format, even one that is larger than the source or misses the target. */
  readonly required?: boolean
  /** Colour laid under transparent pixels for a JPEG; white unless told otherwise. */
  readonly background?: string
}

/** 'keep': no lossy file may replace the source. A lossless one still may. */
export type SearchVerdict =
  | (RecodeResult & {
      readonly verdict: 'recoded'
      readonly reason: string
      /** The target score; absent where a quality was asked for. */
      readonly target?: number
      /** The time ran out before the search ended: with more of it the file may be smaller, or better. */
      readonly stoppedEarly: boolean
    })
  | { readonly verdict: 'keep'; readonly reason: string }

/** From this target on, white backgrounds are kept as strictly as product photographers ask. */
const strictFrom = 80
const whiteLimits = { usual: 0.06, strict: 0.03 } as const
/** Points by which bad tiles may miss the target: with more, a close look finds them (28 product shots). */
const slacks = { p5Slack: 7, worstSlack: 12 } as const
const usualProbes = 6
/** The target where a format is required and the source may lose nothing more: not noticed side by side. */
const unnoticed = 80

/**
 * The result is upright, has eight bits, and is in sRGB unless the source's profile is wider. It is never larger than the
 * source, unless it is required.
 */
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

/** Drops `maxBytes` where the source fits already: then nothing needs to be lost for it. */
function dropMetBudget(ask: SearchRequest, source: Uint8Array): SearchRequest {
  const { maxBytes = 0, ...rest } = ask
  return !ask.required && source.length <= maxBytes ? rest : ask
}

const keepSource = (reason: string): SearchVerdict => ({ verdict: 'keep', reason })

/** The goal of the recoding, or the reason why there is none. */
function buildGoal(past: SourceLoss, ask: SearchRequest, facts: Facts): RecodeGoal | string {
  const isSame = ask.format === facts.format
  const isFree = ask.maxBytes === undefined && ask.quality === undefined && !ask.required
  if (past.isOptimised && isSame && isFree) return 'it has been optimised already'
  const target = past.score === undefined ? ask.target : tightenTarget(ask.target, past.score)
  if (target === undefined && isFree) return 'its own quality leaves nothing to lose'
  const strictness = ask.target >= strictFrom ? 'strict' : 'usual'
  return {
    format: ask.format,
    target: target ?? (ask.required ? Math.max(ask.target, unnoticed) : ask.target),
    ...slacks,
    whiteLimit: whiteLimits[strictness],
    flatAreaLimit: flatAreaLimits[ask.format === 'webp' ? 'webp' : strictness],
    chroma: chooseChroma(past, ask),
    progressive: ask.progressive ?? true,
    maxProbes: ask.maxProbes ?? usualProbes,
    endsAt: performance.now() + (ask.budgetMs ?? Number.POSITIVE_INFINITY),
    seed: ask.seed,
    mayPrecondition: !past.isHalved,
  }
}

/** Full colour is wasted on a source whose colour is halved, unless it is asked for. */
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
  // To save bytes, full colour is given up first.
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
  if (ask.required) return recoded
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

/** A score within so many points of the target is the end of a search, and not only its best so far. */
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
