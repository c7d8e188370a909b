// What is to be done to one picture, in numbers only: made by plan.ts from a spec and facts, carried out by render/apply.ts.
import type { Facts } from '../facts.ts'
import type { OutputFormat } from '../formats.ts'
import type { Spec } from '../language/options.ts'
import type { Colour } from '../options/colour.ts'
import type { Kernel } from '../steps/geometry/geometry.ts'
import type { StepValues } from '../steps/index.ts'
import type { Film } from './film.ts'
import type { Tell } from './tell.ts'
import type { Video } from './video.ts'

/** How the encoder is set; read by render/encode.ts. `quality` is already the format's own number. */
export interface Encoding {
  readonly format: OutputFormat
  /** 1 to 100 on the encoder's own scale; absent for lossless output. */
  readonly quality?: number
  /** The score to look for the quality of; `quality` is then for a picture that cannot be searched. */
  readonly score?: number
  readonly lossless: boolean
  /** AVIF: with an effort that only background work has time for. */
  readonly thorough?: true
  /** JPEG and AVIF: colour at full resolution, whatever the pixels show. */
  readonly fullColour?: boolean
  /** JPEG and AVIF: colour at this resolution, whatever the pixels show. */
  readonly chroma?: '444' | '420'
  /** PNG and GIF: at most so many. */
  readonly colours?: number
  /** JPEG only. */
  readonly progressive: boolean
  /** PNG: a drawing that would weigh more than its source may be brought to 256 colours, see render/reduced.ts. */
  readonly reducible?: true
  /** Of a plan's other encodings: only for pixels that show a drawing, see render/drawn.ts. */
  readonly drawn?: true
}

/** One pass of all steps (steps/list.ts): their values, and what is behind their result. */
export interface Pass extends StepValues {
  /** Of a drawing (SVG, PDF): how many times its own size to draw it. `extract` then is a box of that drawing. */
  readonly density?: number
  /** How pixels are mixed where the size changes; Lanczos3 where it does not say. */
  readonly kernel?: Kernel
  /** The colours that the result is in, and that its profile says; sRGB, which needs none, where it does not say. */
  readonly space?: 'p3' | 'adobergb1998' | 'tinysrgb'
  /** What is beyond usual screens stays: the gain map of a JPEG, or samples of PQ and HLG in an AVIF of 10 bits. */
  readonly hdr?: 'map' | 'samples'
  /** Canvas and, where the format has no alpha, behind transparent pixels. */
  readonly background: Colour
  /** Paint `background` behind transparent pixels: the format cannot hold them, or it was asked for. Opaque, it ends them. */
  readonly flatten: boolean
  /** The result's size in pixels of one frame. */
  readonly width: number
  readonly height: number
  /** Which of the passes that were asked for it is, from 0; absent for the first. */
  readonly nth?: number
}

/** The last pass, those before it, and what is done after all of them. */
export interface Plan extends Pass {
  /** Passes that are done first, each to what the one before it has made. */
  readonly before?: readonly Pass[]
  /** Decode only the first frame, or all of them. */
  readonly frames: 'first' | 'all'
  /** Another first frame, or how all of them are played, where that is not as the source has it. */
  readonly film?: Film
  /** Of a film the moment that is shown, in seconds; its first picture where it does not say. */
  readonly time?: number
  readonly encoding: Encoding
  /** Ways to encode the same picture that are tried as well: the smallest goes out. */
  readonly others?: readonly Encoding[]
  /**
   * The source's own bytes, without what is not the picture, answer as well: `instead` of making anything, where they
   * are the `smallest`, or as the `only` answer, since making another would cost too much.
   */
  readonly source?: 'instead' | 'smallest' | 'only'
  /** What is told of the picture instead of encoding it. */
  readonly tell?: Tell
  /** The frames become a video instead of a picture in `encoding`. */
  readonly video?: Video
  /** Bytes of the largest answer, as far as a lower quality can do it. */
  readonly maxBytes?: number
  /** EXIF that stays, and whether IPTC does. */
  readonly keep?: { readonly exif?: 'copyright' | 'nolocation' | 'all'; readonly iptc?: true }
  /** Pictures that the steps need beside the source, in the order of `furtherSources`. */
  readonly further?: readonly Facts[]
  /** What was asked for, where the plan has to be made anew once pixels have been looked at. */
  readonly spec?: Spec
  readonly pages: number
}
