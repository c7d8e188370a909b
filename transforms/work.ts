// What there is to do for a picture, step by step, and what each step takes: the price is the sum.

import type { Facts, SourceFormat } from './facts.ts'
import { outsideWork } from './outside-work.ts'
import { busy, isDrawn } from './plan/busy.ts'
import { mostCompared, mostSampled, mostTries } from './plan/choices.ts'
import { colourWay, type WideSpace, wideSpaceOf } from './plan/colour-way.ts'
import { drawnPixels, shrinkOnLoad } from './plan/decoded.ts'
import { workOfPasses } from './plan/pass-work.ts'
import { factsBeforeLast, firstPass } from './plan/passes.ts'
import type { Encoding, Plan } from './plan/plan.ts'
import { type Fixed, rateOf } from './rates.ts'
import { addsColour, drawsEdges, opensUp } from './steps/index.ts'

/** By name of a rate. */
export type Work = ReadonlyMap<string, number>

/** Milliseconds of CPU. */
export const costOf = (work: Work): number =>
  [...work].reduce((sum, [name, amount]) => sum + amount * rateOf(name), 0)

/** How much of each step carrying out `plan` takes, in megapixels of all frames together. */
export function workOf(plan: Plan, facts: Facts): Work {
  const work = new Map<string, number>()
  const add: Add = (name, amount) => work.set(name, (work.get(name) ?? 0) + amount)
  const frames = plan.frames === 'all' ? (plan.film?.count ?? facts.pages) : 1
  add('render', 1)
  if (frames > 1) add('frame', frames)
  const first = firstPass(plan)
  const { film, time, space } = plan
  const loaded = reading(
    { ...first, ...(film && { film }), ...(time && { time }), ...(space && { space }) },
    facts,
    { frames, add },
  )
  // The border is looked for in all pixels of the source, before anything is made of it.
  if (first.trim) reading({}, facts, { frames, add })
  if (first.faces) reading(looked, facts, { frames: 1, add })
  for (const each of plan.further ?? []) reading({}, each, { frames: 1, add })
  const made = (plan.width * plan.height * plan.pages) / 1e6
  for (const [name, amount] of workOfPasses(plan, { loaded, frames, made })) add(name, amount)
  if (plan.tell) {
    add('tell', 1)
    if (plan.tell.kind === 'details' && plan.tell.faces) add('find faces', 1)
    add('reduce', made)
    return work
  }
  if (plan.video) {
    add('film', 1)
    add(`write ${plan.video.format}`, made)
    add(`write ${plan.video.format} busy`, made * busy(facts))
    return work
  }
  writing(plan.encoding, { plan, facts, made, add })
  if (plan.hdr === 'map') add('read jpeg', (facts.width * facts.height) / 4e6)
  if (plan.hdr) add(plan.hdr === 'map' ? 'write jpeg' : 'write avif', made)
  if (plan.maxBytes !== undefined) {
    // Pixels between passes are still there.
    if (!plan.before) reading(plan, facts, { frames, add })
    for (let tries = 0; tries < mostTries; tries++) writing(plan.encoding, { plan, facts, made, add })
  }
  const tried = made * 1e6 > mostCompared ? Math.min(made, mostSampled / 1e6) : made
  for (const encoding of plan.others ?? []) writing(encoding, { plan, facts, made: tried, add })
  return work
}

/** Faces are looked for in a small copy. */
const looked = { resize: { width: 640, height: 640 } }

/** The source's own bytes are read through once. */
export function readingOf(facts: Facts): Work {
  const work = new Map<string, number>()
  const add: Add = (name, amount) => work.set(name, (work.get(name) ?? 0) + amount)
  // Of what moves and is not written here a decoder reads but one frame.
  const frames = facts.format === 'png' || facts.format === 'avif' ? 1 : facts.pages
  add('render', 1)
  if (frames > 1) add('frame', frames)
  add('reduce', reading({}, facts, { frames, add }))
  return work
}

type Add = (name: Fixed | (string & {}), amount: number) => void

interface Reading {
  readonly frames: number
  readonly add: Add
}

/** Returns the megapixels that come out of the decoder. */
function reading(
  plan: Pick<Plan, 'density' | 'resize' | 'extract' | 'orient' | 'time' | 'film' | 'space'>,
  facts: Facts,
  { frames, add }: Reading,
): number {
  const wide = wideSpaceOf(plan)
  const pixels = (drawnPixels(facts, plan) * frames) / 1e6
  const shrink = facts.format === 'jpeg' && !wide ? shrinkOnLoad(plan, facts) : 1
  const loaded = pixels / shrink ** 2
  const [reader, before] = [readers[facts.format], plan.film?.first ?? 0]
  if (reader) add(shrink > 1 ? 'read jpeg shrunk' : reader, pixels)
  for (const [name, amount] of outsideWork(facts, { pixels, frames, before, time: plan.time }))
    add(name, amount)
  if (facts.format === 'jpeg') add('read jpeg bytes', facts.bytes / 1e6)
  add(facts.format === 'svg' ? 'read svg pass' : 'read jpeg scan', (facts.scans - 1) * pixels)
  if (facts.depth > 8) add('deep', pixels)
  const converted = conversionOf(facts, wide)
  if (converted) add(converted, loaded)
  if (facts.space === 'cmyk') add('inks', 1)
  return loaded
}

function conversionOf(facts: Facts, wide?: WideSpace): Fixed | undefined {
  const way = colourWay(facts, wide)
  if (way === 'ours') return byCodePoints(facts.colour)
  return way === 'profile' || facts.icc || facts.space === 'cmyk' ? 'colours' : undefined
}

const byCodePoints = ({ transfer }: Partial<NonNullable<Facts['colour']>> = {}): Fixed =>
  transfer === 'pq' || transfer === 'hlg' ? `code points ${transfer}` : 'code points'

const readers: Readonly<Partial<Record<SourceFormat, Fixed>>> = {
  jpeg: 'read jpeg',
  png: 'read png',
  gif: 'read gif',
  webp: 'read webp',
  avif: 'read avif',
  svg: 'read svg',
  tiff: 'read tiff',
  raw: 'read jpeg',
}

interface Writing extends Pick<Reading, 'add'> {
  readonly plan: Plan
  readonly facts: Facts
  readonly made: number
}

function writing(encoding: Encoding, { plan, facts: source, made, add }: Writing): void {
  const { format, lossless, score } = encoding
  const { alpha, space } = factsBeforeLast(plan, source)
  const facts = { ...source, alpha, space: source.space === 'palette' ? source.space : space }
  const hasAlpha = (facts.alpha || opensUp(plan)) && !plan.flatten
  const isSearched = score !== undefined && format !== 'png' && format !== 'gif' && format !== 'jxl'
  // Without colour there is half as much to write.
  const written = facts.space === 'gray' && !addsColour(plan) ? made / 2 : made
  if (encoding.colours !== undefined) add('write few colours', made)
  if ((encoding.colours ?? 256) < 256) add('write fewer colours', 1)
  add(isSearched ? `search ${format}` : writerOf(encoding, plan, facts), written)
  if (isSearched && hasAlpha) add('search alpha', made)
  if (isSearched) return
  if (encoding.reducible) add('write png reduced', made)
  if (format === 'jxl') add('program', 1)
  if (format === 'webp' || format === 'avif' || format === 'gif')
    add(busyWriterOf(encoding, plan), written * busy(facts))
  if (format === 'avif' && !lossless) add('write avif fine', written * fineness(encoding.quality))
  if (!lossless && (format === 'webp' || format === 'avif') && plan.pages === 1 && drawsEdges(plan))
    add(`write ${format} edges`, written)
  // In a film what is transparent is a few plain areas.
  if (hasAlpha && format === 'webp' && !lossless && plan.pages === 1) add('write webp alpha', made)
}

/** Where every pixel is unlike the next there is more to write. */
function busyWriterOf({ format, lossless }: Encoding, { pages }: Plan): string {
  const isFilm = pages > 1 && (format === 'gif' || (format === 'webp' && !lossless))
  return `write ${format} ${isFilm ? 'film ' : ''}busy`
}

/** How much of what is hardly seen is kept: nothing of it up to a usual quality, all at 100. */
const fineness = (quality = 60): number => Math.max(0, quality - 60) / 40

function writerOf({ format, lossless, ...encoding }: Encoding, { pages }: Plan, facts: Facts): Fixed {
  if (format === 'jpeg') return 'write jpeg'
  if (format === 'jxl') return lossless ? 'write jxl lossless' : 'write jxl'
  // What is tried on drawings only costs what drawings cost.
  const drawn = encoding.drawn ?? isDrawn(facts)
  if (encoding.thorough) return 'write avif thorough'
  if (format === 'avif') return lossless ? 'write avif lossless' : `write avif${drawn ? ' drawn' : ''}`
  if (format !== 'webp') return `write ${format}${drawn ? ' drawn' : ''}`
  if (lossless) return `write webp lossless${drawn ? ' drawn' : ''}`
  return pages > 1 ? 'write webp film' : `write webp${drawn ? ' drawn' : ''}`
}
