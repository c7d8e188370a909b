// Other pictures upon the finished one: read once in a render, however many frames they lie on.
import type { Sharp } from 'sharp'
import { Failure } from '../../../errors.ts'
import { isDrawing } from '../../facts.ts'
import { identify } from '../../identify.ts'
import { from, orFailure, type Pixels, pixelsOf } from '../../pixels/run.ts'
import { fromExif, orientSize } from '../../steps/geometry/orientation.ts'
import { placed, type Size } from '../../steps/geometry/sizes.ts'
import type { Mark } from '../../steps/mark.ts'
import type { Overlay, Place } from '../../steps/overlay.ts'
import { opened } from '../open.ts'
import type { Around, Doing } from './applied.ts'
import { withAlpha } from './channels.ts'
import { frame } from './frame.ts'

type Sized = Pick<Overlay, 'picture' | 'size' | 'frame'>

const read = new WeakMap<Uint8Array, Map<string, Promise<Pixels>>>()

/** Red, green, blue and alpha, at the size of its plan. Nobody may write to it. */
export function overlayOf(sized: Sized, { plan, further }: Around): Promise<Pixels> {
  const bytes = further[sized.picture]
  if (!bytes) throw new RangeError('a render without a picture that its plan needs')
  const sizes = read.get(bytes) ?? new Map<string, Promise<Pixels>>()
  read.set(bytes, sizes)
  const key = JSON.stringify([sized.size, sized.frame])
  const found = sizes.get(key) ?? orFailure(() => readOverlay(bytes, sized, plan))
  sizes.set(key, found)
  return found
}

async function readOverlay(source: Uint8Array, sized: Sized, plan: Doing): Promise<Pixels> {
  const facts = plan.further?.[sized.picture] ?? identify(source)
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  const orient = fromExif(facts.orientation)
  const own = orientSize(facts, orient)
  const density = isDrawing(facts)
    ? Math.max(sized.size.width / own.width, sized.size.height / own.height)
    : 1
  // A picture of its own: nothing but upright and of its size.
  const alone = {
    ...(orient.turns !== 0 || orient.mirror ? { orient } : {}),
    ...(isDrawing(facts) && { density }),
    resize: sized.size,
    ...(plan.space && { space: plan.space }),
    background: { r: 255, g: 255, b: 255, alpha: 0 },
    flatten: false,
  }
  const options = {
    failOn: 'truncated',
    limitInputPixels: facts.width * facts.height,
    autoOrient: false,
    sequentialRead: true,
  } as const
  try {
    const { image, size } = await opened(bytes, facts, { plan: alone, options })
    const pixels = await pixelsOf(frame(image, size, alone).toColourspace('srgb'))
    return inFrame(withAlpha(pixels), sized)
  } catch (cause) {
    if (cause instanceof Failure && cause.kind !== 'source-broken') throw cause
    throw new Failure('source-broken', 'A picture that is laid upon the source is damaged.', { cause })
  }
}

/** Cut to its frame, or in the middle of one that is larger. */
async function inFrame(pixels: Pixels, { size, frame: box }: Sized): Promise<Pixels> {
  if (!box) return pixels
  if (box.width <= size.width && box.height <= size.height)
    return pixelsOf(from(pixels).extract(placed(box, size, { x: 0.5, y: 0.5 })))
  const [left, top] = [Math.floor((box.width - size.width) / 2), Math.floor((box.height - size.height) / 2)]
  return extended(pixels, {
    left,
    top,
    right: box.width - size.width - left,
    bottom: box.height - size.height - top,
  })
}

const extended = (pixels: Pixels, sides: { left: number; top: number; right: number; bottom: number }) =>
  pixelsOf(from(pixels).extend({ ...sides, background: { r: 0, g: 0, b: 0, alpha: 0 } }))

/** Where an overlay of this size lies on `base`; it may stick out. */
export function cornerOf(
  size: Size,
  base: Size,
  { x, y, pad, left, top }: Place,
): { left: number; top: number } {
  const along = (at: number, inner: number, outer: number): number =>
    at === 0 ? pad : at === 1 ? outer - inner - pad : Math.round((outer - inner) / 2)
  return { left: left ?? along(x, size.width, base.width), top: top ?? along(y, size.height, base.height) }
}

export async function marked(image: Sharp, value: Mark, around: Around): Promise<Sharp> {
  const base = withAlphaKept(await pixelsOf(image))
  const overlay = await overlayOf(value, around)
  const turned = value.degrees ? await pixelsOf(from(overlay).rotate(value.degrees, clear)) : overlay
  const shown = fainter(withAlpha(turned), value.alpha)
  return value.tile ? tiled(base, shown, value.at) : laid(base, shown, cornerOf(shown, base, value.at))
}

const clear = { background: { r: 0, g: 0, b: 0, alpha: 0 } }

/** A grey picture becomes one of colours; what has no alpha keeps having none. */
const withAlphaKept = (pixels: Pixels): Pixels => (pixels.channels === 2 ? withAlpha(pixels) : pixels)

export function fainter(pixels: Pixels, alpha: number): Pixels {
  if (alpha === 1) return pixels
  const data = Uint8Array.from(pixels.data)
  for (let at = 3; at < data.length; at += 4) data[at] = Math.round((data[at] as number) * alpha)
  return { ...pixels, data }
}

/** `overlay` over `base`; what sticks out is left away. */
export function laid(base: Pixels, overlay: Pixels, { left, top }: { left: number; top: number }): Sharp {
  const width = Math.min(overlay.width + Math.min(0, left), base.width - Math.max(0, left))
  const height = Math.min(overlay.height + Math.min(0, top), base.height - Math.max(0, top))
  if (width <= 0 || height <= 0) return from(base)
  const part = part4(overlay, { left: Math.max(0, -left), top: Math.max(0, -top), width, height })
  return coloured(base).composite([
    {
      input: Buffer.from(part.buffer, part.byteOffset, part.length),
      raw: { width, height, channels: 4 },
      left: Math.max(0, left),
      top: Math.max(0, top),
    },
  ])
}

/** sharp composites upon colours only. */
const coloured = (base: Pixels): Sharp => from(base).toColourspace('srgb')

interface Part extends Size {
  readonly left: number
  readonly top: number
}

/** A part of a picture with four channels. */
function part4({ data, ...whole }: Pixels, { left, top, width, height }: Part): Uint8Array {
  if (left === 0 && top === 0 && width === whole.width && height === whole.height) return data
  const made = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * whole.width + left) * 4
    made.set(data.subarray(start, start + width * 4), y * width * 4)
  }
  return made
}

/** Side by side from the upper left corner on, the padding between them. */
async function tiled(base: Pixels, overlay: Pixels, { pad, left = pad, top = pad }: Place): Promise<Sharp> {
  const tile = await extended(overlay, { left: 0, top: 0, right: pad, bottom: pad })
  const made = new Uint8Array(base.width * base.height * 4)
  const { width, height } = tile
  for (let y = 0; y < base.height; y++) {
    const row = (((y - top) % height) + height) % height
    for (let x = 0; x < base.width; x++) {
      const from = (row * width + ((((x - left) % width) + width) % width)) * 4
      made.set(tile.data.subarray(from, from + 4), (y * base.width + x) * 4)
    }
  }
  return laid(base, { data: made, width: base.width, height: base.height, channels: 4 }, { left: 0, top: 0 })
}
