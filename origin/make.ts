// How one result comes to be: read -> identify -> plan -> admit -> process. Whatever can be refused is, before a decoder.

import type { Answer, Headers } from '../tier.ts'
import {
  admit,
  affordable,
  type Facts,
  type Limits,
  makingsOf,
  onPage,
  type Plan,
  plan,
  price,
  type Spec,
  sourceTypes,
} from '../transforms/index.ts'
import { type Picture, type Processor, processOne } from '../transforms/processor.ts'
import { describe } from './facts-document.ts'
import { hastyMark, type Making } from './hasty.ts'
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
  readonly making: Making
  readonly traceparent?: string | undefined
}

export interface Processors {
  readonly foreground: Processor
  /** For better pictures, in the time that nothing else needs. */
  readonly background: Processor
}

export interface MakeOptions {
  readonly open: OpenSource
  readonly processors: Processors
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
    const { picture, mark, waitMs } = await render(work, opened, workshop, signal)
    return {
      answer: answerOf(picture, opened.facts, mark),
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

const answerOf = (picture: Picture, facts: Facts, mark: Headers): Answer =>
  resultAnswer(picture.body, {
    'content-type': picture.type,
    ...savings(facts),
    ...search(picture),
    ...aim(picture),
    ...mark,
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
  work: MakeRequest,
  { handed, facts: whole, further }: AllOpened,
  { limits, now, processors }: MakeOptions,
  signal: AbortSignal,
) {
  const { source, spec, priority, owner, traceparent, making } = work
  const facts = onPage(whole, spec.page)
  const others = further.map((each) => each.facts)
  const { steps: asked, mark } = stepsFor(work, { facts, further: others }, limits)
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
  const processor = making === 'better' ? processors.background : processors.foreground
  const picture = await processOne(processor, job, steps, signal)
  return { picture, mark, waitMs: now() - queued - picture.renderMs }
}

interface Known {
  readonly facts: Facts
  readonly further: readonly Facts[]
}

/** The plan of this making, and what is said of a first one that a better one may follow. */
function stepsFor(
  { spec, making }: MakeRequest,
  { facts, further }: Known,
  limits: Limits,
): { readonly steps: Plan; readonly mark: Headers } {
  const whole = plan(spec, facts, further)
  if (making === 'only') return { steps: whole, mark: {} }
  const { first, better } = makingsOf(whole, spec, { facts, further }, limits)
  if (making === 'better') return { steps: better ?? first, mark: {} }
  const way = whole.encoding.score === undefined ? 'effort' : 'search'
  return { steps: first, mark: better ? hastyMark(way, price(better, facts)) : {} }
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
