// The two shapes of a request, vague and exact, and what stands between them: the client.
import type { FormatClass } from '../formats.ts'

export type { Options, Spec } from './options.ts'

/** What a client said of itself, as far as it may change a picture. */
export interface Client {
  /** From `Accept`. */
  readonly formats: FormatClass
  /** From the `Width` hint: physical pixels, already snapped to the ladder of widths. */
  readonly width?: number
  /** From the `DPR` hint. */
  readonly dpr?: number
  /** From `Save-Data`. */
  readonly saveData: boolean
}

/** Which facts about the client an answer depends on: the edge builds `Vary` from it. */
export interface Dependence {
  readonly accept: boolean
  readonly width: boolean
  readonly dpr: boolean
  readonly saveData: boolean
}
