// Which format a picture becomes, and how its encoder is set: from what was asked, what the client reads, what it holds.

import type { Facts, SourceFormat } from '../facts.ts'
import {
  carriesProfile,
  type FormatClass,
  isVideo,
  type OutputFormat,
  outputFormats,
  takes,
} from '../formats.ts'
import type { Spec } from '../language/options.ts'
import { onWhite, white } from '../options/colour.ts'
import { isFullColour, qualityFor } from '../quality.ts'
import type { Size } from '../steps/geometry/sizes.ts'
import { opensUp, type StepValues } from '../steps/index.ts'
import { asksForFilm, filmOf } from './film.ts'
import type { Plan } from './plan-types.ts'
import { tellOf } from './tell.ts'
import { videoOf } from './video.ts'

type Output = Pick<
  Plan,
  | 'space'
  | 'maxBytes'
  | 'keep'
  | 'video'
  | 'frames'
  | 'film'
  | 'pages'
  | 'background'
  | 'flatten'
  | 'encoding'
>

export function output(spec: Spec, facts: Facts, { width, height, ...steps }: Size & StepValues): Output {
  const format = chooseFormat(spec, facts, steps)
  const moves = !tellOf(spec) && isMoving(spec, facts) && outputFormats[format].animation
  const video = tellOf(spec) ? undefined : videoOf(spec, facts, moves)
  return {
    ...(video && { video }),
    frames: moves ? 'all' : 'first',
    ...filmOf(spec, facts, moves),
    ...fileOf(spec),
    ...(!moves && !video && spaceOf(spec, format)),
    background: background(spec, format),
    flatten:
      (facts.alpha || opensUp(steps)) &&
      (isSeen(spec) || video !== undefined || !outputFormats[format].alpha),
    // Frames are not compared one by one, and large pictures would take too long: they get the default.
    encoding: {
      ...encodingOf(kept(spec, facts, format), format, !moves && width * height <= maxSearched),
      ...(isReducible(spec, facts, { format, width, height }) && { reducible: true }),
    },
  }
}

/** What is said of the file. */
function fileOf({ maxBytes, metadata, iptc }: Spec): Pick<Plan, 'maxBytes' | 'keep'> {
  const exif = metadata === undefined || metadata === 'none' ? undefined : metadata
  const keep = { ...(exif && { exif }), ...(iptc === 'allow' && { iptc: true as const }) }
  return {
    ...(maxBytes !== undefined && { maxBytes }),
    ...((keep.exif || keep.iptc) && { keep }),
  }
}

/** Where no profile is put, the colours are sRGB's, and what is told of a picture is told of its sRGB. */
function spaceOf(spec: Spec, format: OutputFormat): Pick<Plan, 'space'> {
  const { colourSpace } = spec
  const isOther = colourSpace !== undefined && colourSpace !== 'srgb'
  return isOther && carriesProfile(format) && !tellOf(spec) ? { space: colourSpace } : {}
}

/** Blended edges make many colours of few. Who names the format, or wants no loss, gets them all. */
const isReducible = (
  { format: named, lossless }: Spec,
  facts: Facts,
  { format, width, height }: Size & { readonly format: OutputFormat },
): boolean =>
  named === undefined &&
  !lossless &&
  format === 'png' &&
  facts.format === 'png' &&
  width * height < facts.width * facts.height

/** The format of the result: the best of the client's class, else the one that was named, else the source's own. */
export function chooseFormat(spec: Spec, facts: Facts, steps: StepValues = {}): OutputFormat {
  const negotiated = spec.formats && bestOf(spec.formats, isMoving(spec, facts), spec.lossless)
  if (negotiated) return negotiated
  const named = spec.format === 'pjpg' ? 'jpeg' : spec.format
  if (named && named in outputFormats) return named as OutputFormat
  const format = spec.formats ? basic(spec, facts, steps) : own(spec, facts, steps)
  return spec.lossless && format === 'jpeg' ? 'png' : format
}

/** All frames of these can be read: by sharp, or one by one (an animated PNG, a film in AVIF). */
export const moving: ReadonlySet<SourceFormat> = new Set(['gif', 'webp', 'png', 'avif'])

export const isMoving = (spec: Spec, facts: Facts): boolean =>
  asksForFilm(spec) && facts.animated && facts.pages > 1 && moving.has(facts.format)

function bestOf(formats: FormatClass, moves: boolean, lossless = false): OutputFormat | undefined {
  // Without loss AVIF was never the smaller of the two, of 60 pictures.
  if (lossless && takes(formats, 'webp')) return 'webp'
  if (!moves && takes(formats, 'avif')) return 'avif'
  return takes(formats, 'webp') ? 'webp' : undefined
}

/** What every browser reads. */
function basic(spec: Spec, facts: Facts, steps: StepValues): OutputFormat {
  if (isMoving(spec, facts)) return 'gif'
  return hasAlpha(spec, facts, steps) || drawn.has(facts.format) ? 'png' : 'jpeg'
}

/** Sources that are graphics rather than photographs: JPEG would blur their edges. */
const drawn: ReadonlySet<SourceFormat> = new Set(['png', 'gif', 'svg', 'bmp', 'ico', 'pdf'])

/** Written here, and shown by every browser of today. */
export const isShown = (format: SourceFormat): boolean => format in outputFormats && format !== 'jxl'

const own = (spec: Spec, facts: Facts, steps: StepValues): OutputFormat =>
  isShown(facts.format) ? (facts.format as OutputFormat) : basic(spec, facts, steps)

/** Whether the result has something transparent, if its format can hold it. */
export function hasAlpha(spec: Spec, facts: Facts, steps: StepValues): boolean {
  const canvas = spec.fit === 'fill' || spec.fit === 'fillmax' || spec.enlarge === 'fill'
  return (
    ((facts.alpha || opensUp(steps)) && !isOpaque(spec)) ||
    (canvas && spec.background !== undefined && !isOpaque(spec))
  )
}

/** A background was asked for, and some of it shows. */
const isSeen = ({ background }: Spec): boolean => background !== undefined && background.alpha > 0

/** A background was asked for that nothing shows through. */
const isOpaque = ({ background }: Spec): boolean => background?.alpha === 1

// Reference: `bg`, default fff.
function background(spec: Spec, format: OutputFormat): Plan['background'] {
  const asked = spec.background ?? white
  return outputFormats[format].alpha && !isVideo(spec.format) ? asked : onWhite(asked)
}

/** Pixels of the largest result that a quality is looked for. */
const maxSearched = 8e6

/** What q=auto aims at: where somebody looks for the loss side by side, and where the picture is shown at double density. */
const scores = { normal: 76, saving: 72 } as const

/** A WebP without loss that nothing is said about stays one. */
const kept = (spec: Spec, facts: Facts, format: OutputFormat): Spec =>
  facts.lossless && facts.format === format && !spec.formats && spec.quality === undefined && !spec.saving
    ? { ...spec, lossless: true }
    : spec

/** How the encoder of `format` is set for what the spec says of strength; `maySearch` for a quality that is looked for. */
export function encodingOf(spec: Spec, format: OutputFormat, maySearch: boolean): Plan['encoding'] {
  const lossless = !outputFormats[format].lossy || (spec.lossless ?? false)
  const saving = spec.saving ?? false
  const asked = spec.quality === 'auto' ? undefined : spec.quality
  const quality = lossless ? undefined : qualityFor(format, asked, saving)
  const searches = spec.quality === 'auto' && !lossless && maySearch && format !== 'jxl'
  return {
    format,
    lossless,
    ...(quality !== undefined && { quality }),
    ...(!lossless && isFullColour(format, asked, saving) && { fullColour: true }),
    ...(spec.chroma && !lossless && (format === 'jpeg' || format === 'avif') && { chroma: spec.chroma }),
    ...(spec.colours && (format === 'png' || format === 'gif') && { colours: spec.colours }),
    ...(searches && { score: saving ? scores.saving : scores.normal }),
    progressive: format === 'jpeg' && spec.format === 'pjpg',
  }
}
