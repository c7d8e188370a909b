// The values of the steps that move pixels. All boxes are whole pixels inside their picture.
import type { Orient } from './orientation.ts'
import type { Box, Size } from './sizes.ts'

/** Cuts the resized picture: a known box, or a size whose place the pixels decide. */
export type Crop =
  | { readonly by: 'box'; readonly box: Box }
  | { readonly by: 'entropy' | 'attention'; readonly width: number; readonly height: number }

/** Canvas added round the picture: painted in the background, or by repeating the edge pixels. */
export interface Extend {
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly left: number
  readonly paint: 'background' | 'edge'
}

/** Mirrors: left-right, top-bottom. */
export interface Flip {
  readonly horizontal: boolean
  readonly vertical: boolean
}

/** Clockwise degrees, 0 < degrees < 360, then the centred cut that keeps the frame filled. */
export interface Rotate {
  readonly degrees: number
  readonly cut: Size
}

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
  readonly crop?: Crop
  readonly extend?: Extend
  readonly cut?: Box
  readonly flip?: Flip
  readonly rotate?: Rotate
}
