// Of graphics: what auto=format answers, against the smallest of other ways to write the same pixels that look as well.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exact, type FormatClass, identify, parse, plan } from '../transforms/index.ts'
import { createReference } from '../transforms/optimise/metric/index.ts'
import { sharp } from '../transforms/pixels/sharp.ts'
import { qualityFor } from '../transforms/quality.ts'
import { render } from '../transforms/render/apply.ts'

const pictures = [
  ...['logo-squoosh.png', 'screenshot-device.png', 'screenshot-ui-palette.png', 'screenshot-web-p3-text.png'],
  ...[
    'text-scan-gray.png',
    'png-palette-256.png',
    'png-palette-trns.png',
    'png-rgba-dice.png',
    'png-1bit.png',
  ],
  ...['product-mugs-on-white.png', 'product-red-cap-on-white.png', 'product-tote.png', 'logo-text.svg'],
  ...['svg-gradient-entities.svg', 'gif-static.gif', 'webp-lossless-alpha.webp', 'png-interlaced-rgba.png'],
]
const widths = ['w=1000&fit=max', 'w=400&fit=max'] as const
const classes: readonly FormatClass[] = ['avif,webp', 'webp', 'basic']

interface Way {
  readonly name: string
  readonly bytes: number
  readonly score: number
}

/** Points that nobody sees. */
const alike = 1

export async function graphics(corpus: string) {
  const rows: Row[] = []
  for (const name of pictures)
    for (const query of widths) rows.push(...(await compare(name, readFileSync(join(corpus, name)), query)))
  return { summary: rows.toSorted((a, b) => b.ratio - a.ratio).slice(0, 20), rows }
}

interface Row {
  readonly picture: string
  readonly client: FormatClass
  readonly ours: string
  readonly bytes: number
  readonly score: number
  readonly smallest: string
  readonly ratio: number
}

async function compare(name: string, source: Buffer, query: string): Promise<Row[]> {
  const made = maker(source, query)
  const finished = Buffer.from((await made('fm=png&lossless=true', 'basic')).body)
  const { width = 0, height = 0 } = await sharp(finished).metadata()
  const judge = createReference({ rgb: await seen(finished), width, height })
  const way = async (name: string, body: Uint8Array): Promise<Way> => {
    const score = judge.score(await seen(body)).score
    return { name, bytes: body.length, score }
  }
  const others: Way[] = []
  for (const [name, encode] of ways) others.push(await way(name, await encode(finished)))
  const rows: Row[] = []
  for (const client of classes) {
    const answer = await made('auto=format', client)
    const ours = await way(answer.type, answer.body)
    const asGood = others.filter(({ name, score }) => isRead(name, client) && score >= ours.score - alike)
    const least = asGood.toSorted((a, b) => a.bytes - b.bytes)[0] ?? ours
    const [score, ratio] = [Number(ours.score.toFixed(1)), Number((ours.bytes / least.bytes).toFixed(2))]
    const { name: smallest } = least
    rows.push({
      picture: `${name} ${query}`,
      client,
      ours: ours.name,
      bytes: ours.bytes,
      score,
      smallest,
      ratio,
    })
  }
  judge.release()
  return rows
}

const maker = (source: Buffer, query: string) => (options: string, formats: FormatClass) => {
  const facts = identify(source)
  const spec = exact(parse(`${query}&${options}`), { formats, saveData: false })
  return render(source, plan(spec, facts), { facts })
}

const seen = (body: Uint8Array): Promise<Buffer> =>
  sharp(body).flatten({ background: '#fff' }).toColourspace('srgb').raw().toBuffer()

type Encode = (png: Buffer) => Promise<Buffer>

const everywhere: readonly (readonly [string, Encode])[] = [
  ['png', (png) => sharp(png).png({ compressionLevel: 9 }).toBuffer()],
  [
    'png, rows filtered',
    (png) => sharp(png).png({ compressionLevel: 9, adaptiveFiltering: true }).toBuffer(),
  ],
  ['png, a palette', (png) => sharp(png).png({ palette: true, effort: 7 }).toBuffer()],
]
const qualities = [65, 80, 92]
const webps: readonly (readonly [string, Encode])[] = [
  ['webp, no loss', (png) => sharp(png).webp({ lossless: true, effort: 4 }).toBuffer()],
  ['webp, nearly no loss', (png) => sharp(png).webp({ nearLossless: true, quality: 60 }).toBuffer()],
  ...qualities.map(
    (q) => [`webp ${q}`, (png: Buffer) => sharp(png).webp({ quality: q, effort: 4 }).toBuffer()] as const,
  ),
]
const avifs = qualities.map((q) => {
  const quality = qualityFor('avif', q, false) ?? q
  return [`avif ${quality}`, (png: Buffer) => sharp(png).avif({ quality, effort: 0 }).toBuffer()] as const
})

const ways = [...everywhere, ...webps, ...avifs]

const isRead = (way: string, client: FormatClass): boolean =>
  way.startsWith('avif') ? client.startsWith('avif') : way.startsWith('webp') ? client.endsWith('webp') : true
