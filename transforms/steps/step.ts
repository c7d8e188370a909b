// What one step of a plan is made of, without its pixels: those are under the same name in render/steps/.
import type { Facts } from '../facts.ts'
import type { Rows, Values } from '../options/option-types.ts'
import type { Geometry } from './geometry/geometry.ts'
import type { Size } from './geometry/sizes.ts'

export interface Step<Name extends string, R extends Rows, Value> {
  /** Of the step, and of its value in a plan. */
  readonly name: Name
  /** Its options: a request may carry them, and so may an exact address. */
  readonly rows: R
  /** Its options in their one form, without what has no effect. */
  exact(options: Values<R>, known: Known): Loose<Values<R>>
  /** The plan so far with this step's value, or without it where the step would change nothing. */
  plan(draft: Draft, spec: Values<R>, facts: Facts, find: FindFacts): Draft
  /** Whether each frame of an animation has to be worked on alone. */
  isApart(value: Value): boolean
  /** Milliseconds of CPU for one of each thing that `work` counts; fitted by bench/price.ts. */
  readonly rates: Readonly<Record<string, number>>
  /** How much there is to do. */
  work(value: Value, amounts: Amounts): Readonly<Record<string, number>>
  /** Pictures that the step needs beside the one it is done to. */
  sources?(spec: Values<R>): readonly SourceName[]
  /** Whether a grey picture may be coloured after it. */
  colours?(value: Value): boolean
  /** Whether it draws edges of colour, which encoders spend time on, see render/in-colour.ts. */
  edges?(value: Value): boolean
  /** Whether an opaque picture may be seen through after it. */
  opens?(value: Value): boolean
}

/** A picture by its configured source and its path there, as an exact address names it. */
export interface SourceName {
  readonly source: string
  readonly path: string
}

/** A picture beside the source, as the planner knows it. */
export interface FurtherPicture {
  /** Its place among all of them. */
  readonly index: number
  readonly facts: Facts
}

export type FindFacts = (name: SourceName) => FurtherPicture

/** What is known of a request beside its options. */
export interface Known {
  /** From client hints, as far as the address lets them count: physical pixels, and a density. */
  readonly hinted: { readonly width?: number | undefined; readonly dpr?: number | undefined }
  /** Pixels of the result for one of the address: what options that are lengths have to be multiplied by. */
  readonly density: number
  /** The fit mode in effect, once the size is known. */
  readonly fit?: string | undefined
}

/** A plan that is being made: effects add their values to the geometry. */
export type Draft = Geometry & { readonly [effect: string]: unknown }

/** Megapixels of all frames together. */
export interface Amounts {
  /** Out of the decoder. */
  readonly loaded: number
  /** After resizing. */
  readonly resized: number
  /** Of the result. */
  readonly made: number
  /** How many there are. */
  readonly frames?: number
}

export type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined }

/** A step that moves pixels, or one whose value depends on the steps before it. */
export const stepOf =
  <Value>() =>
  <const Name extends string, R extends Rows>(step: Step<Name, R, Value>): Step<Name, R, Value> =>
    step

type Effect<Name extends string, R extends Rows, Value> = Omit<Step<Name, R, Value>, 'plan' | 'isApart'> & {
  /** Undefined where nothing is to be done. `size` is that of the picture so far. */
  value(spec: Values<R>, size: Size, find: FindFacts): Value | undefined
}

/**
 * A step upon finished pixels, whose value is said by its own options. It sees a pixel's neighbours, which in an
 * animation may be those of another frame.
 */
export const effectOf =
  <Value>() =>
  <const Name extends string, R extends Rows>(effect: Effect<Name, R, Value>): Step<Name, R, Value> => ({
    ...effect,
    isApart: () => true,
    plan(draft, spec, _facts, find) {
      const value = effect.value(spec, draft, find)
      return value === undefined ? draft : { ...draft, [effect.name]: value }
    },
  })

/** An effect upon each pixel by itself: all frames of an animation can be done at once. */
export const pointEffectOf =
  <Value>() =>
  <const Name extends string, R extends Rows>(effect: Effect<Name, R, Value>): Step<Name, R, Value> => ({
    ...effectOf<Value>()(effect),
    isApart: () => false,
  })
