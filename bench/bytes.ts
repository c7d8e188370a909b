// Bytes at equal look: what our defaults send, and what they would send at the score of imgproxy's defaults, with the CPU of
// both; which quality of each encoder looks like a JPEG of quality q (transforms/quality.ts); and of graphics, whether
// auto=format finds the smallest of the ways to write them.
//
//   node bench/bytes.ts [--corpus <folder>] [--widths 640,1200] [--every 1] [--rounds 3] [--no-graphics]
//
// The look is SSIMULACRA2 (transforms/optimise/metric) against the pixels that were encoded. Settings take turns.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Pixels } from '../transforms/pixels/run.ts'
import { sharp } from '../transforms/pixels/sharp.ts'
import { qualityFor } from '../transforms/quality.ts'
import {
  atScore,
  type Encode,
  type Format,
  formats,
  judgeOf,
  ours,
  type Photo,
  type Point,
  plain,
  pointAt,
  theirs,
  userMs,
} from './bytes-curves.ts'
import { graphics } from './bytes-graphics.ts'
import { machine } from './machine.ts'
import type { Entry } from './optimise-pictures.ts'

const { values: options } = parseArgs({
  options: {
    corpus: { type: 'string', default: fileURLToPath(new URL('../../shared/corpus', import.meta.url)) },
    widths: { type: 'string', default: '640,1200' },
    every: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
    'no-graphics': { type: 'boolean', default: false },
  },
})

/** On the scale of `q`. */
const asked = [20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 95]
/** libwebp's scale has a bend at 75. */
const tried = [12, 28, 42, 54, 63, 71, 75, 79, 87, 95]

/** A JPEG's own quantisation must be shrunk away: it would favour whoever meets its grid again. */
const mostScale = { jpg: 0.75, png: 1 } as const

async function photoAt(name: string, width: number): Promise<Photo | undefined> {
  const source = sharp(join(options.corpus, name)).autoOrient().flatten({ background: '#fff' })
  const { data: png, info } = await source
    .toColourspace('srgb')
    .png({ compressionLevel: 0 })
    .toBuffer({ resolveWithObject: true })
  if (width > info.width * mostScale[name.endsWith('.jpg') ? 'jpg' : 'png']) return undefined
  const { data, info: made } = await sharp(png).resize({ width }).raw().toBuffer({ resolveWithObject: true })
  const pixels = { data, width: made.width, height: made.height, channels: made.channels } as Pixels
  return made.channels === 3 ? { ...pixels, name: `${name} ${width}` } : undefined
}

/** Of every encoder: the points of its curve; of imgproxy's, the one. */
async function measure(photo: Photo) {
  const judge = judgeOf(photo)
  const curve = async (encode: Encode, qualities: readonly number[]) => {
    const points: Point[] = []
    for (const quality of qualities) points.push(await pointAt(photo, judge, encode, quality))
    return points
  }
  const each = async <T>(of: (format: Format) => Promise<T>) =>
    ({ jpeg: await of('jpeg'), webp: await of('webp'), avif: await of('avif') }) as const
  const cpu = await each(async (format) => {
    const [mine = 0, other = 0] = await userMs(
      [() => ours[format](photo, defaultOf(format)), () => theirs[format](photo, 0)],
      Number(options.rounds),
    )
    return { ours: mine, theirs: other }
  })
  const result = {
    name: photo.name,
    megapixels: Number(((photo.width * photo.height) / 1e6).toFixed(2)),
    cpu,
    theirs: await each((format) => pointAt(photo, judge, theirs[format])),
    default: await each((format) => pointAt(photo, judge, ours[format], defaultOf(format))),
    ours: await each((format) => curve(ours[format], tried)),
    plainJpeg: await curve(plain.jpeg, asked),
    plainWebp: await curve(plain.webp, tried),
  }
  judge.release()
  return result
}

const defaultOf = (format: Format): number => qualityFor(format, undefined, false) ?? 0

type Measured = Awaited<ReturnType<typeof measure>>

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
const mean = (values: readonly number[]): number => sum(values) / values.length
const geometric = (values: readonly number[]): number => Math.exp(mean(values.map(Math.log)))
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
const round = (value: number, digits = 3): number => Number(value.toFixed(digits))

function against(all: readonly Measured[], format: Format) {
  const theirs = all.map((each) => each.theirs[format])
  const mine = all.map((each) => each.default[format])
  const equal = all.map((each, n) => atScore(each.ours[format], theirs[n]?.score ?? 0).bytes)
  const over = (bytes: readonly number[]) => bytes.map((each, n) => each / (theirs[n]?.bytes ?? 1))
  const theirBytes = sum(theirs.map(({ bytes }) => bytes))
  return {
    format,
    'their score': round(mean(theirs.map(({ score }) => score)), 1),
    'our score': round(mean(mine.map(({ score }) => score)), 1),
    'default, total': round(sum(mine.map(({ bytes }) => bytes)) / theirBytes),
    'default, geometric': round(geometric(over(mine.map(({ bytes }) => bytes)))),
    'equal score, total': round(sum(equal) / theirBytes),
    'equal score, geometric': round(geometric(over(equal))),
    'our CPU / MP': round(sum(all.map(({ cpu }) => cpu[format].ours)) / megapixels(all), 1),
    'CPU against theirs': round(
      sum(all.map(({ cpu }) => cpu[format].ours)) / sum(all.map(({ cpu }) => cpu[format].theirs)),
      2,
    ),
  }
}

const megapixels = (all: readonly Measured[]): number => sum(all.map((each) => each.megapixels))

/** The numbers that look like a plain JPEG of quality `q`: medians. */
function anchors(all: readonly Measured[]) {
  return asked.map((q, n) => {
    const scoreOf = (each: Measured) => each.plainJpeg[n]?.score ?? 0
    const bytesOf = (each: Measured) => each.plainJpeg[n]?.bytes ?? 1
    const equal = (curve: (each: Measured) => readonly Point[]) => {
      const found = all.map((each) => atScore(curve(each), scoreOf(each)))
      const bytes = geometric(found.map(({ bytes }, i) => bytes / bytesOf(all[i] as Measured)))
      return `${Math.round(median(found.map(({ quality }) => quality)))}, ${bytes.toFixed(2)} of the bytes`
    }
    return {
      q,
      score: round(mean(all.map(scoreOf)), 1),
      jpeg: equal((each) => each.ours.jpeg),
      webp: equal((each) => each.ours.webp),
      'webp by sharp': equal((each) => each.plainWebp),
      avif: equal((each) => each.ours.avif),
    }
  })
}

const index: readonly Entry[] = JSON.parse(readFileSync(join(options.corpus, 'index.json'), 'utf8'))
const measuredOn = machine()
const measured: Measured[] = []
const wanted = index
  .filter(({ natural }) => natural)
  .filter((_, n) => n % Number(options.every) === 0)
  .flatMap(({ name }) => options.widths.split(',').map((width) => ({ name, width: Number(width) })))
for (const { name, width } of wanted) {
  const photo = await photoAt(name, width)
  if (!photo) continue
  measured.push(await measure(photo))
  console.error(`${measured.length}  ${photo.name}`)
}
const summary = formats.map((format) => against(measured, format))
const scale = anchors(measured)
const drawings = options['no-graphics'] ? undefined : await graphics(options.corpus)
console.table(summary)
console.table(scale)
console.table(drawings?.summary)
const task = "bytes at equal look, ratios to imgproxy's default settings; see bench/bytes.ts"
const report = { task, machine: measuredOn, libraries: sharp.versions, summary, scale, drawings, measured }
writeFileSync(new URL('results/bytes.json', import.meta.url), `${JSON.stringify(report, null, 1)}\n`)
