// The steps of an exact request, pass by pass: each option in its one form, and no pass that does nothing.
import { addPresent } from '../options/present.ts'
import { eachStep, type StepSpec } from '../steps/index.ts'
import { densityOf } from '../steps/sizing.ts'
import type { Known } from '../steps/step.ts'
import type { Options, Spec } from './options.ts'
import { type Pass, withoutPresets } from './rows-chain.ts'
import type { Client } from './spec.ts'

type Hinted = Known['hinted']

/** Whether this background changes nothing in the result of the last pass. */
type IsIdle = (background: Pass['background']) => boolean

/** The first pass as options of the whole, and those behind it. */
export function passesOf(options: Options, client: Client, isIdle: IsIdle): Pass & Pick<Spec, 'passes'> {
  const hinted = hintedTo(options, client)
  const first = stepped(options, { hinted, density: densityOf(options, hinted) })
  const { background, passes } = options
  if (!passes) return background === undefined || isIdle(background) ? first : { ...first, background }
  const begun = { ...first, ...(background && { background }) }
  const [start = {}, ...rest] = withoutIdle(chained(begun, options, hinted), isIdle)
  return rest.length > 0 ? { ...start, passes: rest } : start
}

/** The options of the first pass's steps in their one form. */
export function steppedFor(options: Options, client: Client): StepSpec {
  const hinted = hintedTo(options, client)
  return stepped(options, { hinted, density: densityOf(options, hinted) })
}

function hintedTo({ hints = [] }: Options, client: Client): Hinted {
  return {
    width: hints.includes('width') ? client.width : undefined,
    dpr: hints.includes('dpr') ? client.dpr : undefined,
  }
}

function chained(first: Pass, options: Options, hinted: Hinted): readonly Pass[] {
  let density = densityOf(options, hinted)
  const passes = [first]
  for (const pass of options.passes ?? []) {
    const { asked, hint } = denser(pass, options.dpr, hinted.dpr)
    // Without a size of its own, a pass is of as many pixels as the one before it.
    if (isInPixels(pass) || pass.dpr !== undefined) density = densityOf(asked, hint)
    const { background } = pass
    passes.push({ ...stepped(asked, { hinted: hint, density }), ...(background && { background }) })
  }
  return passes.map(withoutPresets)
}

/** The density of the whole counts for a size in pixels; a share is one of a picture that has it already. */
function denser(pass: Pass, dpr: number | undefined, hinted: number | undefined) {
  if (pass.dpr !== undefined || !isInPixels(pass)) return { asked: pass, hint: {} }
  const hint: Hinted = hinted === undefined ? {} : { dpr: hinted }
  return { asked: dpr === undefined ? pass : { ...pass, dpr }, hint }
}

const isInPixels = ({ width, height }: Pass): boolean =>
  [width, height].some((side) => side !== undefined && 'px' in side)

/** What is left of the last pass may be nothing, and then the one before it is the last. */
function withoutIdle(passes: readonly Pass[], isIdle: IsIdle): readonly Pass[] {
  const some = passes.filter((pass) => Object.keys(pass).length > 0)
  const last = some.at(-1)
  if (!last?.background || !isIdle(last.background)) return some
  const { background: _, ...rest } = last
  const others = some.slice(0, -1)
  return Object.keys(rest).length > 0 ? [...others, rest] : withoutIdle(others, isIdle)
}

const named = eachStep.map((step) => ({ step, names: Object.keys(step.rows) }))

function stepped(options: Pass, { hinted, density }: Pick<Known, 'hinted' | 'density'>): StepSpec {
  const spec: { -readonly [K in keyof StepSpec]: StepSpec[K] } = {}
  // Into one object, and only what was asked for, because this runs on every hit.
  for (const { step, names } of named)
    if (hinted.width !== undefined || names.some((name) => name in options))
      addPresent(spec, step.exact(options, { hinted, density, fit: spec.fit }))
  return spec
}
