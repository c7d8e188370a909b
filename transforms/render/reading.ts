// How a source is to be read for a plan: what is decoded of it, within which bounds.
import type { SharpOptions } from 'sharp'
import type { Facts } from '../facts.ts'
import type { Plan } from '../plan/plan.ts'
import { defaultLimits } from '../price.ts'

export interface Bounds {
  /** Milliseconds that may pass. */
  readonly timeoutMs?: number
  /** More pixels than the header promised are not decoded. */
  readonly maxPixels?: number
  /** What is known of the source already. */
  readonly facts?: Facts
  /** What is there of a picture that is cut short is shown. */
  readonly lenient?: boolean
  /** Whole pictures that the steps need beside the source, as `plan.further` describes them. */
  readonly further?: readonly Uint8Array[]
  /** A folder of fonts beside those that are known anyway. */
  readonly fonts?: string | undefined
  /** ffmpeg's name on PATH, or its path: for videos. */
  readonly ffmpeg?: string | undefined
}

/** Pixels of a source. */
export const mostRead = ({ maxPixels }: Bounds): number =>
  maxPixels ?? Math.max(defaultLimits.maxSourcePixels, defaultLimits.maxTotalPixels)

export function optionsFor(facts: Facts, plan: Plan, bounds: Bounds) {
  return {
    // A warning is a picture that browsers show too (junk before a marker); what is cut short is refused.
    failOn: bounds.lenient ? 'none' : 'truncated',
    limitInputPixels: mostRead(bounds),
    sequentialRead: true,
    ...framesRead(facts, plan),
    autoOrient: false, // the plan says how to turn
  } satisfies SharpOptions
}

/** The frames that are decoded. */
function framesRead(facts: Facts, plan: Plan): Pick<SharpOptions, 'animated' | 'page' | 'pages'> {
  const { film } = plan
  if (!film) return { animated: moves(facts, plan) }
  return { page: film.first, pages: film.count }
}

export const moves = (facts: Facts, plan: Plan): boolean => plan.frames === 'all' && facts.pages > 1

/** sharp counts whole seconds. */
export const wholeSeconds = (ms: number): number => Math.min(3600, Math.max(1, Math.ceil(ms / 1000)))
