// Judges an encoded picture as a person who looks for faults would: the score of the whole, the worst tiles, ringing on
// white, damage in flat areas, and transparency on black and on white.
import { createReference, type Pixels, type Reference } from '../metric/index.ts'
import { createFlatAreaMeasure } from './flat-area-artifacts.ts'
import type { Picture } from './picture.ts'
import { createWhiteRingingMeasure } from './white-ringing.ts'

export interface Judgement {
  /** SSIMULACRA2 of the whole; with alpha, on black or on white, whichever is lower. */
  readonly score: number
  readonly tiles: { readonly p5: number; readonly worst: number }
  /** Share (0 to 1) of pure white near edges that is off by more than 8 levels; absent where there is little white. */
  readonly whiteOff?: number
  /** Levels (of 255) by which blocks in flat areas are off, without the worst few. */
  readonly flatAreaError: number
}

export interface Judge {
  /** The picture has enough white to be judged. */
  readonly seesWhite: boolean
  judge(data: Uint8Array): Judgement
  release(): void
}

export function createJudge(picture: Picture): Judge {
  const { width, height } = picture
  const grounds = picture.channels === 4 ? [255, 0] : [255]
  const views = grounds.map((ground): { ground: number; pixels: Pixels } => ({
    ground,
    pixels: { rgb: flattenOnto(ground, picture.data, picture.channels), width, height },
  }))
  const references: Reference[] = []
  for (const { pixels } of views) references.push(createReference(pixels))
  const whiteness = views[0] && createWhiteRingingMeasure(views[0].pixels)
  const flatAreaError = views.map(({ pixels }) => createFlatAreaMeasure(pixels))
  return {
    seesWhite: whiteness !== undefined,
    judge(data) {
      const seen = views.map(({ ground }) => flattenOnto(ground, data, picture.channels))
      const scores = references.map((reference, i) => reference.score(seen[i] ?? data))
      const whiteOff = whiteness?.(seen[0] ?? data)
      return {
        score: Math.min(...scores.map(({ score }) => score)),
        tiles: {
          p5: Math.min(...scores.map(({ tiles }) => tiles.p5)),
          worst: Math.min(...scores.map(({ tiles }) => tiles.worst)),
        },
        ...(whiteOff !== undefined && { whiteOff }),
        flatAreaError: Math.max(...flatAreaError.map((off, i) => off(seen[i] ?? data))),
      }
    },
    release: () => {
      for (const reference of references) reference.release()
    },
  }
}

function flattenOnto(ground: number, data: Uint8Array, channels: 3 | 4): Uint8Array {
  if (channels === 3) return data
  const out = new Uint8Array((data.length / 4) * 3)
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const alpha = (data[from + 3] ?? 255) / 255
    for (let c = 0; c < 3; c++) out[to + c] = Math.round((data[from + c] ?? 0) * alpha + ground * (1 - alpha))
  }
  return out
}

export interface VisualStandard {
  readonly target: number
  /** The largest share of white near edges that may be off. */
  readonly whiteLimit: number
  /** Levels by which blocks in flat areas may be off. */
  readonly flatAreaLimit: number
  /** Points below the target at which one tile in twenty, and the worst tile, may be. */
  readonly p5Slack: number
  readonly worstSlack: number
}

/**
 * Levels by which blocks in flat areas may be off. Photographs of the corpus have 4 to 9, so the usual limit holds up none
 * of them. A WebP loses more colour, whatever its quality.
 */
export const flatAreaLimits = { usual: 12, strict: 8, webp: 19 } as const

/**
 * The score with all guards applied, to be compared with the target: the lowest of the whole's score and the guards' values.
 * White loses a point for each percent of its pixels, flat areas one for each level: about as much as one step of quality
 * changes them.
 */
export const applyGuards = (judgement: Judgement, standard: VisualStandard): number =>
  Math.min(judgement.score, ...listGuards(judgement, standard).map(([value]) => value))

/** The value of each guard, on the scale of the score, with the words for what it protects. */
function listGuards(
  { tiles, whiteOff, flatAreaError }: Judgement,
  standard: VisualStandard,
): readonly (readonly [number, string])[] {
  const { target, whiteLimit, flatAreaLimit, p5Slack, worstSlack } = standard
  const white = whiteOff === undefined ? Number.POSITIVE_INFINITY : target + (whiteLimit - whiteOff) * 100
  return [
    [Math.min(tiles.p5 + p5Slack, tiles.worst + worstSlack), 'no part is much worse than the rest'],
    [white, 'white beside edges stays white'],
    [target + flatAreaLimit - flatAreaError, 'small things on smooth ground keep their colour'],
  ]
}

/** A guard decides when its value is so many points below the score of the whole. */
const decisiveMargin = 1

/** The guard that asked for the quality, in words; undefined where the score of the whole did. */
export function findDecisiveGuard(judgement: Judgement, standard: VisualStandard): string | undefined {
  const [lowest] = listGuards(judgement, standard).toSorted(([a], [b]) => a - b)
  return lowest && lowest[0] + decisiveMargin < judgement.score ? lowest[1] : undefined
}
