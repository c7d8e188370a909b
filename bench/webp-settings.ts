// How small WebP can be at the score of sharp's JPEG of quality 80, whichever of sharp's settings is best for a picture: what a
// search over all of them could reach, beside the optimiser's own encoder with quantisers that sharp does not offer.
//
//   node bench/webp-settings.ts [--megapixels 0.6] [--corpus <folder>]
//
// Bytes are read between the two qualities on either side of the score, so that whole numbers of quality cost nothing.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { WebpOptions } from 'sharp'
import { decodeLike } from '../transforms/optimise/lossy/encoders.ts'
import type { Picture } from '../transforms/optimise/lossy/picture.ts'
import { precondition } from '../transforms/optimise/lossy/precondition.ts'
import { createJudge, type Judge } from '../transforms/optimise/lossy/visual-judge.ts'
import { encodeWebp } from '../transforms/optimise/lossy/webp/index.ts'
import { sharp } from '../transforms/pixels/sharp.ts'
import { machine } from './machine.ts'
import { type Entry, shrunk } from './optimise-pictures.ts'

const { values: options } = parseArgs({
  options: {
    megapixels: { type: 'string', default: '0.6' },
    corpus: { type: 'string', default: fileURLToPath(new URL('../../shared/corpus', import.meta.url)) },
  },
})

/** 'photo' is as 'picture' within half a per cent, 'icon' and 'text' as 'drawing' or larger. */
const presets = ['default', 'picture', 'drawing'] as const
/** Colour brought to its half by libwebp's slow way, or prepared by ours. */
const colours = ['smart', 'prepared'] as const
const settings = presets.flatMap((preset) =>
  colours.flatMap((colour) => [false, true].map((smartDeblock) => ({ preset, colour, smartDeblock }))),
)
type Setting = (typeof settings)[number] | 'ours'
const nameOf = (setting: Setting): string => {
  if (setting === 'ours') return setting
  const { preset, colour, smartDeblock } = setting
  return [preset, colour, ...(smartDeblock ? ['deblock'] : [])].join(' ')
}

const all: readonly Setting[] = [...settings, 'ours']

interface Subject {
  readonly picture: Picture
  readonly prepared: Uint8Array
  readonly judge: Judge
  readonly target: number
}

interface Point {
  readonly quality: number
  readonly bytes: number
  readonly score: number
}

/** Where the search for the next setting begins, and how far apart the two qualities are that are read between. */
let usual = 82
const step = 4

async function bytesAt(subject: Subject, setting: Setting): Promise<number> {
  const at = (quality: number) => probe(subject, setting, Math.min(99, Math.max(1, quality)))
  let [below, above] = [await at(usual - step / 2), await at(usual + step / 2)]
  while (below.score >= subject.target && below.quality > 1)
    [below, above] = [await at(below.quality - step), below]
  while (above.score < subject.target && above.quality < 99)
    [below, above] = [above, await at(above.quality + step)]
  if (above.score < subject.target) return Number.POSITIVE_INFINITY
  const part = (subject.target - below.score) / (above.score - below.score)
  usual = Math.round(below.quality + (above.quality - below.quality) * part)
  return below.bytes * (above.bytes / below.bytes) ** part
}

async function probe(subject: Subject, setting: Setting, quality: number): Promise<Point> {
  const { picture, prepared, judge } = subject
  const body =
    setting === 'ours'
      ? await encodeWebp({ ...picture, data: prepared, isPreconditioned: true }, quality)
      : await bySharp(subject, setting, quality)
  return { quality, bytes: body.length, score: judge.judge(await decodeLike(body, picture)).score }
}

function bySharp({ picture, prepared }: Subject, setting: Exclude<Setting, 'ours'>, quality: number) {
  const { width, height, channels } = picture
  const isSmart = setting.colour === 'smart'
  const { preset, smartDeblock } = setting
  const webp: WebpOptions = { quality, effort: 6, preset, smartDeblock, smartSubsample: isSmart }
  const image = sharp(isSmart ? picture.data : prepared, { raw: { width, height, channels } })
  return image.webp(webp).toBuffer()
}

async function measure({ name }: Entry) {
  const picture = await shrunk(join(options.corpus, name), Number(options.megapixels) * 1e6)
  const { data: rgb, width, height, channels } = picture
  const judge = createJudge(picture)
  const jpeg = await sharp(rgb, { raw: { width, height, channels } }).jpeg({ quality: 80 }).toBuffer()
  const target = judge.judge(await decodeLike(jpeg, picture)).score
  const prepared = precondition({ rgb, width, height }, 0.7)
  const subject = { picture, prepared, judge, target }
  const bytes: Record<string, number> = {}
  for (const setting of all) bytes[nameOf(setting)] = Math.round(await bytesAt(subject, setting))
  judge.release()
  return { file: name, jpeg: jpeg.length, score: Number(target.toFixed(2)), bytes }
}

const index: readonly Entry[] = JSON.parse(readFileSync(join(options.corpus, 'index.json'), 'utf8'))
const measuredOn = machine()
const pictures: Awaited<ReturnType<typeof measure>>[] = []
for (const entry of index.filter((each) => each.natural || each.class === 'product')) {
  const one = await measure(entry)
  pictures.push(one)
  console.log(one.file.padEnd(44), ((one.bytes.ours ?? Number.NaN) / one.jpeg).toFixed(3))
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
function summary(of: (bytes: Record<string, number>) => number) {
  const rows = pictures.map(({ bytes, jpeg }) => ({ webp: of(bytes), jpeg }))
  const ratio = sum(rows.map(({ webp }) => webp)) / sum(rows.map(({ jpeg }) => jpeg))
  const geometric = Math.exp(sum(rows.map(({ webp, jpeg }) => Math.log(webp / jpeg))) / rows.length)
  return { bytes: Number(ratio.toFixed(3)), geometric: Number(geometric.toFixed(3)) }
}
const summaries = {
  "the best of sharp's for each picture": summary(({ ours, ...bytes }) => Math.min(...Object.values(bytes))),
  ...Object.fromEntries(
    all.map((each) => [nameOf(each), summary((bytes) => bytes[nameOf(each)] ?? Number.NaN)]),
  ),
}
console.dir(summaries)
const report = {
  task: 'WebP at the score of sharp jpeg({ quality: 80 }), ratios of bytes; see bench/webp-settings.ts',
  machine: measuredOn,
  versions: sharp.versions,
  summaries,
  pictures,
}
writeFileSync(new URL('results/webp-settings.json', import.meta.url), `${JSON.stringify(report, null, 1)}\n`)
