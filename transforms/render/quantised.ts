// Few colours for a PNG or a GIF. Their encoders know only 2, 4, 16 and 256, so any other number is reached before them:
// of a palette of 256 the two that are most alike become one, until few enough are left.
import type { Sharp } from 'sharp'
import { from, type Pixels, pixelsOf, run } from '../pixels/run.ts'
import { sharp } from '../pixels/sharp.ts'
import type { Encoding } from '../plan/plan.ts'

/** All frames of an animation with the same colours. */
export async function quantised(image: Sharp, { format, colours }: Encoding): Promise<Sharp> {
  if ((format !== 'gif' && format !== 'png') || colours === undefined) return image
  const pixels = await pixelsOf(image)
  // As one tall picture: frames have a palette together.
  const whole = { ...pixels, height: pixels.data.length / (pixels.width * pixels.channels) }
  const { data } = await run(from(whole).png({ palette: true, colours: 256, effort: 4 }))
  const many = await pixelsOf(sharp(data, { limitInputPixels: false }).toColourspace('srgb').ensureAlpha())
  return from({ ...reduced(many, colours), height: pixels.height })
}

interface Group {
  /** Of all four channels. */
  readonly mean: readonly number[]
  readonly count: number
  readonly members: readonly number[]
}

function reduced({ data, ...rest }: Pixels, most: number): Pixels {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const counts = new Map<number, number>()
  for (let at = 0; at < data.length; at += 4) {
    const colour = view.getUint32(at)
    counts.set(colour, (counts.get(colour) ?? 0) + 1)
  }
  const becomes = new Map<number, number>()
  for (const { mean, members } of merged(counts, most)) {
    const [r = 0, g = 0, b = 0, a = 0] = mean.map(Math.round)
    for (const member of members) becomes.set(member, ((r << 24) | (g << 16) | (b << 8) | a) >>> 0)
  }
  const made = new Uint8Array(data.length)
  const to = new DataView(made.buffer)
  for (let at = 0; at < data.length; at += 4) to.setUint32(at, becomes.get(view.getUint32(at)) ?? 0)
  return { ...rest, data: made }
}

function merged(counts: ReadonlyMap<number, number>, most: number): readonly Group[] {
  const groups: Group[] = [...counts].map(([colour, count]) => ({
    mean: [colour >>> 24, (colour >>> 16) & 255, (colour >>> 8) & 255, colour & 255],
    count,
    members: [colour],
  }))
  while (groups.length > most) {
    const [one, other] = closest(groups)
    const [a, b] = [groups[one] as Group, groups[other] as Group]
    const count = a.count + b.count
    const mean = a.mean.map((value, c) => (value * a.count + (b.mean[c] ?? 0) * b.count) / count)
    groups[one] = { mean, count, members: [...a.members, ...b.members] }
    groups.splice(other, 1)
  }
  return groups
}

/** The two whose pixels change least together (Ward's criterion), the first before the second. */
function closest(groups: readonly Group[]): readonly [number, number] {
  let [one, other, least] = [0, 1, Number.POSITIVE_INFINITY]
  for (let i = 0; i < groups.length; i++)
    for (let j = i + 1; j < groups.length; j++) {
      const [a, b] = [groups[i] as Group, groups[j] as Group]
      let distance = 0
      for (let c = 0; c < 4; c++) distance += ((a.mean[c] as number) - (b.mean[c] as number)) ** 2
      const cost = (distance * a.count * b.count) / (a.count + b.count)
      if (cost < least) [one, other, least] = [i, j, cost]
    }
  return [one, other]
}

export interface Dominant {
  readonly r: number
  readonly g: number
  readonly b: number
  /** Of all pixels that are seen, 0 to 1. */
  readonly share: number
}

/** The colours of what is seen of a small picture with four channels, the most frequent first. */
export async function dominantColours(pixels: Pixels, most: number): Promise<readonly Dominant[]> {
  const { data } = await run(from(pixels).png({ palette: true, colours: 256, effort: 4, dither: 0 }))
  const few = await pixelsOf(sharp(data).toColourspace('srgb').ensureAlpha())
  const view = new DataView(few.data.buffer, few.data.byteOffset, few.data.byteLength)
  const counts = new Map<number, number>()
  let seen = 0
  for (let at = 0; at < few.data.length; at += 4) {
    const colour = view.getUint32(at)
    if ((colour & 255) < 128) continue
    const opaque = (colour | 255) >>> 0
    counts.set(opaque, (counts.get(opaque) ?? 0) + 1)
    seen++
  }
  return merged(counts, most)
    .toSorted((a, b) => b.count - a.count)
    .map(({ mean: [r = 0, g = 0, b = 0], count }) => ({
      r: Math.round(r),
      g: Math.round(g),
      b: Math.round(b),
      share: count / seen,
    }))
}
