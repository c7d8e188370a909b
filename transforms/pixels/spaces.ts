// The colour spaces that results can be in. All have three colours, the white of daylight and 8 bits.
import type { Primaries } from '../facts.ts'
import { srgbPrimaries } from '../identify/colour-code.ts'
import { lightOf, srgbOf } from './transfer.ts'

export type SpaceName = 'srgb' | 'p3' | 'adobergb1998'

interface Space {
  readonly primaries: Primaries
  /** A sample, 0 to 1, of light from 0 to 1. */
  readonly sampleOf: (light: number) => number
  readonly lightOf: (sample: number) => number
}

const d65 = [0.3127, 0.329] as const
/** Adobe RGB (1998) 4.3.1.2: the power is 2 and 51/256. */
const adobeGamma = 563 / 256
const srgbCurves = { sampleOf: srgbOf, lightOf: (sample: number) => lightOf('srgb', sample) }

export const spaces: Readonly<Record<SpaceName, Space>> = {
  srgb: { primaries: srgbPrimaries, ...srgbCurves },
  p3: { primaries: [0.68, 0.32, 0.265, 0.69, 0.15, 0.06, ...d65], ...srgbCurves },
  adobergb1998: {
    primaries: [0.64, 0.33, 0.21, 0.71, 0.15, 0.06, ...d65],
    sampleOf: (light) => light ** (1 / adobeGamma),
    lightOf: (sample) => sample ** adobeGamma,
  },
}
