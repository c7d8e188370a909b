// What is to be done to one picture, in numbers only: made by plan.ts from a spec and facts, carried out by render/apply.ts.
import type { OutputFormat } from '../formats.ts'

export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export interface Colour {
  readonly r: number
  readonly g: number
  readonly b: number
  /** 0 to 1. */
  readonly alpha: number
}

/** How the encoder is set; read by render/encode.ts. `quality` is already the format's own number. */
export interface Encoding {
  readonly format: OutputFormat
  /** 1 to 100 on the encoder's own scale; absent for lossless output. */
  readonly quality?: number
  /** The score to look for the quality of; `quality` is then for a picture that cannot be searched. */
  readonly score?: number
  readonly lossless: boolean
  /** JPEG and AVIF: colour at full resolution, whatever the pixels show. */
  readonly fullColour?: boolean
  /** JPEG only. */
  readonly progressive: boolean
  /** PNG: a drawing that would weigh more than its source may be brought to 256 colours, see render/reduced.ts. */
  readonly reducible?: true
  /** Of a plan's other encodings: only for pixels that show a drawing, see render/drawn.ts. */
  readonly drawn?: true
}

/** Steps in the order they are carried out; an absent step is not done. All boxes are whole pixels inside their picture. */
export interface Plan {
  /** Decode only the first frame, or all of them. */
  readonly frames: 'first' | 'all'
  /** SVG only: how many times its own size to draw it. `extract` then is a box of that drawing. */
  readonly density?: number
  /** Brings the stored picture upright (or to what `or` asks for): quarter turns clockwise, then a left-right mirror. */
  readonly orient?: { readonly turns: 0 | 1 | 2 | 3; readonly mirror: boolean }
  /** Region of the upright picture to keep, before resizing. */
  readonly extract?: Box
  /** Exact size to resize to; the ratio may differ from the source's (fit=scale). */
  readonly resize?: { readonly width: number; readonly height: number }
  /** Cuts the resized picture: a known box, or a size whose place the pixels decide. */
  readonly crop?:
    | { readonly by: 'box'; readonly box: Box }
    | { readonly by: 'entropy' | 'attention'; readonly width: number; readonly height: number }
  /** Canvas added round the picture: painted in `background`, or by repeating the edge pixels. */
  readonly extend?: {
    readonly top: number
    readonly right: number
    readonly bottom: number
    readonly left: number
    readonly paint: 'background' | 'edge'
  }
  /** Part of the framed picture to keep, where crop and canvas cannot do it. */
  readonly cut?: Box
  /** Mirrors of the result: left-right, top-bottom. */
  readonly flip?: { readonly horizontal: boolean; readonly vertical: boolean }
  /** Clockwise degrees, 0 < degrees < 360, then the centred cut that keeps the frame filled. */
  readonly rotate?: {
    readonly degrees: number
    readonly cut: { readonly width: number; readonly height: number }
  }
  /** Gaussian sigma in pixels of the result, 0.3 to 200. */
  readonly blur?: number
  /** Strength 0 to 100, see render/apply.ts. */
  readonly sharpen?: number
  /** Canvas and, where the format has no alpha, behind transparent pixels. */
  readonly background: Colour
  /** Paint `background` behind transparent pixels: the format cannot hold them, or it was asked for. Opaque, it ends them. */
  readonly flatten: boolean
  readonly encoding: Encoding
  /** Ways to encode the same picture that are tried as well: the smallest goes out. */
  readonly others?: readonly Encoding[]
  /**
   * The source's own bytes, without what is not the picture, answer as well: `instead` of making anything, where they
   * are the `smallest`, or as the `only` answer, since making another would cost too much.
   */
  readonly source?: 'instead' | 'smallest' | 'only'
  /** The result's size in pixels of one frame. */
  readonly width: number
  readonly height: number
  readonly pages: number
}
