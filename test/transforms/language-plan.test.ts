// What holds for the plan of any request for any picture.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  canonical,
  exact,
  type Facts,
  outputFormats,
  type Pass,
  type Plan,
  parse,
  parseCanonical,
  passesOf,
  plan,
} from '../../transforms/index.ts'
import { factsBeforeLast, firstPass } from '../../transforms/plan/passes.ts'
import { client, facts, pairs, photo, write } from './language-arbitraries.ts'
import { planned } from './planned.ts'

interface Size {
  readonly width: number
  readonly height: number
}

const swapped = ({ width, height }: Size): Size => ({ width: height, height: width })
const isWhole = (value: number, min: number, max: number): void => {
  expect(Number.isInteger(value) && value >= min && value <= max, `${value} in ${min}..${max}`).toBe(true)
}

function isInside(box: Size & { left: number; top: number }, outer: Size): void {
  isWhole(box.width, 1, outer.width)
  isWhole(box.height, 1, outer.height)
  isWhole(box.left, 0, outer.width - box.width)
  isWhole(box.top, 0, outer.height - box.height)
}

/** Follows the steps by size, as an executor would; every box must lie inside, and the end be what was promised. */
const follow = (made: Plan, source: Facts): Size =>
  passesOf(made).reduce<Size>((size, pass) => followPass(pass, size), source)

function followPass(pass: Pass, source: Size): Size {
  const { density = 1, orient, extract, resize, crop, extend, cut, rotate, pad } = pass
  const drawn = {
    width: Math.max(1, Math.floor(source.width * density)),
    height: Math.max(1, Math.floor(source.height * density)),
  }
  const lies = (orient?.turns ?? 0) % 2 === 1
  let size: Size = lies ? swapped(drawn) : drawn
  if (extract) isInside(extract, size)
  size = resize ?? extract ?? size
  if (crop) isInside(crop.by === 'box' ? crop.box : { left: 0, top: 0, ...crop }, size)
  if (crop) size = crop.by === 'box' ? crop.box : crop
  if (extend)
    for (const side of [extend.top, extend.right, extend.bottom, extend.left]) isWhole(side, 0, 16384)
  if (extend) {
    size = {
      width: size.width + extend.left + extend.right,
      height: size.height + extend.top + extend.bottom,
    }
  }
  if (cut) isInside(cut, size)
  size = cut ? { width: cut.width, height: cut.height } : size
  size = rotate ? covered(rotate, size) : size
  const { top = 0, right = 0, bottom = 0, left = 0 } = pad ?? {}
  return { width: left + size.width + right, height: top + size.height + bottom }
}

/** The cut must lie within the box of the turned picture. */
function covered({ degrees, cut }: NonNullable<Plan['rotate']>, { width, height }: Size): Size {
  expect(degrees > 0 && degrees < 360 && degrees % 90 !== 0).toBe(true)
  const radians = (degrees * Math.PI) / 180
  const [cos, sin] = [Math.abs(Math.cos(radians)), Math.abs(Math.sin(radians))]
  isWhole(cut.width, 1, Math.floor(width * cos + height * sin))
  isWhole(cut.height, 1, Math.floor(width * sin + height * cos))
  return cut
}

const any = (check: (query: string, made: Plan, source: Facts) => void) =>
  fc.assert(
    fc.property(pairs, client, facts, (some, asking, source) => {
      const query = write(some)
      const made = planned(exact(parse(query), asking), source)
      if (made) check(query, made, source)
    }),
    { numRuns: 1500 },
  )

test('every box lies inside its picture, every result side is 1 to 8192 pixels', () => {
  any((_query, made, source) => {
    const { width, height } = follow(made, source)
    expect({ width, height }).toEqual({ width: made.width, height: made.height })
    for (const { width, height, resize } of passesOf(made)) {
      isWhole(width, 1, 8192)
      isWhole(height, 1, 8192)
      if (resize) isWhole(Math.max(resize.width, resize.height), 1, 16384)
    }
  })
})

test.each([
  ['rect=1000,10,10,10', 'rect'],
  ['rect=10,200,10,10', 'rect'],
  ['rect=1.0,0,10,10', 'rect'],
  ['rect=10,200,16:9', 'rect'],
  ['rect=200,0,10,10&turn=90', 'rect'],
  ['w=100&cut=100,0,10,10', 'cut'],
])('%s begins outside a picture of 300 by 200 pixels, and is refused by name', (query, option) => {
  const spec = exact(parse(query), { formats: 'basic', saveData: false })
  const outside = () => plan(spec, photo({ width: 300, height: 200 }))
  expect(outside).toThrow(/Expected a region that begins inside the picture, which is \d+ x \d+ pixels/)
  expect(outside).toThrow(
    expect.objectContaining({ kind: 'bad-option', details: expect.objectContaining({ option }) }),
  )
})

test('a share of a side below the whole begins inside, however few pixels the side has', () => {
  const spec = exact(parse('rect=0.9,0.5,1,1'), { formats: 'basic', saveData: false })
  expect(plan(spec, photo({ width: 4, height: 1 }))).toMatchObject({
    extract: { left: 3, top: 0, width: 1, height: 1 },
  })
})

test('a drawing is drawn and sized within the limits, whatever its own size is', () => {
  any((query, made, source) => {
    if (source.format !== 'svg' || /rot=/.test(query)) return
    const { density = 1, resize, crop } = firstPass(made)
    expect(Math.max(source.width, source.height) * density).toBeLessThanOrEqual(8192)
    if (resize && crop === undefined) expect(Math.max(resize.width, resize.height)).toBeLessThanOrEqual(8192)
  })
})

test('frames and transparency are those that the format can hold', () => {
  any((_query, made, source) => {
    const ability = outputFormats[made.encoding.format]
    expect(made.pages).toBe(made.frames === 'all' ? source.pages : 1)
    expect(made.pages === 1 || ability.animation).toBe(true)
    expect(made.flatten || ability.alpha || !factsBeforeLast(made, source).alpha).toBe(true)
    expect(made.background.alpha === 1 || ability.alpha).toBe(true)
    expect(made.encoding.quality === undefined).toBe(made.encoding.lossless)
  })
})

test('the canonical text makes the same plan as the request', () => {
  fc.assert(
    fc.property(pairs, client, facts, (some, asking, source) => {
      const spec = exact(parse(write(some)), asking)
      expect(planned(parseCanonical(canonical(spec)), source)).toEqual(planned(spec, source))
    }),
  )
})

test('a plan is made of numbers that survive being sent', () => {
  any((_query, made) => {
    expect(JSON.parse(JSON.stringify(made))).toEqual(made)
  })
})
