// A chain of passes: what each does, and what is known of the picture between two of them.
import type { Facts } from '../facts.ts'
import type { Spec } from '../language/options.ts'
import { type Pass as AskedPass, passNames } from '../language/rows-chain.ts'
import { white } from '../options/colour.ts'
import { addsColour, opensUp, type StepValues, stepsIn } from '../steps/index.ts'
import type { Draft, FindFacts } from '../steps/step.ts'
import type { Pass, Plan } from './plan-types.ts'

/** What each pass of a spec asks for, the first one first. */
export function askedPasses({ passes = [], ...spec }: Spec): readonly AskedPass[] {
  return [spec, ...passes]
}

/** What is asked of the whole picture, and of the last pass. */
export function lastAsked({ passes = [], ...spec }: Spec): Spec {
  const last = passes.at(-1)
  if (!last) return spec
  const whole: Record<string, unknown> = { ...spec }
  for (const name of passNames) delete whole[name]
  return { ...whole, ...last }
}

export type Draw = (asked: AskedPass, facts: Facts, find: FindFacts) => Draft

export interface Chain {
  readonly before: readonly Pass[]
  /** Of the picture that the last pass is done to. */
  readonly facts: Facts
}

/** All passes but the last. One that would change nothing is left out. */
export function chainOf(
  spec: Spec,
  facts: Facts,
  way: { readonly draw: Draw; readonly find: FindFacts },
): Chain {
  const before: Pass[] = []
  let known = facts
  for (const [nth, asked] of askedPasses(spec).slice(0, -1).entries()) {
    const pass = passOf(asked, known, { ...way, nth })
    const isIdle = stepsIn(pass).length === 0 && pass.density === undefined && !pass.flatten
    if (!isIdle) before.push(pass)
    known = {
      ...(isIdle ? { ...known, orientation: 1 } : factsAfter(pass, known)),
      ...seenBefore(facts, nth + 1),
    }
  }
  return { before, facts: known }
}

interface Way {
  readonly draw: Draw
  readonly find: FindFacts
  readonly nth: number
}

function passOf(asked: AskedPass, facts: Facts, { draw, find, nth }: Way): Pass {
  const draft = draw(asked, facts, find)
  const { background = white } = asked
  return {
    ...draft,
    background,
    flatten: (facts.alpha || opensUp(draft)) && asked.background !== undefined && background.alpha > 0,
    ...(nth > 0 && { nth }),
  }
}

/** Of pixels that a pass has made. */
export function factsAfter(pass: Pass, facts: Facts): Facts {
  const { lossless: _, colour: __, exact: ___, ...known } = facts
  const { background, flatten, width, height } = pass
  const isClear = pass.extend?.paint === 'background' && background.alpha < 1
  const isGrey = facts.space === 'gray' && !addsColour(pass) && isNeutral(background)
  return {
    ...known,
    // Nothing of their file is known or needed any more.
    ...{ format: 'png', width, height, orientation: 1, icc: false, depth: 8, scans: 1, progressive: false },
    alpha: (facts.alpha || opensUp(pass) || isClear) && !(flatten && background.alpha === 1),
    space: isGrey ? 'gray' : 'rgb',
  }
}

const isNeutral = ({ r, g, b }: Pass['background']): boolean => r === g && g === b

type Seen = Pick<Facts, 'content' | 'faces'>

/** What has been seen of the picture that the pass of this number is done to. */
function seenBefore({ content, faces, later = [] }: Facts, nth: number): Seen {
  const seen = nth === 0 ? { content, faces } : later[nth - 1]
  return { content: undefined, faces: undefined, ...seen } as Seen
}

/** The same facts with what has just been seen before this pass. */
export function withSeen(facts: Facts, { nth = 0 }: Pick<Pass, 'nth'>, seen: Seen): Facts {
  if (nth === 0) return { ...facts, ...seen }
  const later = Array.from({ length: Math.max(nth, facts.later?.length ?? 0) }, (_, at) => ({
    ...facts.later?.[at],
    ...(at === nth - 1 && seen),
  }))
  return { ...facts, later }
}

/** Every pass of a plan, the last one too. */
export const passesOf = (plan: Plan): readonly Pass[] => [...(plan.before ?? []), plan]

/** The pass that reads the source. */
export const firstPass = (plan: Plan): Pass => plan.before?.[0] ?? plan

/** Of the picture that the last pass is done to. */
export const factsBeforeLast = ({ before = [] }: Plan, facts: Facts): Facts =>
  before.reduce((known, pass) => factsAfter(pass, known), facts)

/** Whether a step of any pass waits for what only the pixels tell. */
export const waitsForPixels = ({ trim, faces }: StepValues): boolean => (trim ?? faces) !== undefined
