// Lossy optimiser against sharp's quality 80, over the corpus's photographs, product shots and drawn pictures.
//
//   node bench/optimise.ts [--quick] [--avif <one picture in so many>] [--megapixels 1.5] [--judge <command> --judge-name <words>]
//     [--butteraugli <command>] [--corpus <folder>]
//
// The judge is an SSIMULACRA2 that is not ours: a program that reads lines `width height a.raw b.raw` (8-bit RGB) and
// answers each with a score, such as twenty lines of Rust around the crate ssimulacra2 0.5.1. Without one our own metric
// says the scores, and the result says so. Butteraugli's answers the same lines with `3-norm max-norm`, such as thirty lines
// of C++ around JxlButteraugliCompute of libjxl 0.7. The curves were measured on the pictures of even number: `heldOut` are
// the others.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Picture } from '../transforms/optimise/lossy/picture.ts'
import { type RecodeGoal, recode } from '../transforms/optimise/lossy/recode.ts'
import { createJudge, type Judge } from '../transforms/optimise/lossy/visual-judge.ts'
import { sharp } from '../transforms/pixels/sharp.ts'
import { machine } from './machine.ts'
import { type Entry, shrunk } from './optimise-pictures.ts'
import { type Kind, type Measured, type Row, summariesOf } from './optimise-summary.ts'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    avif: { type: 'string', default: '0' },
    judge: { type: 'string' },
    'judge-name': { type: 'string', default: 'an unnamed judge' },
    butteraugli: { type: 'string' },
    megapixels: { type: 'string', default: '1.5' },
    corpus: { type: 'string', default: fileURLToPath(new URL('../../shared/corpus', import.meta.url)) },
  },
})

/** What bounds the whole run to minutes; AVIF costs half a minute for each megapixel. */
const [mostPixels, avifEach] = [Number(options.megapixels) * 1e6, Number(options.avif)]
const folder = mkdtempSync(join(tmpdir(), 'halftone-bench-'))

const guarded = { p5Slack: 7, worstSlack: 12, whiteLimit: 0.06, flatAreaLimit: 12 }
const none = Number.POSITIVE_INFINITY
const unguarded = { p5Slack: none, worstSlack: none, whiteLimit: none, flatAreaLimit: none }
const usual = {
  chroma: 'auto',
  maxProbes: 6,
  endsAt: none,
  mayPrecondition: true,
  progressive: true,
} as const

async function measure(entry: Entry): Promise<Measured> {
  const { name: file } = entry
  const picture = await shrunk(join(options.corpus, file), mostPixels)
  const { judge, ms } = timed(picture)
  const baseline = await sharp(picture.data, { raw: raw(picture) })
    .jpeg({ quality: 80 })
    .toBuffer()
  const sharp80 = await rowOf(baseline, { picture, judge })
  const encodeMs = await oneEncode(picture)
  const ways: Record<string, Row> = {
    default: await run({ picture, judge, ms }, { ...usual, ...guarded, format: 'jpeg', target: 76 }),
    equal: await run(
      { picture, judge, ms },
      { ...usual, ...unguarded, format: 'jpeg', target: sharp80.score },
    ),
    webp: await run(
      { picture, judge, ms },
      { ...usual, ...unguarded, format: 'webp', target: sharp80.score },
    ),
  }
  if (avifEach > 0 && measured.length % avifEach === 0)
    ways.avif = await run(
      { picture, judge, ms },
      { ...usual, ...unguarded, format: 'avif', target: sharp80.score },
    )
  judge.release()
  return { file, kind: kindOf(entry), sharp80, encodeMs, ways }
}

/** The machine's own yardstick: what MozJPEG takes for one encode of the picture, all orders of scans tried. */
async function oneEncode(picture: Picture): Promise<number> {
  const before = process.cpuUsage()
  await sharp(picture.data, { raw: raw(picture) })
    .jpeg({ quality: 80, mozjpeg: true })
    .toBuffer()
  return coreMs(before)
}

interface Subject {
  readonly picture: Picture
  readonly judge: Judge
  /** What the judge took to look at the picture, as part of every search. */
  readonly ms: number
}

/** One core's time: what else the machine does at the moment does not count. */
function timed(picture: Picture): { judge: Judge; ms: number } {
  const before = process.cpuUsage()
  const judge = createJudge(picture)
  return { judge, ms: coreMs(before) }
}

function coreMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function kindOf(entry: Entry): Kind {
  if (entry.class === 'product') return 'product'
  return entry.natural ? 'photo' : 'drawn'
}

async function run(subject: Subject, goal: RecodeGoal): Promise<Row> {
  const before = process.cpuUsage()
  const { body, ...found } = await recode(subject, goal)
  const ms = subject.ms + coreMs(before)
  const { quality, chroma, probes } = found
  return { ...(await rowOf(body, subject)), quality, chroma, probes, ms: Math.round(ms) }
}

async function rowOf(body: Buffer, { picture, judge }: Omit<Subject, 'ms'>): Promise<Row> {
  const rgb = await sharp(body).toColourspace('srgb').raw().toBuffer()
  const own = judge.judge(rgb)
  return {
    megapixels: megapixels(picture),
    bytes: body.length,
    ...own,
    ...outside(picture, rgb, own.score),
  }
}

/** What the judges that are not ours say. */
function outside({ data, width, height }: Picture, rgb: Buffer, own: number) {
  const [a, b] = [join(folder, 'a.raw'), join(folder, 'b.raw')]
  writeFileSync(a, data)
  writeFileSync(b, rgb)
  const ask = (command: string): number[] =>
    spawnSync(command, { input: `${width} ${height} ${a} ${b}\n`, encoding: 'utf8' })
      .stdout.trim()
      .split(' ')
      .map(Number)
  const [score = own] = options.judge === undefined ? [] : ask(options.judge)
  if (options.butteraugli === undefined) return { score }
  const [norm3 = Number.NaN, max = Number.NaN] = ask(options.butteraugli)
  return { score, butteraugli: { norm3, max } }
}

const raw = ({ width, height, channels }: Picture) => ({ width, height, channels })
const megapixels = ({ width, height }: Picture): number => (width * height) / 1e6

const index: readonly Entry[] = JSON.parse(readFileSync(join(options.corpus, 'index.json'), 'utf8'))
const drawn = ['screenshot', 'logo']
/** Drawn ones last: numbers of photographs stay even or odd. */
const chosen = [
  ...index.filter((entry) => entry.natural || entry.class === 'product'),
  ...index.filter((entry) => drawn.includes(entry.class) && entry.name.endsWith('.png')),
]
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

const summaries = summariesOf(measured)
console.dir(summaries, { depth: 5 })
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
