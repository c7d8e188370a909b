// Finds, for JPEG qualities, the WebP and AVIF qualities of equal SSIM, at the settings of transforms/render/encode.ts:
// `node bench/calibrate-quality.ts <folder of photographs>`. The medians go into transforms/quality.ts.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { OutputFormat } from '../transforms/formats.ts'
import { sharp } from '../transforms/pixels/sharp.ts'
import { encode } from '../transforms/render/encode.ts'

const asked = [20, 30, 40, 50, 60, 70, 80, 85, 90, 95]
const tried = [5, 12, 20, 28, 36, 44, 52, 60, 68, 76, 82, 88, 92, 96, 99]
const photosAtMost = 14
const side = 900

interface Photo {
  readonly name: string
  readonly data: Buffer
  readonly luma: Buffer
  readonly width: number
  readonly height: number
}

async function readPhoto(file: string): Promise<Photo> {
  const image = sharp(readFileSync(file)).autoOrient().resize(side, side, { fit: 'inside' }).removeAlpha()
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  const raw = { width: info.width, height: info.height, channels: 3 as const }
  const luma = await sharp(data, { raw }).toColourspace('b-w').raw().toBuffer()
  return { name: file.split('/').at(-1) ?? '', data, luma, width: info.width, height: info.height }
}

async function trial(photo: Photo, format: OutputFormat, quality: number) {
  const { data, width, height } = photo
  const encoding = { format, quality, lossless: false, progressive: false }
  const body = await encode(sharp(data, { raw: { width, height, channels: 3 } }), encoding).toBuffer()
  const luma = await sharp(body).toColourspace('b-w').raw().toBuffer()
  return { quality, bytes: body.length, ssim: ssim(photo, luma) }
}

/** Mean structural similarity (Wang et al. 2004) of luma over 8 x 8 windows, four pixels apart. */
function ssim({ luma: a, width, height }: Photo, b: Buffer): number {
  let sum = 0
  let windows = 0
  for (let y = 0; y + 8 <= height; y += 4)
    for (let x = 0; x + 8 <= width; x += 4) {
      sum += ssimAt(a, b, { from: y * width + x, width })
      windows++
    }
  return sum / windows
}

function ssimAt(a: Buffer, b: Buffer, { from, width }: { from: number; width: number }): number {
  let [sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0]
  for (let j = 0; j < 8; j++)
    for (let i = 0; i < 8; i++) {
      const at = from + j * width + i
      const [p, q] = [a[at] ?? 0, b[at] ?? 0]
      sa += p
      sb += q
      saa += p * p
      sbb += q * q
      sab += p * q
    }
  const [ma, mb] = [sa / 64, sb / 64]
  const [va, vb, covariance] = [saa / 64 - ma * ma, sbb / 64 - mb * mb, sab / 64 - ma * mb]
  return (
    ((2 * ma * mb + 6.5025) * (2 * covariance + 58.5225)) /
    ((ma * ma + mb * mb + 6.5025) * (va + vb + 58.5225))
  )
}

type Trial = Awaited<ReturnType<typeof trial>>

/** The quality, between two that were tried, at which `trials` reach `ssim`. */
function qualityAt(trials: readonly Trial[], wanted: number): number {
  for (let i = 1; i < trials.length; i++) {
    const [low, high] = [trials[i - 1], trials[i]]
    if (!low || !high || high.ssim < wanted) continue
    const share = (wanted - low.ssim) / Math.max(1e-9, high.ssim - low.ssim)
    return low.quality + Math.max(0, share) * (high.quality - low.quality)
  }
  return 100
}

function bytesAt(trials: readonly Trial[], quality: number): number {
  const above = trials.find((each) => each.quality >= quality) ?? trials.at(-1)
  const below = trials.findLast((each) => each.quality <= quality) ?? trials[0]
  if (!above || !below || above === below) return above?.bytes ?? 0
  const share = (quality - below.quality) / (above.quality - below.quality)
  return below.bytes + share * (above.bytes - below.bytes)
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

async function measure(photo: Photo) {
  const all = async (format: OutputFormat, qualities: readonly number[]) => {
    const trials: Trial[] = []
    for (const quality of qualities) trials.push(await trial(photo, format, quality))
    return trials
  }
  return {
    name: photo.name,
    jpeg: await all('jpeg', asked),
    webp: await all('webp', tried),
    avif: await all('avif', tried),
  }
}

const [folder] = process.argv.slice(2)
if (!folder) throw new Error('usage: node bench/calibrate-quality.ts <folder of photographs>')
const files = readdirSync(folder)
  .filter(
    (name) => /^(kodak|photo|product)-.*\.(jpg|png)$/.test(name) && !/progressive|mugs|tote|cap/.test(name),
  )
  .sort()
const step = Math.max(1, Math.floor(files.length / photosAtMost))
const photos = files.filter((_, i) => i % step === 0).slice(0, photosAtMost)
const results: Awaited<ReturnType<typeof measure>>[] = []
for (const name of photos) results.push(await measure(await readPhoto(join(folder, name))))

const table = asked.map((q, i) => {
  const equal = (format: 'webp' | 'avif') =>
    results.map((each) => qualityAt(each[format], each.jpeg[i]?.ssim ?? 1))
  const share = (format: 'webp' | 'avif') =>
    median(
      results.map((each, n) => bytesAt(each[format], equal(format)[n] ?? 0) / (each.jpeg[i]?.bytes ?? 1)),
    )
  return {
    jpeg: q,
    ssim: Number(median(results.map((each) => each.jpeg[i]?.ssim ?? 0)).toFixed(4)),
    webp: Math.round(median(equal('webp'))),
    avif: Math.round(median(equal('avif'))),
    webpBytes: Number(share('webp').toFixed(2)),
    avifBytes: Number(share('avif').toFixed(2)),
  }
})
console.table(table)
mkdirSync(new URL('./results/', import.meta.url), { recursive: true })
const machine = { cpu: cpus()[0]?.model, node: process.version, ...sharp.versions }
writeFileSync(
  new URL('./results/calibrate-quality.json', import.meta.url),
  `${JSON.stringify({ machine, photos, table, results }, undefined, 1)}\n`,
)
