// What finds faces, whatever it is made of.

/** Where a face lies: shares of the picture's sides, 0 to 1, and inside it. */
export interface Face {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** How sure the detector is, 0 to 1. */
  readonly score: number
}

/** Three bytes a pixel, red first, in sRGB. */
export interface Looked {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

export interface Detector {
  /** The longest side that it looks at; a larger picture is given in a copy of that size. */
  readonly side: number
  /** Every face once, the largest first. Takes its thread until it is done: the size bounds the time. */
  find(picture: Looked): readonly Face[]
}
