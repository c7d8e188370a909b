// The values of the steps that move pixels. All boxes are whole pixels inside their picture.
import type { Colour } from '../../options/colour.ts'
import type { Orient } from './orientation.ts'
import type { Box, Size } from './sizes.ts'

/** Cuts the resized picture: a known box, or a size whose place the pixels decide. */
export type Crop =
  | { readonly by: 'box'; readonly box: Box }
  | { readonly by: 'entropy' | 'attention'; readonly width: number; readonly height: number }

/** Canvas added round the picture. */
export interface Extend {
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly left: number
  /** In the background, by repeating the edge pixels, by a blurred copy of the picture, in a colour or in several. */
  readonly paint: 'background' | 'edge' | 'blur' | 'colour' | 'gradient'
  readonly colour?: Colour
  readonly gradient?: Gradient
}

/** From one colour to another over the whole result, picture and canvas. */
export type Gradient = {
  readonly space: 'srgb' | 'linear' | 'oklab'
  readonly from: Colour
  readonly to: Colour
} & (
  | {
      readonly type: 'linear'
      /** Clockwise degrees; 0 runs from top to bottom. */
      readonly degrees: number
    }
  | {
      readonly type: 'radial'
      /** The centre, as shares of the sides. */
      readonly x: number
      readonly y: number
      /** Where the first colour ends and the second begins, as shares of the shorter side. */
      readonly inner: number
      readonly outer: number
    }
)

/** Mirrors: left-right, top-bottom. */
export interface Flip {
  readonly horizontal: boolean
  readonly vertical: boolean
}

/** Clockwise degrees, 0 < degrees < 360, then the centred cut that keeps the frame filled. */
export interface Rotate {
  readonly degrees: number
  readonly cut: Size
  /** Of the corners that a larger frame has beside the turned picture; absent where none is seen. */
  readonly corners?: Colour
}

export type Kernel = 'nearest' | 'linear' | 'cubic' | 'mitchell' | 'lanczos2' | 'lanczos3'

/** They are planned one upon the other: a later one may change what those before it do. */
export type Geometry = {
  /** Of the picture so far, as `orient` turns it. */
  readonly width: number
  readonly height: number
  /** SVG only: how many times its own size to draw it. `extract` then is a box of that drawing. */
  readonly density?: number
  readonly orient?: Orient
  readonly extract?: Box
  readonly resize?: Size
  /** How pixels are mixed by it. */
  readonly kernel?: Kernel
  readonly crop?: Crop
  readonly extend?: Extend
  readonly cut?: Box
  readonly flip?: Flip
  readonly rotate?: Rotate
}
