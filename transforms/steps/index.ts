// What is asked of all steps at once: their options, their values in a plan, what they cost, what they need.
import type { Rows, Values } from '../options/option-types.ts'
import { steps } from './list.ts'
import type { Amounts, SourceName, Step } from './step.ts'

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

/** Whether a grey picture may be coloured once the plan is done. */
export const addsColour = (plan: StepValues): boolean =>
  eachStep.some(({ name, colours }) => plan[name] !== undefined && colours?.(plan[name]))

/** Whether an opaque picture may be seen through once the plan is done. */
export const opensUp = (plan: StepValues): boolean =>
  eachStep.some(({ name, opens }) => plan[name] !== undefined && opens?.(plan[name]))

/** Whether edges of colour are drawn that the source need not have. */
export const drawsEdges = (plan: StepValues): boolean =>
  eachStep.some(({ name, edges }) => plan[name] !== undefined && edges?.(plan[name]))

export const workOfSteps = (plan: StepValues, amounts: Amounts): readonly (readonly [string, number])[] =>
  eachStep
    .filter(({ name }) => plan[name] !== undefined)
    .flatMap((step) => Object.entries(step.work(plan[step.name], amounts)))

type ChainSpec = StepSpec & { readonly passes?: readonly StepSpec[] }

/** Pictures that the steps of a spec need beside the one they are done to, each once, pass by pass in their order. */
export function furtherSources(spec: ChainSpec): readonly SourceName[] {
  const named = [spec, ...(spec.passes ?? [])].flatMap((pass) =>
    eachStep.flatMap((step) => step.sources?.(pass) ?? []),
  )
  return [...new Map(named.map((each) => [`${each.source}/${each.path}`, each])).values()]
}
