// Draws texts: letters, their outline, their shadow and what is behind them, in one overlay that lies on every frame.
import type { Sharp } from 'sharp'
import { from, type Pixels, pixelsOf } from '../../pixels/run.ts'
import { sharp } from '../../pixels/sharp.ts'
import type { Text } from '../../steps/text.ts'
import type { Around } from './applied.ts'
import { inColour } from './channels.ts'
import { descriptionOf, fontsReady } from './fonts.ts'
import { cornerOf, laid } from './overlays.ts'

const drawn = new WeakMap<Text, Promise<Pixels>>()

export async function written(image: Sharp, value: Text, { fonts }: Around): Promise<Sharp> {
  const base = inColour(await pixelsOf(image))
  const overlay = drawn.get(value) ?? draw(value, fonts)
  drawn.set(value, overlay)
  const letters = await overlay
  const margin = marginOf(value)
  // Outline, shadow and box lie around the letters, whose place is asked for.
  const inner = { width: letters.width - 2 * margin, height: letters.height - 2 * margin }
  const { left, top } = cornerOf(inner, base, value.at)
  return laid(base, letters, { left: left - margin, top: top - margin })
}

const marginOf = ({ size, outline, shadow = 0, behind }: Text): number =>
  Math.ceil(Math.max(outline?.width ?? 0, shadow * 3, behind ? size / 3 : 0))

async function draw(value: Text, fonts: string | undefined): Promise<Pixels> {
  await fontsReady(fonts)
  const letters = framed(await lettersOf(value), marginOf(value))
  const { outline, shadow, behind, colour } = value
  const size = { width: letters.width, height: letters.height }
  const layers: Layer[] = []
  if (behind) layers.push({ seen: new Uint8Array(letters.seen.length).fill(255), colour: behind })
  const shape = outline ? spread(letters, outline.width) : letters.seen
  if (shadow) layers.push({ seen: await shadowOf({ ...size, seen: shape }, shadow), colour: shade })
  if (outline) layers.push({ seen: shape, colour: outline.colour })
  layers.push({ seen: letters.seen, colour })
  return stacked(layers, size)
}

interface Seen {
  readonly width: number
  readonly height: number
  /** How much of each pixel is covered, 0 to 255. */
  readonly seen: Uint8Array
}

const sides = ['left', 'centre', 'right'] as const

async function lettersOf(value: Text): Promise<Seen> {
  const { text, font, size, width, height, at, lead = 0, track = 0 } = value
  const align = sides[at.x * 2] ?? 'left'
  const spaced = track
    ? `<span letter_spacing="${Math.round(track * 1024)}">${escaped(text)}</span>`
    : escaped(text)
  const { data, info } = await sharp({
    text: {
      text: spaced,
      font: descriptionOf(font, height === undefined ? size : undefined),
      width,
      ...(height === undefined ? { dpi: 72 } : { height }),
      align,
      spacing: lead,
      wrap: 'word-char',
    },
  })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const seen = new Uint8Array(info.width * info.height)
  for (let pixel = 0; pixel < seen.length; pixel++) seen[pixel] = data[pixel * info.channels] as number
  return { width: info.width, height: info.height, seen }
}

/** Pango takes its text for markup. */
const escaped = (text: string): string =>
  text.replace(/[&<>'"]/g, (character) => `&#${character.charCodeAt(0)};`)

function framed({ width, height, seen }: Seen, margin: number): Seen {
  const [wide, high] = [width + 2 * margin, height + 2 * margin]
  const made = new Uint8Array(wide * high)
  for (let y = 0; y < height; y++)
    made.set(seen.subarray(y * width, (y + 1) * width), (y + margin) * wide + margin)
  return { width: wide, height: high, seen: made }
}

/** Letters grown by `radius` on all sides: the most of what lies in a circle round each pixel. */
function spread({ width, height, seen }: Seen, radius: number): Uint8Array {
  const made = Uint8Array.from(seen)
  // Rings so near to each other that the thinnest stroke leaves no gap between them.
  for (let ring = radius; ring > 0; ring -= 2) {
    const count = Math.ceil(Math.PI * ring) + 4
    for (let n = 0; n < count; n++) {
      const angle = (2 * Math.PI * n) / count
      const [right, down] = [Math.round(ring * Math.cos(angle)), Math.round(ring * Math.sin(angle))]
      for (let y = Math.max(0, down); y < Math.min(height, height + down); y++) {
        const row = (y - down) * width - right
        for (let x = Math.max(0, right); x < Math.min(width, width + right); x++) {
          const value = seen[row + x] as number
          if (value > (made[y * width + x] as number)) made[y * width + x] = value
        }
      }
    }
  }
  return made
}

const shade = { r: 0, g: 0, b: 0, alpha: 0.6 }

/** Below the letters by as much as it is soft. */
async function shadowOf({ width, height, seen }: Seen, soft: number): Promise<Uint8Array> {
  const moved = new Uint8Array(seen.length)
  const down = Math.min(height, Math.max(1, Math.round(soft / 2))) * width
  moved.set(seen.subarray(0, seen.length - down), down)
  const pixels = { data: moved, width, height, channels: 1 as const }
  const { data, channels } = await pixelsOf(from(pixels).blur(Math.max(0.3, soft / 2)))
  return channels === 1 ? data : data.filter((_, at) => at % channels === 0)
}

interface Layer {
  readonly seen: Uint8Array
  readonly colour: Text['colour']
}

/** The later over the earlier. */
function stacked(layers: readonly Layer[], { width, height }: { width: number; height: number }): Pixels {
  const data = new Uint8Array(width * height * 4)
  for (const { seen, colour } of layers)
    for (let pixel = 0, at = 0; pixel < seen.length; pixel++, at += 4) {
      const above = ((seen[pixel] as number) / 255) * colour.alpha
      if (above === 0) continue
      const below = ((data[at + 3] as number) / 255) * (1 - above)
      const all = above + below
      data[at] = (colour.r * above + (data[at] as number) * below) / all
      data[at + 1] = (colour.g * above + (data[at + 1] as number) * below) / all
      data[at + 2] = (colour.b * above + (data[at + 2] as number) * below) / all
      data[at + 3] = Math.round(all * 255)
    }
  return { data, width, height, channels: 4 }
}
