// Opens a source as what it is, so that sharp can work upon it: what a decoder would refuse or get wrong is put right.
import type { Sharp, SharpOptions } from 'sharp'
import type { Facts } from '../facts.ts'
import { withClearing } from '../identify/gif-disposal.ts'
import { iconWith, largestOf } from '../identify/ico.ts'
import { asStill } from '../identify/isobmff.ts'
import { previewOf } from '../identify/raw.ts'
import { withoutLab } from '../identify/tiff.ts'
import { sharp } from '../pixels/sharp.ts'
import { cutToScans, ended } from '../pixels/unended.ts'
import { wideSpaceOf } from '../plan/colour-way.ts'
import type { Size } from '../steps/geometry/sizes.ts'
import { draw, drawnSizeAt } from './draw.ts'
import type { Movement } from './encode.ts'
import { inColours, type Open } from './our-colours.ts'
import { fromOutside, isOutside, madeOutside } from './outside.ts'
import type { Way } from './tools.ts'

export interface Opened {
  readonly image: Sharp
  /** Of the decoded picture: the facts' own, or that of a drawing. */
  readonly size: Size
  /** Of an animation that sharp itself does not know as one. */
  readonly movement?: Movement
}

type Opening = (bytes: Buffer, facts: Facts, way: Way) => Opened | Promise<Opened>

/** Formats that sharp does not read as they are. */
const openings: Partial<Readonly<Record<Facts['format'], Opening>>> = {
  svg: async (bytes, facts, way) => coloured(await draw(bytes, facts, way), way),
  bmp: bitmap,
  ico: icon,
  psd: photoshop,
  raw(bytes, facts, way) {
    const { jpeg } = previewOf(bytes)
    return opened(Buffer.from(jpeg), { ...facts, format: 'jpeg', bytes: jpeg.length }, way)
  },
}

/** In the colours of the plan. Fails with 'source-broken' for pixels that cannot be decoded, where they are needed here already. */
export async function opened(bytes: Buffer, facts: Facts, way: Way): Promise<Opened> {
  const opening = openings[facts.format]
  if (opening) return opening(bytes, facts, way)
  if (isReel(facts, way.options)) return coloured(await reel(bytes, facts, way), way)
  const open = isOutside(facts) ? outsideOpener(bytes, facts, way) : await openerOf(bytes, facts, way)
  const size = facts.format === 'pdf' ? drawnSizeAt(facts, way.plan.density ?? 1) : facts
  return { image: await inColours(open, facts, wideSpaceOf(way.plan)), size }
}

/** A picture that its decoder reads, in the samples that it has. */
export async function asStored(bytes: Buffer, facts: Facts, options: SharpOptions): Promise<Sharp> {
  return sharp(await readableOf(bytes, facts, options), { ...options, ignoreIcc: true })
}

/** With its profile heard or not. */
async function openerOf(bytes: Buffer, facts: Facts, { options }: Way): Promise<Open> {
  const readable = await readableOf(bytes, facts, options)
  return async (ignoreIcc) => sharp(readable, { ...options, ignoreIcc })
}

const outsideOpener =
  (bytes: Buffer, facts: Facts, way: Way): Open =>
  (ignoreIcc) =>
    fromOutside(bytes, facts, { ...way, options: { ...single(way.options), ignoreIcc } })

/** What is drawn or unpacked here is in sRGB. */
async function coloured(made: Opened, { plan }: Way): Promise<Opened> {
  const drawn = { depth: 8, icc: false, space: 'rgb' } as const
  return { ...made, image: await inColours(async () => made.image, drawn, wideSpaceOf(plan)) }
}

/** What comes from a program is one picture, whichever it was of its source. */
const single = ({ page: _, pages: __, animated: ___, ...options }: SharpOptions): SharpOptions => options

/** Whether frames are wanted that sharp itself would not find. */
function isReel({ format, animated }: Facts, { page = 0, pages = 1, animated: all }: SharpOptions): boolean {
  return animated && (format === 'png' || format === 'avif') && (all === true || page > 0 || pages !== 1)
}

async function reel(bytes: Buffer, facts: Facts, way: Way): Promise<Opened> {
  // Loaded only here: most pictures stand still.
  const { reelOfPng } = await import('./animation/reel.ts')
  const film =
    facts.format === 'png'
      ? { file: bytes, facts }
      : { file: await madeOutside(bytes, facts, way), facts: { ...facts, depth: 8 } }
  return { ...(await reelOfPng(film.file, film.facts, way.options)), size: facts }
}

/** Of an icon its largest picture, which may be a PNG of its own. */
async function icon(bytes: Buffer, facts: Facts, way: Way): Promise<Opened> {
  const entry = largestOf(bytes)
  if (entry.isPng) return opened(Buffer.from(entry.data), { ...facts, format: 'png' }, way)
  return bitmap(iconWith(entry), facts, way)
}

async function bitmap(file: Uint8Array, facts: Facts, way: Way): Promise<Opened> {
  // Loaded only here: other renders need no second decoder.
  const { bitmapOf } = await import('./bitmap.ts')
  return coloured({ image: await bitmapOf(file, facts, way.options), size: facts }, way)
}

async function photoshop(bytes: Buffer, facts: Facts, { plan, options }: Way): Promise<Opened> {
  const { photoshopAsTiff } = await import('./photoshop.ts')
  const tiff = photoshopAsTiff(bytes)
  const open: Open = async (ignoreIcc) => sharp(tiff, { ...options, ignoreIcc })
  return { image: await inColours(open, facts, wideSpaceOf(plan)), size: facts }
}

/** The same picture in bytes that its decoder reads as browsers do. */
async function readableOf(bytes: Buffer, facts: Facts, { failOn }: SharpOptions): Promise<Uint8Array> {
  if (facts.format === 'jpeg') return failOn === 'none' ? cutToScans(bytes) : ended(bytes, facts)
  if (facts.format === 'gif') return withClearing(bytes)
  if (facts.lab) return withoutLab(bytes)
  return facts.format === 'avif' ? asStill(bytes) : bytes
}
