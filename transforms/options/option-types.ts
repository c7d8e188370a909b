// What one row of the table of options is made of, and the values that options have.

/** A side: whole pixels, or a share (above 0, up to 1) of the same side of the picture it is taken from. */
export type Length = { readonly px: number } | { readonly share: number }

/**
 * Where a region begins on one axis: at a distance from the left or top edge, centred, at the far edge, or behind a
 * share of the room that it leaves.
 */
export type Position = Length | 'centre' | 'end' | { readonly room: number }

/** A region of the upright source. */
export type Region = {
  readonly x: Position
  readonly y: Position
} & (
  | { readonly width: Length; readonly height: Length }
  /** The largest part of this ratio of width to height. */
  | { readonly ratio: number }
)

/** Quarter turns clockwise, then a left-right mirror, of the upright or of the stored picture. */
export interface Turn {
  readonly isRaw: boolean
  readonly turns: 0 | 1 | 2 | 3
  readonly mirror: boolean
}

/** What a form offers for a value; a line of text where a kind names none. */
export type Control =
  | {
      readonly type: 'number'
      readonly min: number
      readonly max: number
      readonly step: 1 | 'any'
      /** What may be written instead of a number. */
      readonly words?: readonly string[]
    }
  | { readonly type: 'words'; readonly words: readonly string[]; readonly isList: boolean }
  | { readonly type: 'colour' }

/** How the values of an option are spelled. */
export interface Kind<T> {
  /** Completes "Expected ... for w, received 0". */
  readonly expected: string
  /** Words that the language knows and Halftone does not do: refused by name. */
  readonly refused?: readonly string[]
  readonly control?: Control
  /** The value, or undefined when `text` is not one. */
  read(text: string): T | undefined
  /** The one canonical spelling: `read(write(value))` is `value`. Only characters that a query needs not encode. */
  write(value: T): string
}

/** In the order of the documentation. */
export const sections = [
  'Size',
  'Crop',
  'Orientation',
  'Colour',
  'Effects',
  'Fill and background',
  'Shape, border and padding',
  'Watermark and blend',
  'Text',
  'Further passes',
  'Animation',
  'Format',
  'Told instead of a picture',
  'Automatic',
  'Access',
] as const

export type Section = (typeof sections)[number]

/** What shows an option on the page of options: its picture beside the one without it. */
export interface Example {
  readonly value: string
  /** Options that both pictures have because this one needs them, as a query. */
  readonly beside?: string
  /** What both pictures are asked for in, as a query. */
  readonly frame?: string
  /** One of samples/pictures. */
  readonly sample?: string
  /** Why the picture is the same with it. */
  readonly same?: string
  /** The answer is a text. */
  readonly isText?: true
}

/** One row of the table. */
export interface Option<T> {
  readonly key: string
  readonly aliases?: readonly string[]
  readonly kind: Kind<T>
  readonly section: Section
  /** One or two sentences for the documentation. */
  readonly about: string
  /** Of every option that a request may carry; a test holds that none is missing or idle. */
  readonly example?: Example
  /** Never written into canonical text. */
  readonly default?: T
  /** Options without which this one has no effect, for the documentation. */
  readonly needs?: string
  /** Its text is a query of its own, and is written as one. */
  readonly isQuery?: boolean
  /** May be repeated, its values are merged; it has no Base64 form. */
  readonly merges?: boolean
  /** Has no Base64 form (`key64`). */
  readonly plainOnly?: boolean
}

export type Rows = Readonly<Record<string, Option<unknown>>>

/** The longest side of any result, in pixels; reference: "Size limits: 8192 per output side". */
export const maxSide = 8192

export type ValueOf<R> = R extends { readonly kind: Kind<infer T> } ? T : never

/** Absent is not given. */
export type Values<R> = { readonly [K in keyof R]?: ValueOf<R[K]> }
