// What is told of finished pixels instead of encoding them: placeholders and palettes.
import { encode as blurhash } from 'blurhash'
import { rgbaToThumbHash } from 'thumbhash'
import { type Facts, upright } from '../facts.ts'
import { from, type Pixels, pixelsOf, run } from '../pixels/run.ts'
import type { Plan } from '../plan/plan.ts'
import { detailsOf } from './details.ts'
import { dominantColours } from './quantised.ts'
import { withAlpha } from './steps/channels.ts'

type Tell = NonNullable<Plan['tell']>

export interface Told {
  readonly body: Uint8Array<ArrayBuffer>
  readonly type: string
}

export async function told(pixels: Pixels, tell: Tell, source: Source): Promise<Told> {
  if (tell.kind === 'details')
    return { body: bytesOf(await details(pixels, source, tell.faces)), type: 'application/json' }
  if (tell.kind === 'placeholder')
    return { body: bytesOf(await placeholders[tell.as](pixels)), type: 'text/plain; charset=utf-8' }
  const colours = await dominantColours(await fitting(pixels, paletteSide), tell.colours)
  return tell.as === 'json'
    ? { body: bytesOf(json(colours)), type: 'application/json' }
    : { body: bytesOf(css(colours, tell.prefix)), type: 'text/css; charset=utf-8' }
}

interface Source {
  readonly source: Uint8Array
  readonly facts: Facts
}

async function details(pixels: Pixels, { source, facts }: Source, faces = false): Promise<string> {
  const colours = await dominantColours(await fitting(pixels, paletteSide), 6)
  const document = {
    ...detailsOf(source, facts),
    colors: colours.map(hexOf),
    blurhash: await placeholders.blurhash(pixels),
    ...(faces && { faces: await facesOf(pixels, facts) }),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

/** In pixels of the upright source. */
async function facesOf(pixels: Pixels, facts: Facts) {
  // Loaded only here: nothing else that is told needs a detector.
  const { facesOn } = await import('./faces.ts')
  const { width, height } = upright(facts)
  return (await facesOn(pixels)).map((face) => ({
    x: Math.round(face.left * width),
    y: Math.round(face.top * height),
    width: Math.round(face.width * width),
    height: Math.round(face.height * height),
    score: Math.round(face.score * 100) / 100,
  }))
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text))

const paletteSide = 200
/** A ThumbHash is made of no more (its reference), and a BlurHash has even less in it. */
const hashSide = 100
const tinySide = 24

async function fitting(pixels: Pixels, side: number): Promise<Pixels> {
  const small = from(pixels).resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
  return withAlpha(await pixelsOf(small))
}

const placeholders: Readonly<
  Record<Extract<Tell, { kind: 'placeholder' }>['as'], (pixels: Pixels) => Promise<string>>
> = {
  async blurhash(pixels) {
    const { data, width, height } = await fitting(pixels, hashSide)
    // More components along the longer side.
    const [across, down] = width >= height ? [4, 3] : [3, 4]
    return blurhash(new Uint8ClampedArray(onWhite(data)), width, height, across, down)
  },
  async thumbhash(pixels) {
    const { data, width, height } = await fitting(pixels, hashSide)
    return Buffer.from(rgbaToThumbHash(width, height, data)).toString('base64')
  },
  async lqip(pixels) {
    const tiny = await fitting(pixels, tinySide)
    const { data } = await run(from(tiny).webp({ quality: 30, alphaQuality: 30, effort: 6 }))
    return `data:image/webp;base64,${Buffer.from(data).toString('base64')}`
  },
  async color(pixels) {
    const [colour] = await dominantColours(await fitting(pixels, paletteSide), 6)
    return colour ? hexOf(colour) : '#ffffff'
  },
}

/** A BlurHash knows no transparency. */
function onWhite(data: Uint8Array): Uint8Array {
  const made = Uint8Array.from(data)
  for (let at = 0; at < made.length; at += 4) {
    const alpha = (made[at + 3] as number) / 255
    for (let c = 0; c < 3; c++)
      made[at + c] = Math.round((made[at + c] as number) * alpha + 255 * (1 - alpha))
    made[at + 3] = 255
  }
  return made
}

type Dominant = Awaited<ReturnType<typeof dominantColours>>[number]

const hexOf = ({ r, g, b }: Dominant): string =>
  `#${[r, g, b].map((value) => value.toString(16).padStart(2, '0')).join('')}`

function json(colours: readonly Dominant[]): string {
  const shares = (value: number): number => Math.round((value / 255) * 1e4) / 1e4
  const luminance = colours.reduce(
    (sum, { r, g, b, share }) => sum + share * (0.2126 * r + 0.7152 * g + 0.0722 * b),
    0,
  )
  const document = {
    colors: colours.map((colour) => ({
      red: shares(colour.r),
      green: shares(colour.g),
      blue: shares(colour.b),
      hex: hexOf(colour),
      share: Math.round(colour.share * 1e4) / 1e4,
    })),
    average_luminance: shares(luminance),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

const css = (colours: readonly Dominant[], prefix: string): string =>
  colours
    .map((colour, n) => {
      const hex = hexOf(colour)
      return `.${prefix}-fg-${n + 1} { color: ${hex}; }\n.${prefix}-bg-${n + 1} { background-color: ${hex}; }\n`
    })
    .join('')
