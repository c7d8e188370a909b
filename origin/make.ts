// How one result comes to be: read -> identify -> plan -> admit -> process. Whatever can be refused is, before a decoder.

import type { Answer } from '../tier.ts'
import {
  admit,
  affordable,
  type Facts,
  type Limits,
  onPage,
  plan,
  type Spec,
  sourceTypes,
} from '../transforms/index.ts'
import { type Picture, type Processor, processOne } from '../transforms/processor.ts'
import { describe } from './facts-document.ts'
import { hasten, hastyMark } from './hasty.ts'
import type { Source } from './loader.ts'
import type { OpenedSource, OpenSource } from './opened-sources.ts'
import { original } from './original.ts'
import { type MadeAnswer, resultAnswer } from './result.ts'

export interface MakeRequest {
  readonly source: Source
  /** What the spec names beside it, in the order of `furtherSources`. */
  readonly further: readonly Source[]
  readonly spec: Spec
  /** The source's name: the processor gives each its share. */
  readonly owner: string
  readonly priority: 'foreground' | 'background'
  /** Without a search for its quality. */
  readonly isHasty?: boolean
  readonly traceparent?: string | undefined
}

export interface MakeOptions {
  readonly open: OpenSource
  readonly processor: Processor
  readonly limits: Limits
  readonly now: () => number
}

/** Undefined when the source changed since it was found. */
export async function make(
  work: MakeRequest,
  workshop: MakeOptions,
  signal: AbortSignal,
): Promise<MadeAnswer | undefined> {
  const began = workshop.now()
  const spentReading = (): MadeAnswer['spent'] => ({ readMs: workshop.now() - began, waitMs: 0, renderMs: 0 })
  if (work.spec.format === 'original') {
    const answer = await original(work.source, signal)
    return answer && { answer, spent: spentReading() }
  }
  const opened = await openAll(work, workshop, signal)
  if (opened === undefined) return undefined
  const spent = spentReading()
  try {
    if (work.spec.format === 'json') return { answer: inform(opened.facts, workshop.limits), spent }
    const { picture, isSearchLeft, waitMs } = await render(work, opened, workshop, signal)
    return {
      answer: answerOf(picture, opened.facts, isSearchLeft),
      spent: { ...spent, waitMs, renderMs: picture.renderMs },
    }
  } finally {
    opened.giveBack()
  }
}

/** The facts alone, which cost nothing. They are told only of sources that we would also open. */
function inform(facts: Facts, limits: Limits): Answer {
  admit(facts, undefined, limits)
  return resultAnswer(describe(facts), { 'content-type': 'application/json', ...savings(facts) })
}

const answerOf = (picture: Picture, facts: Facts, isSearchLeft: boolean): Answer =>
  resultAnswer(picture.body, {
    'content-type': picture.type,
    ...savings(facts),
    ...search(picture),
    ...aim(picture),
    ...(isSearchLeft && hastyMark),
  })

interface AllOpened extends OpenedSource {
  readonly further: readonly OpenedSource[]
}

/** Undefined when one of them changed since it was found. */
async function openAll(
  { source, further }: MakeRequest,
  { open }: MakeOptions,
  signal: AbortSignal,
): Promise<AllOpened | undefined> {
  const opening = await Promise.allSettled([source, ...further].map((each) => open(each, signal)))
  const found = opening.map((each) => (each.status === 'fulfilled' ? each.value : undefined))
  const giveBack = (): void => {
    for (const each of found) each?.giveBack()
  }
  const failed = opening.find((each) => each.status === 'rejected')
  const [first, ...others] = found.filter((each) => each !== undefined)
  if (!failed && first && others.length === further.length) return { ...first, further: others, giveBack }
  giveBack()
  if (failed) throw failed.reason
  return undefined
}

async function render(
  { source, spec, priority, owner, traceparent, isHasty = false }: MakeRequest,
  { handed, facts: whole, further }: AllOpened,
  { limits, now, processor }: MakeOptions,
  signal: AbortSignal,
) {
  const facts = onPage(whole, spec.page)
  const patient = plan(
    spec,
    facts,
    further.map((each) => each.facts),
  )
  const { plan: asked, isHasty: isSearchLeft } = isHasty ? hasten(patient) : { plan: patient, isHasty: false }
  const steps = affordable(asked, facts, limits)
  admit(facts, steps, limits)
  const queued = now()
  const { version, isLenient: lenient = false } = source
  const job = {
    source: handed,
    further: further.map((each) => each.handed),
    facts,
    priority,
    owner,
    version,
    lenient,
    traceparent,
  }
  const picture = await processOne(processor, job, steps, signal)
  return { picture, isSearchLeft, waitMs: now() - queued - picture.renderMs }
}

/** What q=auto found. */
const search = ({ found }: Picture) =>
  found && { 'halftone-quality': String(found.quality), 'halftone-score': found.score.toFixed(1) }

/** What a cut that was to keep faces was decided by. */
const aim = ({ faces }: Picture) =>
  faces && { 'halftone-faces': String(faces.found), 'halftone-crop': faces.by }

/** Lets a page show how many bytes were saved. */
const savings = (facts: Facts) => ({
  'halftone-source-bytes': String(facts.bytes),
  'halftone-source-type': sourceTypes[facts.format],
})
