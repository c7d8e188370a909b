// Lossy optimiser against sharp's quality 80, over the corpus's photographs and product shots.
//
//   node bench/optimise.ts [--quick] [--avif] [--megapixels 1.5] [--judge <command> --judge-name <words>] [--corpus <folder>]
//
// The judge is an SSIMULACRA2 that is not ours: a program that reads lines `width height a.raw b.raw` (8-bit RGB) and
// answers each with a score, such as twenty lines of Rust around the crate ssimulacra2 0.5.1. Without one our own metric
// says the scores, and the result says so.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { identify } from '../transforms/identify.ts'
import { createJudge, type Judge } from '../transforms/optimise/lossy/judge.ts'
import { type Picture, readPicture } from '../transforms/optimise/lossy/picture.ts'
import { type Goal, recode } from '../transforms/optimise/lossy/recode.ts'
import { sharp } from '../transforms/render/sharp.ts'
import { machine } from './machine.ts'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    avif: { type: 'boolean', default: false },
    judge: { type: 'string' },
    'judge-name': { type: 'string', default: 'an unnamed judge' },
    megapixels: { type: 'string', default: '1.5' },
    corpus: { type: 'string', default: fileURLToPath(new URL('../../shared/corpus', import.meta.url)) },
  },
})

/** A JPEG's own quantisation would favour whoever meets its grid again: it must be shrunk away. */
const mostScaleOfJpeg = 0.7
/** What bounds the whole run to minutes; AVIF at effort 4 costs two seconds for each megapixel. */
const [mostPixels, avifPixels, avifEach] = [Number(options.megapixels) * 1e6, 300_000, 3]
const folder = mkdtempSync(join(tmpdir(), 'halftone-bench-'))

interface Entry {
  readonly name: string
  readonly natural: boolean
  readonly class: string
}

interface Row {
  readonly megapixels: number
  readonly bytes: number
  readonly score: number
  readonly tiles: { readonly p5: number; readonly worst: number }
  readonly whiteOff?: number
  readonly quality?: number
  readonly chroma?: string
  readonly probes?: number
  readonly ms?: number
}

interface Measured {
  readonly file: string
  readonly product: boolean
  readonly sharp80: Row
  readonly ways: Record<string, Row>
}

const guarded = { p5Slack: 7, worstSlack: 12, whiteLimit: 0.06 }
const none = Number.POSITIVE_INFINITY
const unguarded = { p5Slack: none, worstSlack: none, whiteLimit: none }
const usual = { chroma: 'auto', maxProbes: 6, endsAt: none, prepares: true, progressive: true } as const

async function measure({ name: file, class: kind }: Entry): Promise<Measured> {
  const picture = await shrunk(file, mostPixels)
  const judge = createJudge(picture)
  const baseline = await sharp(picture.data, { raw: raw(picture) })
    .jpeg({ quality: 80 })
    .toBuffer()
  const sharp80 = await rowOf(baseline, { picture, judge })
  const ways: Record<string, Row> = {
    default: await run({ picture, judge }, { ...usual, ...guarded, format: 'jpeg', target: 76 }),
    equal: await run({ picture, judge }, { ...usual, ...unguarded, format: 'jpeg', target: sharp80.score }),
    webp: await run({ picture, judge }, { ...usual, ...unguarded, format: 'webp', target: sharp80.score }),
  }
  judge.release()
  if (options.avif && measured.length % avifEach === 0) Object.assign(ways, await avifWays(file))
  return { file, product: kind === 'product', sharp80, ways }
}

/** On a smaller picture, beside its own JPEG of quality 80. */
async function avifWays(file: string): Promise<Record<string, Row>> {
  const picture = await shrunk(file, avifPixels)
  const judge = createJudge(picture)
  const small = await rowOf(
    await sharp(picture.data, { raw: raw(picture) })
      .jpeg({ quality: 80 })
      .toBuffer(),
    {
      picture,
      judge,
    },
  )
  const avif = await run({ picture, judge }, { ...usual, ...unguarded, format: 'avif', target: small.score })
  judge.release()
  return { 'sharp80 small': small, avif }
}

interface Subject {
  readonly picture: Picture
  readonly judge: Judge
}

async function run(subject: Subject, goal: Goal): Promise<Row> {
  const before = process.cpuUsage()
  const { body, ...found } = await recode(subject, goal)
  const { user, system } = process.cpuUsage(before)
  // One core's time: what else the machine does at the moment does not count.
  const ms = (user + system) / 1000
  const { quality, chroma, probes } = found
  return { ...(await rowOf(body, subject)), quality, chroma, probes, ms: Math.round(ms) }
}

async function rowOf(body: Buffer, { picture, judge }: Subject): Promise<Row> {
  const rgb = await sharp(body).toColourspace('srgb').raw().toBuffer()
  const own = judge.judge(rgb)
  return {
    megapixels: megapixels(picture),
    bytes: body.length,
    ...own,
    score: independent(picture, rgb) ?? own.score,
  }
}

function independent({ data, width, height }: Picture, rgb: Buffer): number | undefined {
  if (options.judge === undefined) return undefined
  const [a, b] = [join(folder, 'a.raw'), join(folder, 'b.raw')]
  writeFileSync(a, data)
  writeFileSync(b, rgb)
  const { stdout } = spawnSync(options.judge, { input: `${width} ${height} ${a} ${b}\n`, encoding: 'utf8' })
  return Number(stdout)
}

async function shrunk(file: string, pixels: number): Promise<Picture> {
  const source = sharp(join(options.corpus, file))
    .autoOrient()
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
  const { data, info } = await source.toBuffer({ resolveWithObject: true })
  const most = file.endsWith('.jpg') ? mostScaleOfJpeg : 1
  const scale = Math.min(most, Math.sqrt(pixels / (info.width * info.height)))
  const width = Math.floor(info.width * scale)
  const png = await sharp(data).resize({ width }).png({ compressionLevel: 1 }).toBuffer()
  return readPicture(png, identify(png))
}

const raw = ({ width, height, channels }: Picture) => ({ width, height, channels })
const megapixels = ({ width, height }: Picture): number => (width * height) / 1e6

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length
const fixed = (value: number, digits = 3): number => Number(value.toFixed(digits))

function summary(measured: readonly Measured[], way: string, against = (one: Measured) => one.sharp80) {
  const rows = measured.flatMap((one) =>
    one.ways[way] ? [{ one, row: one.ways[way], base: against(one) }] : [],
  )
  if (rows.length === 0) return undefined
  const [bytes, baseBytes] = [sum(rows.map(({ row }) => row.bytes)), sum(rows.map(({ base }) => base.bytes))]
  return {
    pictures: rows.length,
    bytes: fixed(bytes / baseBytes),
    geometric: fixed(Math.exp(mean(rows.map(({ row, base }) => Math.log(row.bytes / base.bytes))))),
    lowest: fixed(Math.min(...rows.map(({ row }) => row.score)), 2),
    lowestOfSharp: fixed(Math.min(...rows.map(({ base }) => base.score)), 2),
    mostBelowSharp: fixed(Math.max(...rows.map(({ row, base }) => base.score - row.score)), 2),
    probes: fixed(mean(rows.map(({ row }) => row.probes ?? 0)), 2),
    mostProbes: Math.max(...rows.map(({ row }) => row.probes ?? 0)),
    msPerMegapixel: Math.round(
      sum(rows.map(({ row }) => row.ms ?? 0)) / sum(rows.map(({ row }) => row.megapixels)),
    ),
    whiteOff: fixed(mean(rows.flatMap(({ row }) => row.whiteOff ?? [])) * 100, 1),
    whiteOffOfSharp: fixed(mean(rows.flatMap(({ base }) => base.whiteOff ?? [])) * 100, 1),
  }
}

const index: readonly Entry[] = JSON.parse(readFileSync(join(options.corpus, 'index.json'), 'utf8'))
const chosen = index.filter((entry) => entry.natural || entry.class === 'product')
const measured: Measured[] = []
// At the start: what is measured is what was there then.
const measuredOn = machine()
for (const entry of chosen.filter((_, i) => !options.quick || i % 6 === 0)) {
  const one = await measure(entry)
  measured.push(one)
  const { default: found } = one.ways
  console.log(one.file.padEnd(44), one.sharp80.bytes, one.sharp80.score.toFixed(1), JSON.stringify(found))
}
rmSync(folder, { recursive: true })

const products = measured.filter(({ product }) => product)
const summaries = {
  default: summary(measured, 'default'),
  products: summary(products, 'default'),
  equal: summary(measured, 'equal'),
  webp: summary(measured, 'webp'),
  avif: summary(measured, 'avif', (one) => one.ways['sharp80 small'] ?? one.sharp80),
}
console.log(summaries)
const report = {
  task: 'bytes against sharp jpeg({ quality: 80 }), ratios of totals; see bench/optimise.ts',
  judge: options.judge === undefined ? 'our own metric' : options['judge-name'],
  machine: measuredOn,
  versions: sharp.versions,
  summaries,
  pictures: measured,
}
if (!options.quick)
  writeFileSync(new URL('results/optimise.json', import.meta.url), `${JSON.stringify(report, null, 1)}\n`)
