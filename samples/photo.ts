// A picture of fractions of light, as a camera has it before it rounds: painted on, then developed into bytes.
import { type Colour, clamp } from './colour.ts'
import { grain } from './noise.ts'

export interface Photo {
  readonly width: number
  readonly height: number
  /** Red, green, blue of each pixel, row by row. */
  readonly light: Float32Array
}

export const blankPhoto = (width: number, height: number): Photo => ({
  width,
  height,
  light: new Float32Array(width * height * 3),
})

/** Lays a colour over a pixel; an opacity of 1 hides what was there. */
export function lay(photo: Photo, pixel: number, [red, green, blue]: Colour, opacity = 1): void {
  const { light } = photo
  const at = pixel * 3
  light[at] = (light[at] ?? 0) * (1 - opacity) + red * opacity
  light[at + 1] = (light[at + 1] ?? 0) * (1 - opacity) + green * opacity
  light[at + 2] = (light[at + 2] ?? 0) * (1 - opacity) + blue * opacity
}

/** Adds light: glow and glitter. */
export function shine(photo: Photo, pixel: number, [red, green, blue]: Colour, strength: number): void {
  const { light } = photo
  const at = pixel * 3
  light[at] = (light[at] ?? 0) + red * strength
  light[at + 1] = (light[at + 1] ?? 0) + green * strength
  light[at + 2] = (light[at + 2] ?? 0) + blue * strength
}

/** Bytes, with the darker corners of a lens and the grain of a film. */
export function develop({ width, height, light }: Photo, grainStrength: number): Buffer {
  const bytes = Buffer.alloc(width * height * 3)
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      const dx = x / width - 0.5
      const dy = y / height - 0.5
      const lens = 1 - 0.32 * (dx * dx + dy * dy)
      const speck = grain(pixel) * grainStrength
      for (let c = pixel * 3; c < pixel * 3 + 3; c++) bytes[c] = clamp((light[c] ?? 0) * lens + speck, 0, 255)
    }
  }
  return bytes
}
