// Recodes one picture into one format, in the fewest bytes that satisfy the judge.
import { compressJpeg } from '@napi-rs/image'
import { insertSegments, isIcc, readSegments } from '../jpeg/segments.ts'
import { createFinalEncoder, decodeLike, encodeCeiling } from './encoders.ts'
import { precondition } from './precondition.ts'
import { predictBytes, searchPresets } from './preset-search.ts'
import { recodeAvif } from './recode-avif.ts'
import { type EncoderPreset, estimateDifficulty, measureDifficulty, predictQuality } from './score-curves.ts'
import {
  buildResult,
  createProbe,
  encodeAndScore,
  type JudgedPicture,
  pickBest,
  type RecodeGoal,
  type RecodeResult,
} from './scored-encode.ts'
import { applyGuards } from './visual-judge.ts'

export type { JudgedPicture, RecodeGoal, RecodeResult } from './scored-encode.ts'

export async function recode(subject: JudgedPicture, goal: RecodeGoal): Promise<RecodeResult> {
  if (goal.format === 'avif') return recodeAvif(subject, goal)
  if (goal.format === 'webp') return recodeByPresets(preconditionColour(subject, goal), goal, ['webp'])
  if (goal.chroma === '4:2:2') return recodeByPresets(subject, goal, ['jpeg 4:2:2'])
  const prepared = preconditionColour(subject, goal)
  const { isShort, seed } = await testHalvedColour(prepared, goal)
  if (isShort) return recodeInFullColour(subject, { ...goal, seed })
  const halved = await recodeByPresets(prepared, { ...goal, seed }, pickJpegPresets(subject, '4:2:0'))
  if (goal.chroma !== 'auto' || subject.picture.isGrey || performance.now() > goal.endsAt) return halved
  // Some colour is lost in 4:2:0 at every quality.
  if (!halved.reached) return addProbes(await recodeInFullColour(subject, { ...goal, seed }), halved.probes)
  return isHeldUp(halved, goal) ? tryFullColour(halved, subject, goal) : halved
}

const recodeInFullColour = (subject: JudgedPicture, goal: RecodeGoal): Promise<RecodeResult> =>
  recodeByPresets(subject, goal, pickJpegPresets(subject, '4:4:4'))

/**
 * Klein's table is the best on average, the MSSIM one on half of all photographs. On white the MSSIM table rings, and
 * Robidoux's, the default, rings least. (38 pictures at equal score: Klein's takes 1.9 % fewer bytes than Robidoux's, MSSIM's
 * 1.4 %.)
 */
function pickJpegPresets({ judge }: JudgedPicture, chroma: '4:2:0' | '4:4:4'): readonly EncoderPreset[] {
  return [`jpeg ${chroma} klein`, judge.seesWhite ? `jpeg ${chroma}` : `jpeg ${chroma} mssim`]
}

/** Where the score of the whole is so many points above the target, only a guard keeps the quality up. */
const wellAbove = 2.5
/**
 * At so many qualities above an average photograph's, quality makes up for halved colour: thin things on red, for one.
 */
const qualitiesAbove = 4

function isHeldUp({ score, quality }: RecodeResult, { target }: RecodeGoal): boolean {
  return (
    score > target + wellAbove || quality > predictQuality('jpeg 4:2:0 klein', target, 1) + qualitiesAbove
  )
}

/**
 * Full colour rings less on white and keeps thin things on saturated ground. One probe shows whether it takes fewer bytes;
 * if so, two more find the lowest quality.
 */
async function tryFullColour(
  halved: RecodeResult,
  subject: JudgedPicture,
  goal: RecodeGoal,
): Promise<RecodeResult> {
  const preset = 'jpeg 4:4:4'
  const first = Math.round(predictQuality(preset, goal.target + 1, measureDifficulty('jpeg 4:2:0', halved)))
  const probed = await recodeByPresets(subject, { ...goal, seed: first, maxProbes: 1 }, [preset])
  const score = applyGuards(probed, goal)
  const isNear = probed.reached && score < goal.target + 1
  const isPromising = predictBytes(goal.target, { ...probed, score }) < halved.body.length
  if (isNear || !isPromising) return pickSmaller(halved, probed)
  const seed = Math.round(
    predictQuality(preset, goal.target, measureDifficulty(preset, { quality: probed.quality, score })),
  )
  const sought = await recodeByPresets(subject, { ...goal, seed, maxProbes: 2 }, [preset])
  return pickSmaller(pickSmaller(halved, probed), sought)
}

/** The smaller of the two, with the number of probes of both. */
function pickSmaller(one: RecodeResult, other: RecodeResult): RecodeResult {
  const wins = other.reached && other.body.length < one.body.length
  return wins ? addProbes(other, one.probes) : addProbes(one, other.probes)
}

const addProbes = (found: RecodeResult, probes: number): RecodeResult => ({
  ...found,
  probes: found.probes + probes,
})

/** Recodes at a quality that the caller chose. */
export async function recodeAtQuality(
  subject: JudgedPicture,
  goal: RecodeGoal,
  quality: number,
): Promise<RecodeResult> {
  const { picture, preset } = await choosePreset(subject, goal)
  const encode = createFinalEncoder(picture, preset, goal.progressive)
  const made = await encodeAndScore({ ...subject, picture }, { preset, quality, encode }, goal)
  return buildResult(made, { probes: 1, reached: false })
}

async function choosePreset(
  subject: JudgedPicture,
  goal: RecodeGoal,
): Promise<{ picture: JudgedPicture['picture']; preset: EncoderPreset }> {
  const { format, chroma } = goal
  if (format === 'avif') return { picture: subject.picture, preset: format }
  const prepared = preconditionColour(subject, goal)
  if (format === 'webp') return { picture: prepared.picture, preset: format }
  if (chroma === '4:2:2') return { picture: subject.picture, preset: 'jpeg 4:2:2' }
  const { isShort } = await testHalvedColour(prepared, goal)
  return isShort
    ? { picture: subject.picture, preset: 'jpeg 4:4:4' }
    : { picture: prepared.picture, preset: 'jpeg 4:2:0' }
}

async function recodeByPresets(
  subject: JudgedPicture,
  goal: RecodeGoal,
  presets: readonly EncoderPreset[],
): Promise<RecodeResult> {
  const { best, probes } = await searchPresets({ ...goal, presets }, createProbe(subject, goal))
  const chosen = best ?? pickBest(probes)
  const outcome = { probes: probes.length, reached: best !== undefined }
  const isOrdered = goal.format === 'jpeg' && goal.progressive && chosen.preset !== 'jpeg 4:2:2'
  return buildResult(
    chosen,
    isOrdered ? { ...outcome, body: await optimiseScanOrder(chosen.body), isOrdered } : outcome,
  )
}

/** MozJPEG's search for an order of scans. It keeps the coefficients, so nothing has to be judged again. */
async function optimiseScanOrder(jpeg: Buffer): Promise<Buffer> {
  const profile = readSegments(jpeg).filter(isIcc)
  const made = await compressJpeg(jpeg)
  const smaller = made.length < jpeg.length ? made : jpeg
  if (smaller === jpeg || profile.length === 0) return smaller
  return Buffer.from(
    insertSegments(
      made,
      profile.map(({ bytes }) => bytes),
    ),
  )
}

/**
 * Full strength is best beside white. Elsewhere it makes Butteraugli worse where saturated colours are clipped: a red
 * telephone box has 2.2 at a strength of 1 and 1.7 at 0.7, for the same score and bytes. At 0.5 such pictures take 3 % more
 * bytes.
 */
const strengths = { onWhite: 1, elsewhere: 0.7 } as const

/** Preconditions colour for 4:2:0, where the source's colour is not halved already. */
function preconditionColour(subject: JudgedPicture, goal: RecodeGoal): JudgedPicture {
  const { picture } = subject
  const fits = goal.mayPrecondition && goal.chroma !== '4:4:4' && picture.channels === 3
  if (!fits || picture.isGrey || picture.profiled) return subject
  const { data: rgb, width, height } = picture
  const strength = subject.judge.seesWhite ? strengths.onWhite : strengths.elsewhere
  const data = precondition({ rgb, width, height }, strength)
  return { ...subject, picture: { ...picture, data, isPreconditioned: true } }
}

/** Points that the best 4:2:0 must have above the target: quality below 100 takes at least as many. */
const leastRoom = 1.5
/**
 * The same for flat areas, in levels: halved colour alone brings photographs of the corpus to 9, pictures that suffer to
 * 11.
 */
const leastFlatAreaRoom = 2.5

/**
 * Tests 4:2:0 without other loss: whether it is too bad for any quality to reach the target, and the quality to begin
 * at.
 */
async function testHalvedColour(
  { picture, judge }: JudgedPicture,
  { seed: given, ...goal }: RecodeGoal,
): Promise<{ isShort: boolean; seed: number }> {
  const body = await encodeCeiling(picture)
  const bits = (body.length * 8) / (picture.width * picture.height)
  const seed = given ?? predictQuality('jpeg 4:2:0 klein', goal.target, estimateDifficulty(bits))
  if (goal.chroma !== 'auto' || picture.isGrey)
    return { isShort: goal.chroma === '4:4:4' && !picture.isGrey, seed }
  const best = judge.judge(await decodeLike(body, picture))
  // Limits fitted to the corpus: the answer is right for 94 to 97 % of the pictures.
  const isShort = best.score < 82 + 0.5 * (goal.target - 72) || best.tiles.worst < goal.target - 8
  const hasFlatAreaDamage = best.flatAreaError > goal.flatAreaLimit - leastFlatAreaRoom
  return { isShort: isShort || hasFlatAreaDamage || applyGuards(best, goal) < goal.target + leastRoom, seed }
}
