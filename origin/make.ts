// How one result comes to be: read -> identify -> plan -> admit -> process. Whatever can be refused is, before a decoder.
import {
  admit,
  type Facts,
  identify,
  type Limits,
  plan,
  type Spec,
  sourceTypes,
} from '../transforms/index.ts'
import type { Picture, Processor } from '../transforms/processor.ts'
import { describe } from './describe.ts'
import type { Source } from './loader.ts'
import { original } from './original.ts'
import { type Made, resultAnswer } from './result.ts'

export interface Work {
  readonly source: Source
  readonly spec: Spec
  /** The source's name: the processor gives each its share. */
  readonly owner: string
  readonly priority: 'foreground' | 'background'
}

export interface Workshop {
  readonly processor: Processor
  readonly limits: Limits
  readonly now: () => number
}

/** Undefined when the source changed since it was found. */
export async function make(work: Work, workshop: Workshop, signal: AbortSignal): Promise<Made | undefined> {
  const began = workshop.now()
  if (work.spec.format === 'original') {
    const answer = await original(work.source, signal)
    return answer && { answer, spent: { readMs: workshop.now() - began, waitMs: 0, renderMs: 0 } }
  }
  const bytes = await work.source.read(signal)
  if (bytes === undefined) return undefined
  const readMs = workshop.now() - began
  const facts = identify(bytes)
  if (work.spec.format === 'json') return inform(facts, readMs, workshop)
  const { picture, waitMs } = await render({ ...work, bytes, facts }, workshop, signal)
  const headers = { 'content-type': picture.type, ...savings(facts), ...search(picture) }
  return {
    answer: resultAnswer(picture.body, headers),
    spent: { readMs, waitMs, renderMs: picture.renderMs },
  }
}

/** The facts alone, which cost nothing; still only of what we would open. */
function inform(facts: Facts, readMs: number, { limits }: Workshop): Made {
  admit(facts, undefined, limits)
  const headers = { 'content-type': 'application/json', ...savings(facts) }
  return { answer: resultAnswer(describe(facts), headers), spent: { readMs, waitMs: 0, renderMs: 0 } }
}

type Opened = Work & { readonly bytes: Uint8Array; readonly facts: Facts }

async function render({ bytes, facts, ...work }: Opened, workshop: Workshop, signal: AbortSignal) {
  const steps = plan(work.spec, facts)
  admit(facts, steps, workshop.limits)
  const queued = workshop.now()
  const { priority, owner } = work
  const lenient = work.source.isLenient ?? false
  const picture = await workshop.processor.process(
    { source: bytes, plan: steps, facts, priority, owner, version: work.source.version, lenient },
    signal,
  )
  return { picture, waitMs: workshop.now() - queued - picture.renderMs }
}

/** What q=auto found. */
const search = ({ found }: Picture) =>
  found && { 'halftone-quality': String(found.quality), 'halftone-score': found.score.toFixed(1) }

/** So that a page can show what the picture saved. */
const savings = (facts: Facts) => ({
  'halftone-source-bytes': String(facts.bytes),
  'halftone-source-type': sourceTypes[facts.format],
})
