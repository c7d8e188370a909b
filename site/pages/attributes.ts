// What is added to the tag of a picture, given what is known of the picture and how the site wants it. Pure.
import type { Added, Element } from './rewriter.ts'

/** How a site wants its pages. */
export interface PageSettings {
  readonly dimensions: boolean
  /** Widths in pixels that are offered; none where it is empty. */
  readonly srcset: readonly number[]
  /** The text of `sizes` where a `srcset` is added; by the picture's own width where it is empty. */
  readonly sizes: string
  readonly lazy: boolean
  /** How many pictures at the beginning of a page are not made lazy, and are looked at for a preload. */
  readonly eager: number
  readonly decoding: boolean
  /** Whether a browser is told early of the largest picture. */
  readonly preload: boolean
  /** Whether the page's own headers tell of it too. */
  readonly link: boolean
}

export interface Candidate {
  readonly address: string
  /** Pixels. */
  readonly width: number
}

/** A picture that has been seen, as it is delivered: upright, in pixels. */
export interface SeenPicture {
  readonly width: number
  readonly height: number
  /** The same picture in fewer pixels, the smallest first. */
  readonly smaller: readonly Candidate[]
}

export interface PictureTag {
  readonly element: Pick<Element, 'attributes'>
  /** How many pictures of the page come before it. */
  readonly index: number
  /** Undefined where nothing is known of it. */
  readonly picture: SeenPicture | undefined
  /** Its own address, as it may stand in a `srcset`. */
  readonly address: string
}

export function attributesFor(tag: PictureTag, settings: PageSettings): Added {
  const { attributes } = tag.element
  if (isScripts(attributes)) return []
  const size = settings.dimensions ? dimensions(tag) : []
  const isSized = (name: string): boolean => attributes.has(name) || size.some(([added]) => added === name)
  const hasBox = isSized('width') && isSized('height')
  const sources = isSized('width') ? choices(tag, settings) : []
  const isLazy =
    settings.lazy && hasBox && tag.index >= settings.eager && attributes.get('fetchpriority') !== 'high'
  return [
    ...size,
    ...sources,
    ...(isLazy && !attributes.has('loading') ? [['loading', 'lazy'] as const] : []),
    ...(settings.decoding && !attributes.has('decoding') ? [['decoding', 'async'] as const] : []),
  ]
}

/** A script will put another picture there: what is added for this one would stay. */
const isScripts = (attributes: ReadonlyMap<string, string>): boolean =>
  !attributes.get('src') || [...attributes.keys()].some((name) => /^data-.*(?:src|original|lazy)/.test(name))

/** One side is completed by the other. Where a style says how large it is, an attribute could distort it. */
function dimensions({ element: { attributes }, picture }: PictureTag): Added {
  if (!picture || attributes.has('srcset') || /width|height|aspect|size/i.test(attributes.get('style') ?? ''))
    return []
  const { width, height } = picture
  const [ownWidth, ownHeight] = [attributes.get('width'), attributes.get('height')]
  if (ownWidth === undefined && ownHeight === undefined)
    return [
      ['width', String(width)],
      ['height', String(height)],
    ]
  if (ownHeight === undefined) return side('height', (pixels(ownWidth) * height) / width)
  return ownWidth === undefined ? side('width', (pixels(ownHeight) * width) / height) : []
}

/** NaN for what is not in pixels. */
const pixels = (value = ''): number => (/^\s*\d{1,5}\s*$/.test(value) ? Number(value) : Number.NaN)

const side = (name: string, length: number): Added =>
  length >= 1 ? [[name, String(Math.round(length))]] : []

/**
 * Without a width the picture would be laid out by `sizes` instead of its own width, so there is none without one.
 * Areas of a map are in pixels of the picture that its author knew.
 */
function choices(
  { element: { attributes }, picture, address }: PictureTag,
  { srcset, sizes }: PageSettings,
): Added {
  const isOwn = ['srcset', 'usemap', 'ismap'].some((name) => attributes.has(name))
  if (!picture || isOwn || srcset.length === 0 || picture.smaller.length === 0) return []
  const all = [...picture.smaller, { address, width: picture.width }]
  const written = all.map((each) => `${each.address} ${each.width}w`).join(', ')
  return [
    ['srcset', written],
    ...(attributes.has('sizes') ? [] : [['sizes', sizes || sizesOf(picture)] as const]),
  ]
}

/** As wide as the window, and no wider than it is. */
const sizesOf = ({ width }: SeenPicture): string => `(max-width: ${width}px) 100vw, ${width}px`
