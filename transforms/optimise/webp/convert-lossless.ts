// Converts a picture of another format to lossless WebP. It is brought upright, as few viewers heed an orientation in WebP.
import type { Facts } from '../../facts.ts'
import { identify } from '../../identify.ts'
import { isDeepGrey } from '../../pixels/colours.ts'
import { run } from '../../pixels/run.ts'
import { sharp } from '../../pixels/sharp.ts'
import { once } from '../jpeg/index.ts'
import { hashDeep, hashDisplayed, isSamePicture } from '../pixel-hash.ts'
import { hasOwnColours } from '../png/index.ts'
import { type Candidate, Declined } from '../smallest-candidate.ts'
import { losslessSettings } from './index.ts'

interface ConversionSource {
  readonly source: Uint8Array
  readonly facts: Facts
}

export function createLosslessWebp({ source, facts }: ConversionSource): Candidate {
  const upright = { autoOrient: true } as const
  const before = once(() => hashDeep(source, facts, upright))
  const shown = once(() => hashDisplayed(source, upright))
  return {
    name: 'webp lossless',
    format: 'webp',
    make: async () => {
      if (facts.animated) throw new Declined('it moves')
      if (facts.colour || (facts.format === 'png' && hasOwnColours(source)))
        throw new Declined('no WebP says how its colours are meant')
      if (isDeepGrey(facts)) throw new Declined('no WebP holds its shades of grey')
      return convertToWebp({ source, facts })
    },
    findFault: async (body) => {
      const isTold = needsSrgb(facts)
      if (!isTold && !isSamePicture(await before(), await hashDeep(body, { depth: 8 })))
        return 'its pixels differ'
      if (!facts.icc && !isTold) return undefined
      return isSamePicture(await shown(), await hashDisplayed(body)) ? undefined : 'its colours differ'
    },
  }
}

/**
 * Converts the smallest so far, when it is a drawing. Its palette and its size count, as they would in a second run that
 * starts from it.
 */
export function createDrawingWebp(): Candidate {
  let whole: Candidate | undefined
  return {
    name: 'webp lossless',
    format: 'webp',
    make: async (best) => {
      const facts = identify(best)
      if (!isDrawing(facts)) throw new Declined('it is no drawing')
      whole = createLosslessWebp({ source: best, facts })
      return whole.make(best)
    },
    findFault: async (body) => whole?.findFault(body),
  }
}

/** A PNG below this share of its raw samples is a drawing or a screenshot. Photographs take half and more. */
const drawnShare = 0.25

export const isDrawing = ({ format, bytes, width, height }: Facts): boolean =>
  format === 'gif' || (format === 'png' && bytes < Math.max(width * height * 3 * drawnShare, leastBytes))

/** A PNG of fewer bytes counts as a drawing: loss would gain nothing. */
const leastBytes = 1_000

/** WebP stores RGB only: CMYK, and gray with a profile, are converted to sRGB. */
const needsSrgb = ({ space, icc }: Facts): boolean => space === 'cmyk' || (space === 'gray' && icc)

async function convertToWebp({ source, facts }: ConversionSource): Promise<Uint8Array> {
  const image = sharp(source, { limitInputPixels: false, failOn: 'truncated' }).autoOrient()
  const colours = needsSrgb(facts) ? image.toColourspace('srgb') : image.keepIccProfile()
  return (await run(colours.webp(losslessSettings))).data
}
