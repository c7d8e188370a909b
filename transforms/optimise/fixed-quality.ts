// Lossy encoding at a fixed quality that the caller names, without a search. Lossless candidates still win if smaller.
import type { Facts } from '../facts.ts'
import { run } from '../pixels/run.ts'
import { sharp } from '../pixels/sharp.ts'
import { estimateQuality } from './jpeg/quality.ts'
import { needsRecoding } from './jpeg/required-coding.ts'
import { readSegments } from './jpeg/segments.ts'
import { createFinalEncoder, type LossyFormat } from './lossy/encoders.ts'
import { readPicture } from './lossy/picture.ts'
import type { CandidateResult, Chroma, OptimiseRequest } from './request.ts'
import { restoreMetadata } from './restore-metadata.ts'
import { type Candidate, Declined } from './smallest-candidate.ts'
import { optimiseScans } from './target-score.ts'

interface FixedQualityTask {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly request: OptimiseRequest
  readonly endsAt: number
}

const defaultQuality = 80
/** At a lower quality pictures fall apart, whatever was asked. */
const lowestQuality = 5
/** From this quality on, colour is stored in full (4:4:4). */
const fullColourFrom = 90

export function createFixedQualityCandidate(task: FixedQualityTask, format: LossyFormat): Candidate {
  const { source, facts, request } = task
  let found: CandidateResult = {}
  return {
    name: `${format} by quality`,
    format,
    make: async () => {
      const quality = request.quality ?? defaultQuality
      const own = facts.format === 'jpeg' && format === 'jpeg' ? estimateQuality(readSegments(source)) : null
      const isSmall = source.length <= (request.maxBytes ?? Number.POSITIVE_INFINITY)
      const isFree = isSmall && !needsRecoding(source, facts, request)
      if (own && own.quality <= quality && isFree)
        throw new Declined(`it was saved at quality ${own.quality}, so ${quality} has nothing to give`)
      const made = await encodeToBudget(await openEncoder(task, format), {
        quality,
        maxBytes: request.maxBytes,
      })
      found = {
        quality: made.quality,
        ...(format !== 'webp' && { chroma: chooseChroma(format, made.quality, request) }),
      }
      const body = format === 'jpeg' ? await optimiseScans(made.body, task) : made.body
      return restoreMetadata(body, format, { source, facts, keep: request.keep ?? [] })
    },
    findFault: async () => undefined, // it is what was asked for
    result: () => found,
  }
}

/** Whether the source is a JPEG of ours at that quality or below: another format would lose more again. */
export function isOwnJpegAt(
  source: Uint8Array,
  facts: Facts,
  { quality = defaultQuality }: OptimiseRequest,
): boolean {
  const own = facts.format === 'jpeg' ? estimateQuality(readSegments(source)) : null
  return own?.family === 'mozjpeg' && own.quality <= quality
}

function chooseChroma(format: LossyFormat, quality: number, { chroma }: OptimiseRequest): Chroma {
  if (format !== 'jpeg') return '4:4:4'
  return chroma ?? (quality < fullColourFrom ? '4:2:0' : '4:4:4')
}

type EncodeAt = (quality: number) => Promise<Uint8Array>

async function openEncoder(
  { source, facts, request }: FixedQualityTask,
  format: LossyFormat,
): Promise<EncodeAt> {
  if (facts.animated) {
    if (format !== 'webp') throw new Declined('it moves, and this format does not')
    const animation = sharp(source, { animated: true, limitInputPixels: false })
    return async (quality) => (await run(animation.clone().webp({ quality, effort: 4, minSize: true }))).data
  }
  const background = format === 'jpeg' && facts.alpha ? '#fff' : undefined
  const picture = await readPicture(source, facts, { background })
  const presetAt = (quality: number) =>
    format === 'jpeg' ? (`jpeg ${chooseChroma(format, quality, request)}` as const) : format
  return (quality) => createFinalEncoder(picture, presetAt(quality), request.progressive)(quality)
}

interface EncodeBudget {
  readonly quality: number
  readonly maxBytes: number | undefined
}

/** The quality asked for, or the highest below it that fits. */
async function encodeToBudget(
  encode: EncodeAt,
  { quality, maxBytes }: EncodeBudget,
): Promise<{ body: Uint8Array; quality: number }> {
  let best = { body: await encode(quality), quality }
  if (maxBytes === undefined || best.body.length <= maxBytes) return best
  let [fits, tooLarge] = [lowestQuality - 1, quality]
  while (tooLarge - fits > 1) {
    const middle = (fits + tooLarge) >> 1
    const body = await encode(middle)
    if (body.length > maxBytes) tooLarge = middle
    else {
      fits = middle
      best = { body, quality: middle }
    }
  }
  if (best.quality === quality) throw new Declined('no quality makes it so small')
  return best
}
