// Whether two SVGs are drawn alike, at two sizes, by the renderer that the CDN itself uses.
import type { Facts } from '../../facts.ts'
import { documentOf, sized } from '../../identify/svg.ts'
import { identify } from '../../identify.ts'
import { run } from '../../pixels/run.ts'
import { sharp } from '../../pixels/sharp.ts'

/** Longest sides in pixels: an icon on a page, and a drawing that fills a column. */
const sides = [160, 800]
/** Fewer than 0.1 % of the samples may differ by more than 16. */
const mostOff = 16
const mostShare = 0.001
/** A line that vanishes is a small share of a drawing, but not of the square it crosses. */
const tile = 32
const mostShareOfTile = 0.1
const pixelsPerInch = 96

/** Why `after` may not replace `before`; undefined when they look the same. */
export async function findDifference(before: Uint8Array, after: Uint8Array): Promise<string | undefined> {
  const [old, now] = [identify(before), identify(after)]
  if (old.width !== now.width || old.height !== now.height) return 'its size differs'
  for (const side of sides) {
    const fault = compareDrawings(await draw(before, old, side), await draw(after, now, side))
    if (fault) return fault
  }
  return undefined
}

interface Drawing {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

async function draw(bytes: Uint8Array, facts: Facts, side: number): Promise<Drawing> {
  const scale = side / Math.max(facts.width, facts.height)
  const size = {
    width: Math.max(1, Math.round(facts.width * scale)),
    height: Math.max(1, Math.round(facts.height * scale)),
  }
  const document = Buffer.from(sized(documentOf(bytes), facts), 'latin1')
  const image = sharp(document, { density: pixelsPerInch, limitInputPixels: false, failOn: 'truncated' })
  const drawn = image.resize({ ...size, fit: 'fill' }).timeout({ seconds: 10 })
  const { data } = await run(drawn.toColourspace('srgb').ensureAlpha().raw())
  return { data, ...size }
}

function compareDrawings(one: Drawing, other: Drawing): string | undefined {
  const across = Math.ceil(one.width / tile)
  const tiles = new Uint32Array(across * Math.ceil(one.height / tile))
  let off = 0
  for (let i = 0; i < one.data.length; i++) {
    if (Math.abs(weighSample(one.data, i) - weighSample(other.data, i)) <= mostOff) continue
    const pixel = i >> 2
    const at =
      Math.floor(Math.floor(pixel / one.width) / tile) * across + Math.floor((pixel % one.width) / tile)
    tiles[at] = (tiles[at] ?? 0) + 1
    off++
  }
  if (off >= Math.max(1, one.data.length * mostShare)) return 'it is drawn differently'
  const local = tiles.some((count) => count > tile * tile * 4 * mostShareOfTile)
  return local ? 'a part of it is drawn differently' : undefined
}

/** A colour sample weighted by alpha; an alpha sample as it is. */
function weighSample(data: Uint8Array, i: number): number {
  const alpha = data[i | 3] ?? 0
  return (i & 3) === 3 ? alpha : ((data[i] ?? 0) * alpha) / 255
}
