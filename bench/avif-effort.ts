// What more effort does for an AVIF: bytes at the score of effort 0, the quality that has this score, and the CPU it takes.
//
//   node bench/avif-effort.ts [--megapixels 0.3] [--corpus <folder>]
//
// Bytes and quality are read between the qualities on either side of the score.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createReference } from '../transforms/optimise/metric/index.ts'
import { sharp } from '../transforms/pixels/sharp.ts'
import { median } from './load.ts'
import { keep, print, type Report } from './report.ts'

const { values: options } = parseArgs({
  options: {
    megapixels: { type: 'string', default: '0.3' },
    corpus: { type: 'string', default: fileURLToPath(new URL('../../shared/corpus', import.meta.url)) },
  },
})

/** On AVIF's own scale: what q = 45, 60, 80 and 90 become (transforms/quality.ts). */
const qualities = [47, 53, 66, 82] as const
const efforts = [1, 2, 3, 4] as const
/** 4 costs so much that one quality must do. */
const onlyAt66 = 4

interface Made {
  readonly quality: number
  readonly bytes: number
  readonly score: number
  readonly cpuMs: number
}

const raw: Record<string, { bytes: number; cpu: number; quality: number }[]> = {}
const files = readdirSync(options.corpus).filter((name) => /^photo-.*\.jpg$/.test(name))
for (const file of files.filter((_, index) => index % 3 === 0)) await measure(join(options.corpus, file))

const rows = Object.fromEntries(
  Object.entries(raw).map(([name, each]) => [
    name,
    {
      bytes: median(each.map(({ bytes }) => bytes)),
      cpu: median(each.map(({ cpu }) => cpu)),
      quality: median(each.map(({ quality }) => quality)),
    },
  ]),
)
const report: Report = {
  about: 'AVIF at the score of effort 0: bytes and CPU against it, and the quality that has the score',
  rows,
  ratios: {},
  raw,
}
print('avif-effort', report)
keep('avif-effort', report)

async function measure(file: string): Promise<void> {
  const side = Math.round(Math.sqrt(Number(options.megapixels) * 1e6 * 1.33))
  const { data, info } = await sharp(file)
    .autoOrient()
    .resize(side, side, { fit: 'inside' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { width, height } = info
  const reference = createReference({ rgb: data, width, height })
  const make = async (quality: number, effort: number): Promise<Made> => {
    const before = process.cpuUsage()
    const body = await sharp(data, { raw: { width, height, channels: 3 } })
      .avif({ quality, effort, chromaSubsampling: '4:2:0' })
      .toBuffer()
    const { user, system } = process.cpuUsage(before)
    const shown = await sharp(body).removeAlpha().raw().toBuffer()
    const { score } = reference.score(shown)
    return { quality, bytes: body.length, score, cpuMs: (user + system) / 1000 }
  }
  for (const quality of qualities) {
    const first = await make(quality, 0)
    for (const effort of efforts) {
      if (effort === onlyAt66 && quality !== 66) continue
      const below = await make(quality - 5, effort)
      const above = await make(quality - 1, effort)
      const part = (first.score - below.score) / (above.score - below.score)
      const name = `q${quality} effort ${effort}`
      raw[name] ??= []
      raw[name].push({
        bytes: (below.bytes * (above.bytes / below.bytes) ** part) / first.bytes,
        cpu: above.cpuMs / first.cpuMs,
        quality: below.quality + part * 4,
      })
    }
  }
  reference.release()
}
