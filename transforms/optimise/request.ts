// What is asked of the optimiser, and what it answers: plain types, shared by every format's file.
import type { OutputFormat } from '../formats.ts'

export type Mode = 'lossless' | 'lossy' | 'quality'
/** How good a lossy picture must look: scores of 72, 76, 80 and 85. */
export type Level = 'eco' | 'default' | 'high' | 'max'
/** Kraken's names (api-kraken.md, preserve_meta): everything else that is not pixels goes. */
export const keepableMetadata = ['profile', 'date', 'copyright', 'geotag', 'orientation'] as const
export type Keep = (typeof keepableMetadata)[number]
/** What comes out: what we write, and SVG, which is rewritten but never made. */
export type OptimisedFormat = OutputFormat | 'svg'

/** Chroma subsampling of a JPEG: halved both ways, across only, or not at all. */
export type Chroma = '4:2:0' | '4:2:2' | '4:4:4'

/** Where none is named, of every API, the command line and the page: what nobody sees may be lost, or what a quality loses. */
export const defaultMode = (quality: unknown): Mode => (quality === undefined ? 'lossy' : 'quality')

export const levels: Readonly<Record<Level, number>> = { eco: 72, default: 76, high: 80, max: 85 }

export interface OptimiseRequest {
  readonly mode: Mode
  /** Lossy mode: the score to reach. */
  readonly level?: Level
  /** Quality mode: the encoder's own quality, 1 to 100. */
  readonly quality?: number
  /** Lossy and quality mode go below the level or quality rather than above this; 'bad-option' where nothing is so small. */
  readonly maxBytes?: number
  /** 'same' (the default) keeps the source's format; 'auto' also tries the formats every browser shows. */
  readonly format?: 'same' | 'auto' | OutputFormat
  /** JPEG only: the result has it whatever it costs; found by score unless told. */
  readonly chroma?: Chroma
  /** JPEG only: false gives one that loads from top to bottom. */
  readonly progressive?: boolean
  readonly keep?: readonly Keep[]
  /** Milliseconds after which no further candidate is begun; one that runs is waited for. */
  readonly budgetMs?: number
}

/** One way that was tried. */
export interface Attempt {
  readonly name: string
  /** Absent when nothing came out. */
  readonly bytes?: number
  readonly ms: number
  /** 'chosen', 'larger', or in words why it may not be used. */
  readonly verdict: string
}

/** What a lossy way found out about its result. */
export interface Result {
  /** SSIMULACRA2 against the source, where it was judged. */
  readonly score?: number
  readonly quality?: number
  readonly chroma?: Chroma
  /** Encodings that were judged on the way. */
  readonly probes?: number
  readonly reason?: string
  /** The score that was aimed at, where one was. */
  readonly target?: number
  /** The budget ended the search: with more time the result may be smaller, or better. */
  readonly stoppedEarly?: boolean
}

export interface OptimiseReport extends Omit<Result, 'reason'> {
  readonly sourceBytes: number
  readonly bytes: number
  readonly saved: number
  readonly mode: Mode
  readonly tried: readonly Attempt[]
  /** The name of the attempt that is the result; 'original' when none was. */
  readonly chosen: string
  readonly reason: string
  /** What was found beside the pixels and is not in the result: 'c2pa', 'trailer', 'script'... */
  readonly dropped: readonly string[]
}

export interface Optimised {
  readonly body: Uint8Array
  readonly format: OptimisedFormat
  readonly report: OptimiseReport
}
