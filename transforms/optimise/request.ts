// The request to the optimiser and its answer, as plain types that the files of all formats share.
import type { optimisedFormats } from '../formats.ts'

export type Mode = 'lossless' | 'lossy' | 'quality'
/** How good a lossy picture must look: scores of 72, 76, 80 and 85. */
export type Level = 'eco' | 'default' | 'high' | 'max'
/** Kraken's names (api-kraken.md, preserve_meta): everything else that is not pixels goes. */
export const keepableMetadata = ['profile', 'date', 'copyright', 'geotag', 'orientation'] as const
export type Keep = (typeof keepableMetadata)[number]
/**
 * The formats of a result: those that are written here, and SVG, which is rewritten but never made from another format.
 */
export type OptimisedFormat = (typeof optimisedFormats)[number] | 'svg'

/** Chroma subsampling of a JPEG: halved both ways, across only, or not at all. */
export type Chroma = '4:2:0' | '4:2:2' | '4:4:4'

/** The mode where none is named, for the APIs, the command line and the page. */
export const defaultMode = (quality: unknown): Mode => (quality === undefined ? 'lossy' : 'quality')

export const levels: Readonly<Record<Level, number>> = { eco: 72, default: 76, high: 80, max: 85 }

export interface OptimiseRequest {
  readonly mode: Mode
  /** Lossy mode: the score to reach. */
  readonly level?: Level
  /** Quality mode: the encoder's own quality, 1 to 100. */
  readonly quality?: number
  /**
   * The most bytes: lossy and quality mode go below their level or quality for it. 'bad-option' where nothing is so
   * small.
   */
  readonly maxBytes?: number
  /** 'same' (the default) keeps the source's format; 'auto' also tries the formats every browser shows. */
  readonly format?: 'same' | 'auto' | (typeof optimisedFormats)[number]
  /** JPEG only: the result has this subsampling whatever it costs. Found by score unless it is named. */
  readonly chroma?: Chroma
  /** JPEG only: false makes a baseline JPEG, which loads from top to bottom. */
  readonly progressive?: boolean
  readonly keep?: readonly Keep[]
  /** Milliseconds after which no further candidate begins. One that runs is waited for. */
  readonly budgetMs?: number
}

/** One candidate that was tried. */
export interface Attempt {
  readonly name: string
  /** Absent when it made no file. */
  readonly bytes?: number
  readonly ms: number
  /** 'chosen', 'larger', or in words why it may not be used. */
  readonly verdict: string
}

/** What a lossy candidate found out about its file. */
export interface CandidateResult {
  /** SSIMULACRA2 against the source, where it was judged. */
  readonly score?: number
  readonly quality?: number
  readonly chroma?: Chroma
  /** How many encodes were judged. */
  readonly probes?: number
  readonly reason?: string
  /** The target score, where there was one. */
  readonly target?: number
  /** The time budget ended the search: with more time the result may be smaller, or better. */
  readonly stoppedEarly?: boolean
}

export interface OptimiseReport extends Omit<CandidateResult, 'reason'> {
  readonly sourceBytes: number
  readonly bytes: number
  readonly saved: number
  readonly mode: Mode
  readonly tried: readonly Attempt[]
  /** The name of the attempt that is the result; 'original' when none was. */
  readonly chosen: string
  readonly reason: string
  /** Parts of the source beside its pixels that are not in the result: 'c2pa', 'trailer', 'script'... */
  readonly dropped: readonly string[]
}

export interface Optimised {
  readonly body: Uint8Array
  readonly format: OptimisedFormat
  readonly report: OptimiseReport
}
