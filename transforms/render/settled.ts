// Settles a plan that leaves something to the pixels: where a border ends, and where faces are.
import { identify } from '../identify.ts'
import type { Plan } from '../plan/plan.ts'
import type { Aim } from '../processor.ts'
import { trimmed } from './content.ts'
import { opened } from './open.ts'
import { type Bounds, optionsFor, wholeSeconds } from './reading.ts'

interface Settled {
  readonly plan: Plan
  /** Within what is left of the time. */
  readonly bounds: Bounds
  readonly faces?: Aim
}

/** Fails with 'too-costly' where the plan costs much more than was foreseen. */
export async function settled(source: Uint8Array, asked: Plan, bounds: Bounds): Promise<Settled> {
  if (!asked.trim && !asked.faces) return { plan: asked, bounds }
  const startedAt = performance.now()
  const { facts = identify(source), timeoutMs = 60_000 } = bounds
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  const options = optionsFor(facts, asked, bounds)
  // In sRGB whatever the result's colours are, so that the same is found.
  const open = async ({ space: _, ...plan }: Plan, frames = {}) => {
    const way = { plan, options: { ...options, ...frames }, ffmpeg: bounds.ffmpeg }
    const { image, size } = await opened(bytes, facts, way)
    return { image: image.timeout({ seconds: wholeSeconds(timeoutMs) }), size }
  }
  const left = () => ({ ...bounds, timeoutMs: Math.max(1, timeoutMs - (performance.now() - startedAt)) })
  const { plan: cut, facts: known } = await trimmed(asked, facts, () => open(asked))
  if (!cut.faces) return { plan: cut, bounds: left() }
  // Loaded only here: other renders need no detector.
  const { aimed } = await import('./faces.ts')
  const first = () => open(cut, { animated: false, pages: 1 })
  const { plan, faces } = await aimed(cut, { source, facts: known, open: first })
  return { plan, bounds: left(), faces }
}
