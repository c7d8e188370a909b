// Lossy PNG: two quantisers make palettes, and each file is packed by OxiPNG. The score on white and on black decides.
import { losslessCompressPng, pngQuantize } from '@napi-rs/image'
import type { Facts } from '../../facts.ts'
import { identify } from '../../identify.ts'
import { run } from '../../pixels/run.ts'
import { sharp } from '../../pixels/sharp.ts'
import { once } from '../jpeg/index.ts'
import { type Picture, readPicture } from '../lossy/picture.ts'
import { applyGuards, createJudge, flatAreaLimits, type Judge } from '../lossy/visual-judge.ts'
import { smallestSide } from '../metric/index.ts'
import type { CandidateResult, Keep } from '../request.ts'
import type { Candidate } from '../smallest-candidate.ts'
import { countColours } from '../unique-colours.ts'
import { createChunkRestorer } from './index.ts'

interface QuantiseTask {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly keep: readonly Keep[]
}

/** A palette shows as banding, which the score underrates, so the target is higher than a JPEG's. */
const standard = {
  target: 85,
  whiteLimit: 0.06,
  flatAreaLimit: flatAreaLimits.usual,
  p5Slack: 7,
  worstSlack: 12,
}
/** The quantisers and the judge take about 2 s a megapixel together. */
const mostPixels = 12e6
const mostColours = 256

export interface QuantisedCandidates {
  readonly candidates: readonly Candidate[]
  readonly close: () => void
}

/** None for a picture whose colours fit a palette: OxiPNG makes that palette without loss. */
export async function listQuantised(task: QuantiseTask): Promise<QuantisedCandidates> {
  const { source, facts } = task
  const pixels = facts.width * facts.height
  const restore = createChunkRestorer(task)
  const isUnfit =
    facts.animated ||
    facts.space !== 'rgb' ||
    facts.depth > 8 ||
    pixels > mostPixels ||
    Math.min(facts.width, facts.height) < smallestSide ||
    ((await countColours(source)) ?? mostColours + 1) <= mostColours
  if (isUnfit) return { candidates: [], close: () => {} }
  // A picture with faults that browsers forgive cannot be judged, and keeps its pixels.
  const picture = await readPicture(source, facts).catch(() => undefined)
  if (!picture) return { candidates: [], close: () => {} }
  const judge = createJudge(picture)
  const judged = { picture, judge }
  const finish = async (png: Uint8Array) => restore(await losslessCompressPng(png, { strip: true }))
  const candidates = [
    createCandidate('sharp palette', judged, async () => finish(await quantiseBySharp(source))),
    createCandidate('napi palette', judged, async () =>
      finish(await pngQuantize(source, { minQuality: 70, maxQuality: 99 })),
    ),
  ]
  return { candidates, close: once(async () => judge.release()) }
}

/** Quantises the samples as stored: the profile, if there is one, is put back afterwards. */
async function quantiseBySharp(source: Uint8Array): Promise<Uint8Array> {
  const image = sharp(source, { ignoreIcc: true, autoOrient: false, limitInputPixels: false })
  return (await run(image.png({ palette: true, quality: 100, effort: 7, dither: 1 }))).data
}

interface JudgedSource {
  readonly picture: Picture
  readonly judge: Judge
}

function createCandidate(name: string, judged: JudgedSource, make: Candidate['make']): Candidate {
  let found: CandidateResult = {}
  return {
    name,
    format: 'png',
    make,
    findFault: async (body) => {
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
