// Judges candidates as a person who looks for faults would: the whole, the worst places, white grounds, both backgrounds.
import { createReference, type Pixels, type Reference } from '../metric/index.ts'
import { spotsOf } from './flat-area-artifacts.ts'
import type { Picture } from './picture.ts'
import { whitenessOf } from './white-ringing.ts'

export interface Judgement {
  /** SSIMULACRA2 of the whole; with alpha, on black or on white, whichever is lower. */
  readonly score: number
  readonly tiles: { readonly p5: number; readonly worst: number }
  /** Share of pure white near edges that is off by more than 8 levels; absent where there is little white. */
  readonly whiteOff?: number
  /** By how many levels small places on smooth ground are off, all but the worst few. */
  readonly spots: number
}

export interface Judge {
  /** There is enough white to be judged. */
  readonly seesWhite: boolean
  judge(data: Uint8Array): Judgement
  release(): void
}

export function createJudge(picture: Picture): Judge {
  const { width, height } = picture
  const grounds = picture.channels === 4 ? [255, 0] : [255]
  const views = grounds.map((ground): { ground: number; pixels: Pixels } => ({
    ground,
    pixels: { rgb: laidOn(ground, picture.data, picture.channels), width, height },
  }))
  const references: Reference[] = []
  for (const { pixels } of views) references.push(createReference(pixels))
  const whiteness = views[0] && whitenessOf(views[0].pixels)
  const spots = views.map(({ pixels }) => spotsOf(pixels))
  return {
    seesWhite: whiteness !== undefined,
    judge(data) {
      const seen = views.map(({ ground }) => laidOn(ground, data, picture.channels))
      const scores = references.map((reference, i) => reference.score(seen[i] ?? data))
      const whiteOff = whiteness?.(seen[0] ?? data)
      return {
        score: Math.min(...scores.map(({ score }) => score)),
        tiles: {
          p5: Math.min(...scores.map(({ tiles }) => tiles.p5)),
          worst: Math.min(...scores.map(({ tiles }) => tiles.worst)),
        },
        ...(whiteOff !== undefined && { whiteOff }),
        spots: Math.max(...spots.map((off, i) => off(seen[i] ?? data))),
      }
    },
    release: () => {
      for (const reference of references) reference.release()
    },
  }
}

function laidOn(ground: number, data: Uint8Array, channels: 3 | 4): Uint8Array {
  if (channels === 3) return data
  const out = new Uint8Array((data.length / 4) * 3)
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const alpha = (data[from + 3] ?? 255) / 255
    for (let c = 0; c < 3; c++) out[to + c] = Math.round((data[from + c] ?? 0) * alpha + ground * (1 - alpha))
  }
  return out
}

export interface Standard {
  readonly target: number
  /** Largest allowed share of white gone off. */
  readonly whiteLimit: number
  /** Levels by which small places on smooth ground may be off. */
  readonly spotLimit: number
  /** How far below the target one tile in twenty, and the worst tile, may lie. */
  readonly p5Slack: number
  readonly worstSlack: number
}

/**
 * Levels that small places on smooth ground may be off: below the usual one no photograph of the corpus is held up, as
 * 4 to 9 are common. A WebP loses more of its colour, whatever its quality.
 */
export const spotLimits = { usual: 12, strict: 8, webp: 19 } as const

/**
 * One number for all guards, to be compared with the target: the score as far as nothing local is worse. White counts a
 * point for each percent of pixels, and spots one for each level: about what these change by from one quality to the next.
 */
export const effective = (judgement: Judgement, standard: Standard): number =>
  Math.min(judgement.score, ...guards(judgement, standard).map(([value]) => value))

/** What each guard keeps as it should be, with its number. */
function guards(
  { tiles, whiteOff, spots }: Judgement,
  standard: Standard,
): readonly (readonly [number, string])[] {
  const { target, whiteLimit, spotLimit, p5Slack, worstSlack } = standard
  const white = whiteOff === undefined ? Number.POSITIVE_INFINITY : target + (whiteLimit - whiteOff) * 100
  return [
    [Math.min(tiles.p5 + p5Slack, tiles.worst + worstSlack), 'no part is much worse than the rest'],
    [white, 'white beside edges stays white'],
    [target + spotLimit - spots, 'small things on smooth ground keep their colour'],
  ]
}

/** So much better than its guard the whole must be, before it is the guard that decides. */
const clearly = 1

/** What the guard that held the quality up keeps, in words; undefined where the score of the whole decided. */
export function decisiveGuard(judgement: Judgement, standard: Standard): string | undefined {
  const [lowest] = guards(judgement, standard).toSorted(([a], [b]) => a - b)
  return lowest && lowest[0] + clearly < judgement.score ? lowest[1] : undefined
}
