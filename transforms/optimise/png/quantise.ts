// Lossy PNG: two makers of palettes, each recoded without loss; the score on white and on black decides which may stay.
import { losslessCompressPng, pngQuantize } from '@napi-rs/image'
import type { Facts } from '../../facts.ts'
import { identify } from '../../identify.ts'
import { run } from '../../render/run.ts'
import { sharp } from '../../render/sharp.ts'
import { once } from '../jpeg/index.ts'
import { type Picture, readPicture } from '../lossy/picture.ts'
import { applyGuards, createJudge, flatAreaLimits, type Judge } from '../lossy/visual-judge.ts'
import { smallestSide } from '../metric/index.ts'
import type { Keep, Result } from '../request.ts'
import type { Candidate } from '../smallest-candidate.ts'
import { countColours } from '../unique-colours.ts'
import { createChunkRestorer } from './index.ts'

interface QuantiseTask {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly keep: readonly Keep[]
}

/** A palette bands before it blurs, so it must look better than a JPEG to pass. */
const standard = {
  target: 85,
  whiteLimit: 0.06,
  flatAreaLimit: flatAreaLimits.usual,
  p5Slack: 7,
  worstSlack: 12,
}
/** Both makers and the judge take some 2 s a megapixel. */
const mostPixels = 12e6
const mostColours = 256

export interface QuantisedCandidates {
  readonly candidates: readonly Candidate[]
  readonly close: () => void
}

/** None for what has no more colours than a palette holds: oxipng makes that palette without loss. */
export async function listQuantised(task: QuantiseTask): Promise<QuantisedCandidates> {
  const { source, facts } = task
  const pixels = facts.width * facts.height
  const dress = createChunkRestorer(task)
  const isUnfit =
    facts.animated ||
    facts.space !== 'rgb' ||
    facts.depth > 8 ||
    pixels > mostPixels ||
    Math.min(facts.width, facts.height) < smallestSide ||
    ((await countColours(source)) ?? mostColours + 1) <= mostColours
  if (isUnfit) return { candidates: [], close: () => {} }
  // A picture with faults that browsers forgive is not judged, and keeps its pixels.
  const picture = await readPicture(source, facts).catch(() => undefined)
  if (!picture) return { candidates: [], close: () => {} }
  const judge = createJudge(picture)
  const judged = { picture, judge }
  const finish = async (png: Uint8Array) => dress(await losslessCompressPng(png, { strip: true }))
  const candidates = [
    createCandidate('sharp palette', judged, async () => finish(await quantiseBySharp(source))),
    createCandidate('napi palette', judged, async () =>
      finish(await pngQuantize(source, { minQuality: 70, maxQuality: 99 })),
    ),
  ]
  return { candidates, close: once(async () => judge.release()) }
}

/** The numbers as they are stored: the profile, if there is one, goes back on top of them. */
async function quantiseBySharp(source: Uint8Array): Promise<Uint8Array> {
  const image = sharp(source, { ignoreIcc: true, autoOrient: false, limitInputPixels: false })
  return (await run(image.png({ palette: true, quality: 100, effort: 7, dither: 1 }))).data
}

interface JudgedSource {
  readonly picture: Picture
  readonly judge: Judge
}

function createCandidate(name: string, judged: JudgedSource, make: Candidate['make']): Candidate {
  let found: Result = {}
  return {
    name,
    format: 'png',
    make,
    faultOf: async (body) => {
      const score = await scoreBody(body, judged)
      if (score === undefined) return 'its transparency differs'
      found = { score }
      return score < standard.target ? `scores ${score.toFixed(1)} of ${standard.target}` : undefined
    },
    result: () => found,
  }
}

async function scoreBody(body: Uint8Array, { picture, judge }: JudgedSource): Promise<number | undefined> {
  const { data, channels, width, height } = await readPicture(body, identify(body))
  if (channels !== picture.channels || width !== picture.width || height !== picture.height) return undefined
  return applyGuards(judge.judge(data), standard)
}
