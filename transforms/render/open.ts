// Opens a source as what it is, so that sharp can work upon it: what a decoder would refuse or get wrong is put right.
import type { Sharp, SharpOptions } from 'sharp'
import type { Facts } from '../facts.ts'
import { withClearing } from '../identify/gif-disposal.ts'
import { iconWith, largestOf } from '../identify/ico.ts'
import { asStill } from '../identify/isobmff.ts'
import { inSrgb } from '../pixels/colours.ts'
import { sharp } from '../pixels/sharp.ts'
import { cutToScans, ended } from '../pixels/unended.ts'
import type { Plan } from '../plan/plan.ts'
import type { Size } from '../steps/geometry/sizes.ts'
import { draw } from './draw.ts'
import { fromOutside, isOutside } from './outside.ts'

export interface Opened {
  readonly image: Sharp
  /** Of the decoded picture: the facts' own, or that of an SVG's drawing. */
  readonly size: Size
}

interface Way {
  readonly plan: Plan
  readonly options: SharpOptions
}

/** Fails with 'source-broken' for pixels that cannot be decoded, where they are needed here already. */
export async function opened(bytes: Buffer, facts: Facts, way: Way): Promise<Opened> {
  const { options } = way
  if (facts.format === 'svg') return draw(bytes, facts, way)
  if (facts.format === 'bmp') return bitmap(bytes, facts, options)
  if (facts.format === 'ico') return icon(bytes, facts, way)
  if (isOutside(facts)) return ready(await fromOutside(bytes, facts, profiled(facts, options)), facts)
  const readable = await readableOf(bytes, facts, options)
  return ready(sharp(readable, profiled(facts, options)), facts)
}

/** Code points count before a profile where the facts speak of them. */
const profiled = (facts: Facts, options: SharpOptions): SharpOptions =>
  facts.colour ? { ...options, ignoreIcc: true } : options

const ready = async (image: Sharp, facts: Facts): Promise<Opened> => ({
  image: facts.colour ? await inSrgb(image, facts, facts.colour) : image,
  size: facts,
})

/** Of an icon its largest picture, which may be a PNG of its own. */
async function icon(bytes: Buffer, facts: Facts, way: Way): Promise<Opened> {
  const entry = largestOf(bytes)
  if (entry.isPng) return opened(Buffer.from(entry.data), { ...facts, format: 'png' }, way)
  return bitmap(iconWith(entry), facts, way.options)
}

async function bitmap(file: Uint8Array, facts: Facts, options: SharpOptions): Promise<Opened> {
  // Loaded only here: other renders need no second decoder.
  const { bitmapOf } = await import('./bitmap.ts')
  return { image: await bitmapOf(file, facts, options), size: facts }
}

/** The same picture in bytes that its decoder reads as browsers do. */
async function readableOf(bytes: Buffer, facts: Facts, { failOn }: SharpOptions): Promise<Uint8Array> {
  if (facts.format === 'jpeg') return failOn === 'none' ? cutToScans(bytes) : ended(bytes, facts)
  if (facts.format === 'gif') return withClearing(bytes)
  return facts.format === 'avif' ? asStill(bytes) : bytes
}
