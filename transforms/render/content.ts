// Where the content of a picture lies within its border: `trim`, which only the pixels can answer.
import type { Sharp } from 'sharp'
import { Failure } from '../../errors.ts'
import type { Facts } from '../facts.ts'
import { type Pixels, pixelsOf } from '../pixels/run.ts'
import { withSeen } from '../plan/passes.ts'
import { type Pass, type Plan, plan } from '../plan/plan.ts'
import { admit, affordable, defaultLimits } from '../price.ts'
import type { Size } from '../steps/geometry/sizes.ts'
import { frame } from './steps/frame.ts'

type Trim = NonNullable<Plan['trim']>
type Content = NonNullable<Facts['content']>

/** The plan for what is left of the picture, and the facts with it. Fails with 'too-costly' where that costs much more than was foreseen. */
export async function trimmed(
  asked: { plan: Plan; facts: Facts },
  pass: Pass,
  ground: { facts: Facts; open: () => Promise<{ image: Sharp; size: Size }> },
): Promise<{ plan: Plan; facts: Facts }> {
  const { trim, extract, orient, background } = pass
  const { spec, further } = asked.plan
  if (!trim || !spec) return asked
  const { image, size } = await ground.open()
  const shown = frame(image, size, {
    background,
    flatten: false,
    ...(orient && { orient }),
    ...(extract && { extract }),
  })
  const found = contentOf(await pixelsOf(shown.toColourspace('srgb')), trim)
  const known = withSeen(asked.facts, pass, { content: inUnitsOf(ground.facts, size, found) })
  const again = affordable(plan(spec, known, further), known, defaultLimits)
  admit(known, again, defaultLimits)
  if (again.source === 'only') throw new Failure('too-costly', 'The picture would cost too much to make.')
  return { plan: again, facts: known }
}

/** A drawing (SVG) is looked at in the size that it is drawn in, and cut in its own. */
function inUnitsOf({ width, height }: Size, drawn: Size, content: Content): Content {
  if (drawn.width === width && drawn.height === height) return content
  const [x, y] = [width / drawn.width, height / drawn.height]
  const [left, top] = [Math.round(content.left * x), Math.round(content.top * y)]
  const [right, bottom] = [content.left + content.width, content.top + content.height]
  return {
    left: Math.min(left, width - 1),
    top: Math.min(top, height - 1),
    width: Math.max(1, Math.min(width, Math.round(right * x)) - left),
    height: Math.max(1, Math.min(height, Math.round(bottom * y)) - top),
  }
}

/** Of all frames together; the whole picture where all of it is border. */
export function contentOf(pixels: Pixels, trim: Trim): Content {
  const { width, height, channels, data } = pixels
  const frames = data.length / (width * height * channels)
  const isBorder = borderTest(pixels, trim)
  const [rows, columns] = [linesOf(height), linesOf(width)]
  const line = { start: 0, count: 0, step: 0 }
  for (let n = 0; n < frames; n++) {
    const first = n * width * height * channels
    const hasRow = (y: number) =>
      !isBorder(Object.assign(line, { start: first + y * width * channels, count: width, step: channels }))
    const hasColumn = (x: number) =>
      !isBorder(Object.assign(line, { start: first + x * channels, count: height, step: width * channels }))
    narrow(rows, hasRow)
    narrow(columns, hasColumn)
  }
  if (rows.from > rows.to || columns.from > columns.to) return { left: 0, top: 0, width, height }
  const y = widened(rows, trim.pad)
  const x = widened(columns, trim.pad)
  return { left: x.from, top: y.from, width: x.to - x.from + 1, height: y.to - y.from + 1 }
}

interface Lines {
  /** The first and the last that are not border, as far as it is known. */
  from: number
  to: number
  readonly count: number
}

const linesOf = (count: number): Lines => ({ from: count, to: -1, count })

function narrow(lines: Lines, hasContent: (at: number) => boolean): void {
  for (let at = 0; at < lines.from; at++) if (hasContent(at)) lines.from = at
  for (let at = lines.count - 1; at > lines.to; at--) if (hasContent(at)) lines.to = at
}

function widened({ from, to, count }: Lines, pad: number): { from: number; to: number } {
  const [start, end] = [Math.max(0, from - pad), Math.min(count - 1, to + pad)]
  if (start <= end) return { from: start, to: end }
  const middle = Math.min(count - 1, Math.max(0, Math.floor((from + to) / 2)))
  return { from: middle, to: middle }
}

/** A row or a column of the pixels. */
interface Line {
  readonly start: number
  readonly count: number
  readonly step: number
}

function borderTest({ data, channels }: Pixels, trim: Trim): (line: Line) => boolean {
  const colours = channels < 3 ? 1 : 3
  if (trim.by === 'alpha') {
    if (colours === channels) return () => false
    return ({ start, count, step }) => {
      for (let n = 0, at = start + colours; n < count; n++, at += step)
        if ((data[at] as number) > trim.most) return false
      return true
    }
  }
  const corner = [0, 1, 2].map((c) => data[Math.min(c, colours - 1)] as number)
  if (trim.by === 'auto') return (line) => isAlike({ data, colours, corner }, line, trim)
  const { colour, tolerance } = trim
  const border = colour ? [colour.r, colour.g, colour.b] : corner
  return ({ start, count, step }) => {
    for (let n = 0, at = start; n < count; n++, at += step)
      for (let c = 0; c < 3; c++)
        if (Math.abs((data[at + Math.min(c, colours - 1)] as number) - (border[c] as number)) > tolerance)
          return false
    return true
  }
}

interface Compared {
  readonly data: Uint8Array
  readonly colours: number
  readonly corner: readonly number[]
}

function isAlike(
  { data, colours, corner }: Compared,
  { start, count, step }: Line,
  { mean, deviation }: Extract<Trim, { by: 'auto' }>,
): boolean {
  let [sum, squares] = [0, 0]
  for (let n = 0, at = start; n < count; n++, at += step) {
    let off = 0
    for (let c = 0; c < colours; c++)
      off = Math.max(off, Math.abs((data[at + c] as number) - (corner[c] as number)))
    sum += off
    squares += off * off
  }
  const average = sum / count
  return average <= mean && Math.sqrt(Math.max(0, squares / count - average * average)) <= deviation
}
