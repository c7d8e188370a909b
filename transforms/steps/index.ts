// The steps of a plan, in the order they are done in. All that must know of every step reads this list: the table of
// options, exact addresses, plans, prices, the renderer, and whether a picture stays as it is.
import type { Rows, Values } from '../options/option-types.ts'
import { blur } from './blur.ts'
import { crop } from './crop.ts'
import { cut } from './cut.ts'
import { extend } from './extend.ts'
import { extract } from './extract.ts'
import { flip } from './flip.ts'
import { orient } from './orient.ts'
import { pixelate } from './pixelate.ts'
import { resize } from './resize.ts'
import { rotate } from './rotate.ts'
import { sharpen } from './sharpen.ts'
import type { Amounts, Step } from './step.ts'

export const steps = [
  orient,
  extract,
  resize,
  crop,
  extend,
  cut,
  flip,
  rotate,
  blur,
  sharpen,
  pixelate,
] as const

type Listed = (typeof steps)[number]
export type StepName = Listed['name']
type All<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer Each) => void
  ? Each
  : never

/** What a plan says of each step; a step that is absent is not done. */
export type StepValues = {
  readonly [S in Listed as S['name']]?: S extends Step<string, Rows, infer Value> ? Value : never
}

export const stepRows = Object.assign({}, ...steps.map(({ rows }) => rows)) as All<Listed['rows']>

/** What an exact address says of all steps. */
export type StepSpec = Values<typeof stepRows>

/** As loops see it. */
export const eachStep: readonly Step<StepName, Rows, unknown>[] = steps

/** The steps that a plan does, in their order. */
export const stepsIn = (plan: StepValues): readonly StepName[] =>
  steps.map(({ name }) => name).filter((name) => plan[name] !== undefined)

/** Whether a plan of several frames has to be done to each of them alone. */
export const needsFrames = (plan: StepValues): boolean =>
  eachStep.some(({ name, isApart }) => plan[name] !== undefined && isApart(plan[name]))

export const workOfSteps = (plan: StepValues, amounts: Amounts): readonly (readonly [string, number])[] =>
  eachStep
    .filter(({ name }) => plan[name] !== undefined)
    .flatMap((step) => Object.entries(step.work(plan[step.name], amounts)))
