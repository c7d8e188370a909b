// A screen of a made-up application: flat colours, sharp edges, lines of text. What PNG is for and JPEG is not.
import {
  blankCanvas,
  both,
  type Canvas,
  circle,
  paint,
  type Rectangle,
  rectangle,
  stroke,
  without,
} from './canvas.ts'
import { blend, type Colour, hex } from './colour.ts'
import { random } from './noise.ts'

export const graphicsWidth = 1200
export const graphicsHeight = 800

const ink = hex('#1f2937')
const faint = hex('#aab4c3')
const panel = hex('#ffffff')
const plum = hex('#2a2550')
const night = hex('#171a35')
const accents = ['#6d5ef6', '#12b3a8', '#f59f2f', '#ee4f6d'].map(hex)
const accent = (index: number): Colour => accents[index % accents.length] ?? ink

export function graphics(): Buffer {
  const canvas = blankCanvas(graphicsWidth, graphicsHeight, hex('#eef1f6'))
  sidebar(canvas)
  for (const index of [0, 1, 2]) figure(canvas, index)
  lineChart(canvas)
  ring(canvas)
  table(canvas)
  return canvas.bytes
}

function card(canvas: Canvas, box: Rectangle): void {
  const shape = { ...box, radius: 14 }
  paint(canvas, rectangle({ ...shape, y: box.y + 6 }), { colour: hex('#39456b'), opacity: 0.1, soft: 22 })
  paint(canvas, rectangle(shape), { colour: panel })
}

interface Words {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly size?: number
  readonly colour?: Colour
  readonly seed?: number
}

// Words are bars as long as words are, which is what text looks like from too far away to read.
function words(canvas: Canvas, { x, y, width, size = 8, colour = faint, seed = 1 }: Words): void {
  const chance = random(seed)
  for (let at = x; at < x + width - size * 2; ) {
    const length = Math.min(size * (2 + chance() * 5), x + width - at)
    paint(canvas, rectangle({ x: at, y, width: length, height: size, radius: size / 2 }), { colour })
    at += length + size * 0.8
  }
}

function sidebar(canvas: Canvas): void {
  const down = (_: number, y: number) => blend(plum, night, y / graphicsHeight)
  paint(canvas, rectangle({ x: 0, y: 0, width: 220, height: graphicsHeight }), { colour: down })
  for (let i = 0; i < 9; i++) {
    const at = { x: 34 + (i % 3) * 13, y: 40 + Math.floor(i / 3) * 13 }
    paint(canvas, circle(at.x, at.y, 6 - Math.floor(i / 3) - (i % 3) * 0.9), { colour: panel })
  }
  words(canvas, { x: 88, y: 46, width: 100, size: 12, colour: panel, seed: 4 })
  paint(canvas, rectangle({ x: 16, y: 104, width: 188, height: 44, radius: 10 }), { colour: accent(0) })
  for (let i = 0; i < 7; i++) {
    const y = 126 + i * 54
    const colour = i === 0 ? panel : hex('#8f93b8')
    paint(canvas, rectangle({ x: 34, y: y - 8, width: 16, height: 16, radius: 4 + (i % 3) * 2 }), { colour })
    words(canvas, { x: 66, y: y - 5, width: 70 + ((i * 37) % 50), size: 9, colour, seed: i + 20 })
  }
}

function figure(canvas: Canvas, index: number): void {
  const x = 256 + index * 308
  card(canvas, { x, y: 36, width: 284, height: 132 })
  words(canvas, { x: x + 24, y: 60, width: 120, seed: index + 30 })
  words(canvas, { x: x + 24, y: 88, width: 150, size: 22, colour: ink, seed: index + 41 })
  paint(canvas, rectangle({ x: x + 24, y: 132, width: 64, height: 16, radius: 8 }), {
    colour: accent(index + 1),
    opacity: 0.2,
  })
  words(canvas, { x: x + 32, y: 137, width: 48, size: 6, colour: accent(index + 1), seed: index + 51 })
  for (let bar = 0; bar < 9; bar++) {
    const height = 16 + ((bar * 41 + index * 29) % 53) + bar * 2
    const box = { x: x + 178 + bar * 10, y: 146 - height, width: 6, height, radius: 3 }
    paint(canvas, rectangle(box), { colour: accent(index), opacity: bar === 8 ? 1 : 0.45 })
  }
}

const valueAt = (x: number, line: number): number =>
  Math.sin(x / 61 + line * 2.1) * 26 + Math.sin(x / 23 + line) * 11 - x * (0.13 - line * 0.07)

function lineChart(canvas: Canvas): void {
  const area = { x: 256, y: 192, width: 592, height: 320 }
  card(canvas, area)
  words(canvas, { x: 280, y: 216, width: 170, size: 11, colour: ink, seed: 9 })
  for (let row = 0; row < 5; row++) {
    const y = 272 + row * 48
    paint(canvas, rectangle({ x: 316, y, width: 508, height: 1 }), { colour: hex('#e4e8ef') })
    words(canvas, { x: 280, y: y - 3, width: 24, size: 6, seed: row })
  }
  for (const line of [1, 0]) curve(canvas, line)
}

function curve(canvas: Canvas, line: number): void {
  const points = Array.from({ length: 64 }, (_, i) => [318 + i * 8, 418 + valueAt(i * 8, line)] as const)
  const under = {
    box: [318, 250, 822, 466] as const,
    distance: (x: number, y: number) => 418 + valueAt(x - 318, line) - y,
  }
  const floor = rectangle({ x: 318, y: 240, width: 504, height: 225 })
  paint(canvas, both(under, floor), { colour: accent(line), opacity: 0.13 })
  // Piece by piece: each pixel then looks at one piece and not at all of them.
  for (let i = 1; i < points.length; i++) {
    paint(canvas, stroke(points.slice(i - 1, i + 1), 3.4), { colour: accent(line) })
  }
  const [x, y] = points[40] ?? [0, 0]
  paint(canvas, circle(x, y, 8), { colour: panel })
  paint(canvas, circle(x, y, 5), { colour: accent(line) })
}

function ring(canvas: Canvas): void {
  card(canvas, { x: 872, y: 192, width: 292, height: 320 })
  words(canvas, { x: 896, y: 216, width: 130, size: 11, colour: ink, seed: 14 })
  const shape = without(circle(1018, 340, 84), circle(1018, 340, 54))
  const share = (x: number, y: number) => (Math.atan2(y - 340, x - 1018) / (2 * Math.PI) + 1.25) % 1
  const bounds = [0.46, 0.72, 0.9, 1]
  const colour = (x: number, y: number) => accent(bounds.findIndex((bound) => share(x, y) < bound))
  paint(canvas, shape, { colour })
  words(canvas, { x: 990, y: 332, width: 60, size: 16, colour: ink, seed: 17 })
  for (let i = 0; i < 4; i++) {
    const at = { x: 906 + (i % 2) * 132, y: 458 + Math.floor(i / 2) * 26 }
    paint(canvas, circle(at.x, at.y, 6), { colour: accent(i) })
    words(canvas, { x: at.x + 14, y: at.y - 4, width: 70, seed: i + 60 })
  }
}

function table(canvas: Canvas): void {
  card(canvas, { x: 256, y: 536, width: 908, height: 232 })
  for (let row = 0; row < 5; row++) {
    const y = 566 + row * 42
    const colour = row === 0 ? ink : faint
    if (row > 0)
      paint(canvas, rectangle({ x: 280, y: y - 17, width: 860, height: 1 }), { colour: hex('#e9ecf2') })
    if (row > 0) paint(canvas, circle(292, y + 5, 12), { colour: accent(row), opacity: 0.85 })
    words(canvas, { x: 320, y, width: 190, size: 9, colour, seed: row + 70 })
    words(canvas, { x: 560, y, width: 90, size: 9, colour, seed: row + 80 })
    words(canvas, { x: 740, y, width: 130, size: 9, colour, seed: row + 90 })
    const pill = { x: 1040, y: y - 6, width: 84, height: 22, radius: 11 }
    if (row > 0) paint(canvas, rectangle(pill), { colour: accent(row + 1), opacity: 0.18 })
    words(canvas, {
      x: 1056,
      y: y + 1,
      width: 56,
      size: 7,
      colour: row === 0 ? ink : accent(row + 1),
      seed: row,
    })
  }
}
