// The fixtures of colour: a chart of 48 patches in many codings, and what LittleCMS says that it shows.
import { readdirSync, readFileSync } from 'node:fs'
import sharp, { type Sharp } from 'sharp'
import { identify } from '../../transforms/identify.ts'
import { exact, parse, plan } from '../../transforms/index.ts'
import type { Plan } from '../../transforms/plan/plan.ts'
import { render } from '../../transforms/render/apply.ts'
import { sharesOf } from '../../transforms/render/sharing/shares.ts'
import { baseOf, pictureFrom } from '../../transforms/render/sharing/stages.ts'
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
export const planOf = (name: string, query: string): Plan =>
  plan(exact(parse(query), { formats: 'basic', saveData: false }), identify(chart(name)))

export const made = async (name: string, query: string): Promise<Buffer> =>
  Buffer.from((await render(chart(name), planOf(name, query))).body)

/** From a base, as pictures that are wanted together are, where it has one. */
export async function madeInStages(name: string, query: string): Promise<Buffer> {
  const source = chart(name)
  const stage = { plan: planOf(name, query), facts: identify(source), bounds: {} }
  const divisor = sharesOf(stage.plan, stage.facts)?.divisor
  const memory = new SharedArrayBuffer(0)
  const base = divisor && (await baseOf({ source }, divisor, { ...stage, memory }))
  return Buffer.from((await pictureFrom(base ? { base } : { source }, stage)).body)
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

/** By its profile, if it has one; without one sharp takes 16 bits for another space. */
export async function shown(body: Buffer): Promise<Rgb[]> {
  const { icc } = await sharp(body).metadata()
  const image = sharp(body).toColourspace('srgb')
  return patchesOf(icc ? image.withIccProfile('srgb', { attach: false }) : image)
}

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
