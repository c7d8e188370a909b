// A seal on nothing: full transparency, soft shadow, half-transparent glass. What JPEG cannot hold.
import { blankCanvas, type Canvas, circle, paint, type Shape, stroke, without } from './canvas.ts'
import { blend, hex, white } from './colour.ts'

export const badgeSide = 640

const middle = badgeSide / 2
const rays = 24
const amber = hex('#ffb347')
const rose = hex('#e8326e')
const cream = hex('#fff3dd')
const blush = hex('#ffd2d8')

export function badge(): Buffer {
  const canvas = blankCanvas(badgeSide, badgeSide)
  paint(canvas, circle(middle, middle + 22, 240), { colour: hex('#1b1240'), opacity: 0.42, soft: 76 })
  const warm = (x: number, y: number) => blend(amber, rose, (x * 0.35 + y * 0.65) / badgeSide)
  paint(canvas, scalloped(248), { colour: warm })
  paint(canvas, without(circle(middle, middle, 206), circle(middle, middle, 199)), {
    colour: white,
    opacity: 0.85,
  })
  const inner = (x: number, y: number) => blend(cream, blush, (y - x * 0.2) / badgeSide)
  paint(canvas, circle(middle, middle, 186), { colour: inner })
  dots(canvas)
  const tick = [
    [232, 330],
    [294, 392],
    [414, 256],
  ] as const
  paint(
    canvas,
    stroke(
      tick.map(([x, y]) => [x, y + 8] as const),
      46,
    ),
    { colour: hex('#7d1240'), opacity: 0.25, soft: 18 },
  )
  paint(canvas, stroke(tick, 44), { colour: hex('#d92864') })
  paint(canvas, gloss, { colour: white, opacity: 0.22, soft: 6 })
  return canvas.bytes
}

/** A circle with a wavy edge. */
function scalloped(radius: number): Shape {
  const reach = radius + 14
  return {
    box: [middle - reach, middle - reach, middle + reach, middle + reach],
    distance(x, y) {
      const turn = Math.atan2(y - middle, x - middle)
      return Math.hypot(x - middle, y - middle) - radius - 11 * Math.cos(turn * rays)
    },
  }
}

function dots(canvas: Canvas): void {
  for (let i = 0; i < 60; i++) {
    const turn = (i / 60) * 2 * Math.PI
    const size = 2.5 + 2.5 * (1 + Math.cos(turn * 3))
    const at = { x: middle + Math.cos(turn) * 226, y: middle + Math.sin(turn) * 226 }
    paint(canvas, circle(at.x, at.y, size), { colour: white, opacity: 0.9 })
  }
}

// Light on glass: the upper left of the disc, cut off by a larger circle.
const gloss: Shape = without(circle(middle, middle, 180), circle(middle + 70, middle + 130, 260))
