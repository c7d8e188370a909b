// A picture that is made in stages is the picture that is made at once; of a smaller base it loses no more than a decoder
// that makes the source smaller.
import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { identify } from '../../../transforms/identify.ts'
import { exact, parse, plan } from '../../../transforms/index.ts'
import { createReference } from '../../../transforms/optimise/metric/index.ts'
import { render } from '../../../transforms/render/apply.ts'
import { baseBytes, type Divisor, sharesOf } from '../../../transforms/render/sharing/shares.ts'
import { baseOf, finishedPixels, pictureFrom } from '../../../transforms/render/sharing/stages.ts'
import * as pictures from '../../pictures.ts'

const sample = (name: string): Buffer =>
  readFileSync(new URL(`../../../samples/pictures/${name}`, import.meta.url))

function asked(source: Uint8Array, query: string) {
  const facts = identify(source)
  return { facts, plan: plan(exact(parse(query), { formats: 'basic', saveData: false }), facts), bounds: {} }
}

const memoryOf = (bytes: number) => ({ memory: new SharedArrayBuffer(bytes) })

/** Through a base where there is one, and through pixels that are kept. */
async function inStages(source: Uint8Array, query: string) {
  const way = asked(source, query)
  const divisor = sharesOf(way.plan, way.facts)?.divisor
  const base =
    divisor && (await baseOf({ source }, divisor, { ...way, ...memoryOf(baseBytes(way.facts, divisor)) }))
  const origin = base ? { base } : { source }
  const finished = await finishedPixels(origin, { ...way, ...memoryOf(4 * way.plan.width * way.plan.height) })
  return { divisor, direct: await pictureFrom(origin, way), kept: await pictureFrom({ finished }, way) }
}

const atOnce = (source: Uint8Array, query: string) => {
  const { plan, facts } = asked(source, query)
  return render(source, plan, { facts })
}

let photo: Buffer
let sources: Readonly<Record<string, Buffer>>

beforeAll(async () => {
  const landscape = sharp(sample('landscape.jpg')).resize(1501, 1001, { fit: 'fill' })
  photo = await landscape.clone().withIccProfile('p3').jpeg({ quality: 92 }).toBuffer()
  const size = { width: 301, height: 199 }
  sources = {
    'a JPEG with a profile': photo,
    'a JPEG that lies on its side': await pictures.lying(6, size),
    'a grey JPEG': await pictures.gray(size),
    'a JPEG of inks': await pictures.cmyk(size),
    'a drawing with alpha': sample('badge.png'),
    'a PNG of 16 bits': await pictures.profiled(size),
    'a PNG with a palette': await pictures.palette(size),
    'a WebP': await pictures.webp(size),
    'an AVIF': await pictures.avif(size),
    'an SVG': pictures.svg(size),
  }
})

describe('the same bytes come out', () => {
  const queries = [
    'w=150&fm=webp',
    'w=120&h=90&fit=crop&crop=entropy&rect=20,10,200,150&fm=jpg',
    'w=130&h=130&fit=fill&bg=f00&fm=png',
    'w=110&fm=avif',
    'w=140&sharp=40&bri=10&fm=jpg',
    'w=600&formats=webp',
  ]
  test.each([
    'a JPEG with a profile',
    'a JPEG that lies on its side',
    'a grey JPEG',
    'a JPEG of inks',
    'a drawing with alpha',
    'a PNG of 16 bits',
    'a PNG with a palette',
    'a WebP',
    'an AVIF',
    'an SVG',
  ])('of %s', async (name) => {
    const source = sources[name] as Buffer
    for (const query of queries) {
      const { direct, kept, divisor } = await inStages(source, query)
      if (divisor !== undefined && divisor > 1) continue
      const alone = await atOnce(source, query)
      expect([query, Buffer.compare(direct.body, alone.body)]).toEqual([query, 0])
      expect([query, Buffer.compare(kept.body, alone.body)]).toEqual([query, 0])
      expect(direct).toMatchObject({ width: alone.width, height: alone.height, type: alone.type })
    }
  })
})

describe('of a JPEG that becomes much smaller', () => {
  const rgb = async (body: Uint8Array) => new Uint8Array(await sharp(body).removeAlpha().raw().toBuffer())

  async function psnr(one: Uint8Array, other: Uint8Array): Promise<number> {
    const sum = one.reduce((sum, level, i) => sum + (level - (other[i] ?? 0)) ** 2, 0)
    return 10 * Math.log10(255 ** 2 / (sum / one.length))
  }

  test.each<[width: number, from: Divisor, format: string]>([
    [480, 2, 'webp'],
    [330, 2, 'jpg'],
    [240, 3, 'webp'],
    [160, 3, 'avif'],
    [140, 5, 'jpg'],
  ])('%i wide from a base %i times smaller, as %s', async (width, from, format) => {
    const query = `w=${width}&fm=${format}`
    const { direct, divisor } = await inStages(photo, query)
    expect(divisor).toBe(from)
    const alone = await atOnce(photo, query)
    const { width: w, height } = alone
    // Every pixel decoded, and made smaller once.
    const whole = await sharp(photo).raw().toBuffer({ resolveWithObject: true })
    const raw = { width: whole.info.width, height: whole.info.height, channels: whole.info.channels }
    const reference = await rgb(
      await sharp(whole.data, { raw }).resize(w, height, { fit: 'fill' }).png().toBuffer(),
    )
    const [shared, own] = [await rgb(direct.body), await rgb(alone.body)]
    expect(await psnr(shared, reference)).toBeGreaterThan((await psnr(own, reference)) - 0.4)
    const judge = createReference({ rgb: reference, width: w, height })
    expect(judge.score(shared).score).toBeGreaterThan(judge.score(own).score - 0.3)
    judge.release()
    expect(await psnr(shared, own)).toBeGreaterThan(32)
  })
})
