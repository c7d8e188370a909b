// What is shown where a picture should be and is not: quiet, and in place at any size.
import { blankCanvas, both, circle, paint, rectangle, stroke, without } from './canvas.ts'
import { blend, hex } from './colour.ts'

export const missingWidth = 800
export const missingHeight = 600

const light = hex('#f3f5f8')
const dark = hex('#e2e7ee')
const line = hex('#a3adba')

export function missing(): Buffer {
  const canvas = blankCanvas(missingWidth, missingHeight)
  const page = rectangle({ x: 0, y: 0, width: missingWidth, height: missingHeight })
  paint(canvas, page, { colour: (_, y) => blend(light, dark, y / missingHeight) })
  const frame = { x: 260, y: 180, width: 280, height: 220, radius: 24 }
  const inside = rectangle({ x: 274, y: 194, width: 252, height: 192, radius: 12 })
  paint(canvas, without(rectangle(frame), inside), { colour: line })
  paint(canvas, circle(338, 254, 24), { colour: line })
  paint(canvas, both(inside, hills), { colour: line })
  // The stroke across says "not here" without a word in any language.
  paint(
    canvas,
    stroke(
      [
        [248, 420],
        [552, 160],
      ],
      34,
    ),
    { colour: hex('#ebeff4') },
  )
  paint(
    canvas,
    stroke(
      [
        [248, 420],
        [552, 160],
      ],
      12,
    ),
    { colour: line },
  )
  return canvas.bytes
}

const peak = (x: number, top: number, at: number): number => top + Math.abs(x - at) * 0.95

const hills = {
  box: [260, 180, 540, 400] as const,
  distance: (x: number, y: number) => (Math.min(peak(x, 272, 438), peak(x, 312, 336)) - y) * 0.72,
}
