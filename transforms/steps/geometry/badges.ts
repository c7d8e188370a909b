// The shapes of a mask that keep their own ratio, as outlines.
import type { Badge } from '../../options/kinds-picture.ts'

export type Point = readonly [x: number, y: number]

const around = (count: number, at: (n: number) => Point): readonly Point[] =>
  Array.from({ length: count }, (_, n) => at(n))

/** Corners on a circle round the origin, the first straight up; every second one nearer where `inner` says so. */
const corners = (count: number, { first = -90, inner = 1 } = {}): readonly Point[] =>
  around(count, (n) => {
    const angle = ((first + (n * 360) / count) * Math.PI) / 180
    const radius = n % 2 === 0 ? 1 : inner
    return [Math.cos(angle) * radius, Math.sin(angle) * radius]
  })

/** Of a pentagram, as a share of the outer radius. */
const starInner = (3 - Math.sqrt(5)) / 2

/** The heart curve of sines, fine enough for any picture. */
const heart = around(180, (n) => {
  const t = (n * Math.PI) / 90
  const y = 13 * Math.cos(t) - 5 * Math.cos(2 * t) - 2 * Math.cos(3 * t) - Math.cos(4 * t)
  return [16 * Math.sin(t) ** 3, -y]
})

const outlines: Readonly<Record<Badge, readonly Point[]>> = {
  circle: corners(360),
  square: corners(4, { first: -135 }),
  triangle: corners(3),
  'triangle-180': corners(3, { first: 90 }),
  pentagon: corners(5),
  'pentagon-180': corners(5, { first: 90 }),
  hexagon: corners(6),
  star: corners(10, { inner: starInner }),
  heart,
}

interface Bounds {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

function boundsOf(points: readonly Point[]): Bounds {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top }
}

/** Width over height. */
export function badgeRatio(shape: Badge): number {
  const { width, height } = boundsOf(outlines[shape])
  return width / height
}

/** The outline as large as a picture allows, in its middle. */
export function badgeOutline(shape: Badge, width: number, height: number): readonly Point[] {
  const points = outlines[shape]
  const bounds = boundsOf(points)
  const scale = Math.min(width / bounds.width, height / bounds.height)
  const [x, y] = [(width - bounds.width * scale) / 2, (height - bounds.height * scale) / 2]
  return points.map(([px, py]) => [x + (px - bounds.left) * scale, y + (py - bounds.top) * scale])
}
