// The fixtures of colour: a chart of 48 patches in many codings, and what LittleCMS says that it shows.
import { readdirSync, readFileSync } from 'node:fs'
import sharp, { type Sharp } from 'sharp'
import { identify } from '../../transforms/identify.ts'
import { exact, parse, plan } from '../../transforms/index.ts'
import { render } from '../../transforms/render/apply.ts'
import { colourDifference, type Rgb } from './colour-difference.ts'

export type Space = 'srgb' | 'p3' | 'adobergb1998'

const folder = new URL('../fixtures/colour/', import.meta.url)
export const chart = (name: string): Buffer => readFileSync(new URL(name, folder))

const references: Readonly<Record<string, Readonly<Record<Space, readonly string[]>>>> = JSON.parse(
  chart('references.json').toString(),
)

export const charts = Object.keys(references)
export const files = readdirSync(folder).filter((name) => !/\.(py|json)$/.test(name))

/** As a browser that accepts nothing new asks for it. */
export async function made(name: string, query: string): Promise<Buffer> {
  const source = chart(name)
  const asked = plan(exact(parse(query), { formats: 'basic', saveData: false }), identify(source))
  return Buffer.from((await render(source, asked)).body)
}

const [columns, rows] = [8, 6]

/** The middle of each patch, as it is stored. */
async function patchesOf(image: Sharp): Promise<Rgb[]> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return Array.from({ length: columns * rows }, (_, i) => {
    const x = Math.floor(((i % columns) + 0.5) * (info.width / columns))
    const y = Math.floor((Math.floor(i / columns) + 0.5) * (info.height / rows))
    const at = (y * info.width + x) * info.channels
    const level = (channel: number) => data[at + (info.channels < 3 ? 0 : channel)] ?? 0
    return [level(0), level(1), level(2)]
  })
}

/** By its profile, if it has one. */
export const shown = (body: Buffer): Promise<Rgb[]> =>
  patchesOf(sharp(body).toColourspace('srgb').withIccProfile('srgb', { attach: false }))

export const stored = (body: Buffer): Promise<Rgb[]> =>
  patchesOf(sharp(body, { ignoreIcc: true }).toColourspace('srgb'))

export interface Difference {
  readonly mean: number
  readonly worst: number
}

export function differenceFrom(name: string, patches: readonly Rgb[], space: Space): Difference {
  const expected = references[name]?.[space] ?? []
  const all = expected.map((hex, i) => {
    const to = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb
    return colourDifference(patches[i] as Rgb, to, space)
  })
  return { mean: all.reduce((sum, each) => sum + each, 0) / all.length, worst: Math.max(...all) }
}
