// Flat shapes with clean edges on a canvas of bytes: each shape says how far a point is outside of it.
import { type Colour, clamp } from './colour.ts'

export interface Canvas {
  readonly width: number
  readonly height: number
  /** Red, green, blue, opacity of each pixel. */
  readonly bytes: Buffer
}

/** A distance in pixels, negative inside, and the rectangle beyond which nothing is painted. */
export interface Shape {
  readonly box: readonly [left: number, top: number, right: number, bottom: number]
  distance(x: number, y: number): number
}

export interface Paint {
  readonly colour: Colour | ((x: number, y: number) => Colour)
  readonly opacity?: number
  /** How many pixels the edge takes to fade; 1 is a crisp edge, more is a shadow. */
  readonly soft?: number
}

export function blankCanvas(width: number, height: number, background?: Colour): Canvas {
  const bytes = Buffer.alloc(width * height * 4)
  if (background !== undefined) {
    bytes.fill(Uint8Array.of(...background, 255))
  }
  return { width, height, bytes }
}

export function paint(canvas: Canvas, shape: Shape, { colour, opacity = 1, soft = 1 }: Paint): void {
  const [left, top, right, bottom] = shape.box
  const colourAt = typeof colour === 'function' ? colour : () => colour
  for (let y = Math.max(0, Math.floor(top - soft)); y < Math.min(canvas.height, bottom + soft); y++) {
    for (let x = Math.max(0, Math.floor(left - soft)); x < Math.min(canvas.width, right + soft); x++) {
      const cover = clamp(0.5 - shape.distance(x + 0.5, y + 0.5) / soft) * opacity
      if (cover > 0) over(canvas.bytes, (y * canvas.width + x) * 4, colourAt(x, y), cover)
    }
  }
}

// "Source over" of Porter and Duff, for a canvas that may be transparent itself.
function over(bytes: Buffer, at: number, colour: Colour, cover: number): void {
  const below = ((bytes[at + 3] ?? 0) / 255) * (1 - cover)
  const total = cover + below
  for (let c = 0; c < 3; c++)
    bytes[at + c] = ((colour[c] ?? 0) * cover + (bytes[at + c] ?? 0) * below) / total
  bytes[at + 3] = total * 255
}

export const circle = (x: number, y: number, radius: number): Shape => ({
  box: [x - radius, y - radius, x + radius, y + radius],
  distance: (px, py) => Math.hypot(px - x, py - y) - radius,
})

export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly radius?: number
}

export function rectangle({ x, y, width, height, radius = 0 }: Rectangle): Shape {
  const middleX = x + width / 2
  const middleY = y + height / 2
  return {
    box: [x, y, x + width, y + height],
    distance(px, py) {
      const outX = Math.abs(px - middleX) - width / 2 + radius
      const outY = Math.abs(py - middleY) - height / 2 + radius
      return Math.hypot(Math.max(outX, 0), Math.max(outY, 0)) + Math.min(Math.max(outX, outY), 0) - radius
    },
  }
}

type Point = readonly [x: number, y: number]

/** A line through points, with round ends. */
export function stroke(points: readonly Point[], thickness: number): Shape {
  const half = thickness / 2
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const box = [
    Math.min(...xs) - half,
    Math.min(...ys) - half,
    Math.max(...xs) + half,
    Math.max(...ys) + half,
  ] as const
  return {
    box,
    distance(px, py) {
      let nearest = Number.POSITIVE_INFINITY
      for (let i = 1; i < points.length; i++) {
        nearest = Math.min(nearest, toSegment([px, py], points[i - 1] as Point, points[i] as Point))
      }
      return nearest - half
    },
  }
}

function toSegment([px, py]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const dx = bx - ax
  const dy = by - ay
  const along = clamp(((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy))
  return Math.hypot(px - ax - dx * along, py - ay - dy * along)
}

/** What is outside of neither. */
export const both = (one: Shape, other: Shape): Shape => ({
  box: one.box,
  distance: (x, y) => Math.max(one.distance(x, y), other.distance(x, y)),
})

export const without = (one: Shape, hole: Shape): Shape => ({
  box: one.box,
  distance: (x, y) => Math.max(one.distance(x, y), -hole.distance(x, y)),
})
