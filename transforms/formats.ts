// The formats we write, what each can hold, and how each is named in URLs and in HTTP.

export type OutputFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif'

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
}

/**
 * What a client accepts beyond the formats every browser reads, reduced to a closed list so that `Accept` makes few
 * variants. The edge puts the class into the canonical URL; which format of the class it becomes is decided from the
 * picture itself (an animation cannot be AVIF), by `plan`.
 */
export type FormatClass = 'avif,webp' | 'avif' | 'webp' | 'basic'
