// GIF (GIF89a specification): canvas from the screen descriptor, frames by walking the blocks.
import { type Facts, plainFacts } from '../facts.ts'
import { u8, u16le } from './bytes.ts'

const extension = 0x21
const imageDescriptor = 0x2c
const graphicControl = 0xf9

export function identifyGif(bytes: Uint8Array): Facts {
  const { frames, transparency, width, height } = walk(bytes)
  return {
    ...plainFacts,
    format: 'gif',
    width,
    height,
    pages: Math.max(1, frames),
    animated: frames > 1,
    alpha: transparency,
    space: 'palette',
    bytes: bytes.length,
  }
}

/** A table of 2^(n+1) colours follows when the flag's top bit is set (GIF89a 18, 20). */
export const tableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)

/** One frame, by where its parts stand. */
export interface Frame {
  /** Of the graphic control extension's block; undefined without one. */
  readonly control: number | undefined
  /** Of the image descriptor's block. */
  readonly descriptor: number
  /** Behind its pixels. */
  readonly end: number
}

/** In the order of the file; ends at the trailer or at damage: what was met stands. */
export function* framesOf(bytes: Uint8Array): Generator<Frame> {
  let control: number | undefined
  let at = 13 + tableBytes(u8(bytes, 10))
  while (at < bytes.length) {
    const block = bytes[at]
    if (block === extension) {
      if (bytes[at + 1] === graphicControl) control = at
      at = afterSubBlocks(bytes, at + 2)
    } else if (block === imageDescriptor && at + 10 <= bytes.length) {
      const end = afterSubBlocks(bytes, at + 11 + tableBytes(bytes[at + 9] ?? 0))
      yield { control, descriptor: at, end }
      control = undefined
      at = end
    } else {
      return
    }
  }
}

const restoreToBackground = 2

/** What becomes of a frame's place before the next one (GIF89a 23), and whether it has a transparent colour. */
export function controlOf(bytes: Uint8Array, { control }: Frame): { clears: boolean; transparent: boolean } {
  const flags = control === undefined ? 0 : (bytes[control + 3] ?? 0)
  return { clears: ((flags >> 2) & 7) === restoreToBackground, transparent: (flags & 1) === 1 }
}

interface Walk {
  frames: number
  transparency: boolean
  width: number
  height: number
}

function walk(bytes: Uint8Array): Walk {
  const found: Walk = { frames: 0, transparency: false, ...canvasOf(bytes) }
  let last: Frame | undefined
  for (const frame of framesOf(bytes)) {
    if (!last) growTo(found, bytes, frame.descriptor)
    if (controlOf(bytes, frame).transparent || opensHole(bytes, { last, frame }, found))
      found.transparency = true
    last = frame
    found.frames++
  }
  return found
}

/**
 * Whether something of the canvas is empty while `frame` is shown, as browsers see it: around a first frame that is smaller,
 * or where the frame before it was removed.
 */
export function opensHole(
  bytes: Uint8Array,
  { last, frame }: { readonly last: Frame | undefined; readonly frame: Frame },
  { width, height }: Pick<Facts, 'width' | 'height'>,
): boolean {
  const place = placeOf(bytes, frame)
  if (!last) return !covers(place, { left: 0, top: 0, right: width, bottom: height })
  return controlOf(bytes, last).clears && !covers(place, placeOf(bytes, last))
}

interface Place {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

function placeOf(bytes: Uint8Array, { descriptor: at }: Frame): Place {
  const [left, top] = [u16le(bytes, at + 1), u16le(bytes, at + 3)]
  return { left, top, right: left + u16le(bytes, at + 5), bottom: top + u16le(bytes, at + 7) }
}

const covers = (over: Place, under: Place): boolean =>
  over.left <= under.left && over.top <= under.top && over.right >= under.right && over.bottom >= under.bottom

/** Screens that old programs wrote down in place of the canvas; libnsgif, which decodes, takes the first frame's size. */
const screens = ['640x480', '640x512', '800x600', '1024x768', '1280x1024', '1600x1200']
const widestCanvas = 2048

function canvasOf(bytes: Uint8Array): { width: number; height: number } {
  const width = u16le(bytes, 6)
  const height = u16le(bytes, 8)
  const unlikely = width === 0 || height === 0 || width > widestCanvas || height > widestCanvas
  return unlikely || screens.includes(`${width}x${height}`) ? { width: 1, height: 1 } : { width, height }
}

/** The first frame may be larger than the canvas, which then grows (libnsgif, as browsers do). */
function growTo(found: Walk, bytes: Uint8Array, at: number): void {
  found.width = Math.max(found.width, u16le(bytes, at + 1) + u16le(bytes, at + 5))
  found.height = Math.max(found.height, u16le(bytes, at + 3) + u16le(bytes, at + 7))
}

function afterSubBlocks(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length) {
    const length = bytes[at] ?? 0
    at += 1 + length
    if (length === 0) break
  }
  return at
}
