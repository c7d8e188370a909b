// The formats we write, what each can hold, and how each is named in URLs and in HTTP.

/** Those that the optimiser writes too. */
export const optimisedFormats = ['jpeg', 'png', 'webp', 'avif', 'gif'] as const

export type OutputFormat = (typeof optimisedFormats)[number] | 'jxl'

interface Ability {
  /** Media type, as sent in Content-Type and met in Accept. */
  readonly type: string
  readonly alpha: boolean
  /** Animation we can write: sharp would lay an animation's frames into one AVIF film strip, so AVIF says no. */
  readonly animation: boolean
  readonly lossy: boolean
}

export const outputFormats: Readonly<Record<OutputFormat, Ability>> = {
  jpeg: { type: 'image/jpeg', alpha: false, animation: false, lossy: true },
  png: { type: 'image/png', alpha: true, animation: false, lossy: false },
  webp: { type: 'image/webp', alpha: true, animation: true, lossy: true },
  avif: { type: 'image/avif', alpha: true, animation: false, lossy: true },
  gif: { type: 'image/gif', alpha: true, animation: true, lossy: false },
  // By a program of the machine, see render/jxl.ts.
  jxl: { type: 'image/jxl', alpha: true, animation: false, lossy: true },
}

/** What films are stored as, those that are read and those that are made. */
export type VideoFormat = 'mp4' | 'webm'

export const isVideo = (format: unknown): format is VideoFormat => format === 'mp4' || format === 'webm'

/** Whether a profile of ours is put into its files; the others are in sRGB. */
export const carriesProfile = (format: OutputFormat): boolean => format !== 'gif' && format !== 'jxl'

/**
 * What a client accepts beyond the formats every browser reads, reduced to a closed list so that `Accept` makes few
 * variants. The edge puts the class into the canonical URL; which format of the class it becomes is decided from the
 * picture itself (an animation cannot be AVIF), by `plan`.
 */
export const formatClasses = [
  ...(['basic', 'webp', 'avif', 'avif,webp'] as const),
  ...(['jxl', 'jxl,webp', 'jxl,avif', 'jxl,avif,webp'] as const),
  // A player: what moves is a video for it, and all else what every browser reads.
  'video',
] as const

export type FormatClass = (typeof formatClasses)[number]

type Negotiated = 'jxl' | 'avif' | 'webp'

export const takes = (formats: FormatClass, format: Negotiated): boolean =>
  formats.split(',').includes(format)

/** The class of those that take the same but for JPEG XL. */
export const withoutJxl = (formats: FormatClass): FormatClass =>
  formats === 'jxl' ? 'basic' : (formats.replace('jxl,', '') as FormatClass)
