// An optimiser that is fed its own output must leave it alone: nobody knows how often a picture comes by.
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { type OptimiseRequest, optimise } from '../../transforms/optimise/index.ts'
import { createReference } from '../../transforms/optimise/metric/index.ts'
import { alpha, animatedGif, animatedWebp, avif, jpeg, png, svg, webp } from '../pictures.ts'
import { generated } from './metric-pictures.ts'
import { isEqual } from './pixels.ts'

const size = { width: 84, height: 56 }
const pristine = generated('waves', size)
const image = () => sharp(pristine.rgb, { raw: { ...size, channels: 3 } })

const sources: [string, () => Promise<Buffer>][] = [
  ['a JPEG', () => jpeg(size)],
  ['a photographic JPEG', () => image().jpeg({ quality: 95 }).toBuffer()],
  ['a PNG', () => png(size)],
  ['a photographic PNG', () => image().png().toBuffer()],
  ['a PNG of soft transparency', () => alpha(size)],
  ['a WebP without loss', () => webp(size)],
  ['a WebP with loss', () => image().webp({ quality: 90 }).toBuffer()],
  ['a moving WebP', () => animatedWebp(size)],
  ['an AVIF', () => avif(size)],
  ['a GIF', () => image().gif().toBuffer()],
  ['a moving GIF', () => animatedGif(size)],
  ['an SVG', async () => svg(size)],
]
const requests: OptimiseRequest[] = [
  { mode: 'lossless' },
  { mode: 'lossy' },
  { mode: 'lossy', level: 'high' },
  { mode: 'quality', quality: 70 },
  { mode: 'lossless', format: 'auto' },
]

/** A search that the clock ends finds something else each time, on a busy machine. */
const budgetMs = 3_600_000

describe.each(requests)('asked %j twice', (request) => {
  test.each(sources)('%s comes back byte for byte', async (_, make) => {
    const once = await optimise(await make(), { ...request, budgetMs })
    const twice = await optimise(once.body, { ...request, budgetMs })
    expect(isEqual(twice.body, once.body)).toBe(true)
    expect(twice.report.saved).toBe(0)
  })
})

test.each([
  ['of high quality', 95],
  ['of middling quality', 85],
])(
  'five runs at five levels cost a JPEG %s no more than the most daring of them alone',
  async (_, quality) => {
    const source = await image().jpeg({ quality }).toBuffer()
    const levels = ['max', 'high', 'default', 'eco', 'default'] as const
    let body: Uint8Array = source
    for (const level of levels) body = (await optimise(body, { mode: 'lossy', level, budgetMs })).body
    const alone = (await optimise(source, { mode: 'lossy', level: 'eco', budgetMs })).body
    const reference = createReference(pristine)
    const score = async (bytes: Uint8Array) => reference.score(await sharp(bytes).raw().toBuffer()).score
    expect(await score(body)).toBeGreaterThanOrEqual((await score(alone)) - 1)
    reference.release()
  },
)
